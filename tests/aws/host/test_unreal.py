"""What would run something that does not run here: refused with 501, not answered with an invention."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from launchbook.local import control

_TRUST = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
_MACHINE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def _archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return 42")
    return held.getvalue()


@pytest.fixture(scope="module")
def role(aws):
    iam = aws("iam")
    yield iam.create_role(RoleName="unreal", AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.delete_role(RoleName="unreal")


@pytest.fixture(scope="module")
def function(aws, role):
    functions = aws("lambda")
    settings = {"Runtime": "python3.12", "Handler": "main.handler", "Code": {"ZipFile": _archive()}}
    yield functions.create_function(FunctionName="unreal", Role=role, **settings)["FunctionArn"]
    functions.delete_function(FunctionName="unreal")


def _refused(call, *words):
    with pytest.raises(ClientError) as refused:
        call()
    told = refused.value.response
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert all(word in told["Error"]["Message"] for word in words), told["Error"]["Message"]


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
def test_a_function_is_not_invoked_and_no_docker_is_asked(aws, function, kind):
    call = {"FunctionName": "unreal", "InvocationType": kind}
    _refused(lambda: aws("lambda").invoke(**call), "lambda:Invoke", "the code of functions does not run")


def test_what_a_stream_would_have_called_a_function_with_is_listed_and_the_write_succeeds(
    aws, embedded, function
):
    tables = aws("dynamodb")
    table = tables.create_table(
        TableName="unreal",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    stream = table["LatestStreamArn"]
    mapping = aws("lambda").create_event_source_mapping(
        FunctionName="unreal", EventSourceArn=stream, StartingPosition="LATEST"
    )["UUID"]
    tables.put_item(TableName="unreal", Item={"id": {"S": "1"}})
    rows = [row for row in control.ask(embedded, "status")["resources"] if row["plane"] == "awslambda"]
    assert [(row["id"], row["from"]) for row in rows] == [(function, stream)]
    aws("lambda").delete_event_source_mapping(UUID=mapping)
    tables.delete_table(TableName="unreal")


def test_a_state_machine_starts_nothing(aws, role):
    states = aws("stepfunctions")
    made = states.create_state_machine(name="unreal", definition=json.dumps(_MACHINE), roleArn=role)
    arn = made["stateMachineArn"]
    _refused(lambda: states.start_execution(stateMachineArn=arn), "state machines do not run here")
    assert states.list_executions(stateMachineArn=arn)["executions"] == []
    states.delete_state_machine(stateMachineArn=arn)


@pytest.mark.parametrize(
    ("service", "operation", "given"),
    [
        ("comprehend", "detect_sentiment", {"Text": "good", "LanguageCode": "en"}),
        ("polly", "synthesize_speech", {"OutputFormat": "mp3", "Text": "a", "VoiceId": "Joanna"}),
        ("rekognition", "detect_labels", {"Image": {"Bytes": b"1"}}),
        ("bedrock-runtime", "invoke_model", {"modelId": "x", "body": b"{}"}),
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "x", "Body": b"1"}),
        ("athena", "start_query_execution", {"QueryString": "select 1"}),
        ("redshift-data", "execute_statement", {"Sql": "select 1"}),
        ("logs", "start_query", {"logGroupName": "a", "startTime": 0, "endTime": 1, "queryString": "x"}),
        ("ssm", "send_command", {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-1234567890"]}),
        ("batch", "submit_job", {"jobName": "j", "jobQueue": "q", "jobDefinition": "d"}),
        ("iot-data", "publish", {"topic": "a", "payload": b"1"}),
    ],
)
def test_no_answer_is_invented(aws, service, operation, given):
    _refused(lambda: getattr(aws(service), operation)(**given), " here")
