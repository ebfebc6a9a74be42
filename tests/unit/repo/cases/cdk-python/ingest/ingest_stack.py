from aws_cdk import Duration, Stack, aws_sqs as sqs, aws_lambda as _lambda, aws_s3 as s3, aws_s3_notifications as s3n
from aws_cdk import aws_events as events, aws_events_targets as targets
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct


class IngestStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        bucket = s3.Bucket(self, "Raw", versioned=False, bucket_name="acme-raw")
        dlq = sqs.Queue(self, "Dlq", retention_period=Duration.days(14))
        queue = sqs.Queue(
            self, "Files",
            visibility_timeout=Duration.seconds(30),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dlq, max_receive_count=3),
        )
        fn = _lambda.Function(
            self, "Parse",
            runtime=_lambda.Runtime.PYTHON_3_8,
            handler="parse.handler",
            code=_lambda.Code.from_asset("lambda"),
            timeout=Duration.seconds(60),
            environment={"QUEUE_URL": queue.queue_url, "STAGE": "prod"},
        )
        fn.add_event_source(SqsEventSource(queue))
        bucket.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.SqsDestination(queue))
        events.Rule(self, "Hourly", schedule=events.Schedule.rate(Duration.hours(1)), targets=[targets.LambdaFunction(fn)])
