"""Operations that would run something which does not run here, though moto has an answer for them.

moto answers them all the same: with a canned sentiment, an execution that is RUNNING for ever, a command that was
a ``Success`` on an instance that does not exist, or by starting Docker on the user's machine. Each is refused with
501 instead, so that nobody takes such an answer for a result. What only keeps objects stays moto's.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

_MODELS = "no model runs here, and an answer would be invented"
_JOBS = "jobs do not run here"
_QUERIES = "queries are not run here, and an answer would be invented"

#: IAM's prefix of the service → what would not be so → the operations, with wildcards.
_REFUSED: dict[str, tuple[str, str]] = {
    "lambda": ("the code of functions does not run here", "Invoke*"),
    "states": ("state machines do not run here", "StartExecution StartSyncExecution RedriveExecution"),
    "bedrock": (_MODELS, "Invoke* Converse* Retrieve*"),
    "comprehend": (_MODELS, "Detect* BatchDetect* Classify* Contains* Start*"),
    "polly": (_MODELS, "SynthesizeSpeech StartSpeechSynthesisTask"),
    "rekognition": (_MODELS, "Detect* Compare* Recognize* Search* Index* Start* Get*"),
    "sagemaker": (_MODELS, "InvokeEndpoint* CreateTrainingJob CreateTransformJob CreateProcessingJob"),
    "textract": (_MODELS, "Detect* Analyze* Start* Get*"),
    "transcribe": (_MODELS, "Start*"),
    "athena": (_QUERIES, "StartQueryExecution"),
    "logs": ("Logs Insights does not run here", "StartQuery GetQueryResults"),
    "rds-data": (_QUERIES, "Execute* BatchExecute*"),
    "redshift-data": (_QUERIES, "Execute* BatchExecute*"),
    "timestream": (_QUERIES, "Query"),
    "ssm": ("instances do not run here", "SendCommand StartAutomationExecution StartSession"),
    "batch": (_JOBS, "SubmitJob"),
    "codebuild": ("builds do not run here", "StartBuild*"),
    "codepipeline": ("pipelines do not run here", "StartPipelineExecution"),
    "datasync": (_JOBS, "StartTaskExecution"),
    "dms": (_JOBS, "StartReplicationTask StartReplication"),
    "elasticmapreduce": (_JOBS, "RunJobFlow AddJobFlowSteps"),
    "emr-containers": (_JOBS, "StartJobRun"),
    "emr-serverless": (_JOBS, "StartJobRun"),
    "glue": (_JOBS, "StartJobRun StartCrawler StartTrigger StartSession"),
    "iotdata": ("no device listens here", "Publish"),
    "mediaconvert": (_JOBS, "CreateJob"),
}


def why_not(service: str, operation: str) -> str:
    """Why an operation is refused although moto would answer; empty if it is not."""
    why, patterns = _REFUSED.get(service, ("", ""))
    return why if any(fnmatchcase(operation, pattern) for pattern in patterns.split()) else ""
