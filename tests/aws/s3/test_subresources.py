"""Configurations of a bucket: told as they were given, and a bucket that outlives their deletion."""

import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def bucket(aws):
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="configured")
    yield "configured"
    for held in s3.list_objects_v2(Bucket="configured").get("Contents", []):
        s3.delete_object(Bucket="configured", Key=held["Key"])
    s3.delete_bucket(Bucket="configured")


@pytest.fixture
def s3(aws):
    return aws("s3", region="us-east-1")


def test_deleting_a_configuration_leaves_the_bucket(s3, bucket):
    call = {"Bucket": bucket, "Id": "all"}
    s3.put_bucket_metrics_configuration(**call, MetricsConfiguration={"Id": "all", "Filter": {"Prefix": "a"}})
    assert s3.get_bucket_metrics_configuration(**call)["MetricsConfiguration"]["Filter"] == {"Prefix": "a"}
    listed = s3.list_bucket_metrics_configurations(Bucket=bucket)["MetricsConfigurationList"]
    assert [each["Id"] for each in listed] == ["all"]
    s3.delete_bucket_metrics_configuration(**call)
    assert bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    with pytest.raises(ClientError) as gone:
        s3.get_bucket_metrics_configuration(**call)
    told = gone.value.response
    assert (told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]) == ("NoSuchConfiguration", 404)


def test_tiering_and_inventory_are_kept(s3, bucket):
    tiers = {"Id": "t", "Status": "Enabled", "Tierings": [{"Days": 125, "AccessTier": "ARCHIVE_ACCESS"}]}
    s3.put_bucket_intelligent_tiering_configuration(
        Bucket=bucket, Id="t", IntelligentTieringConfiguration=tiers
    )
    told = s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="t")
    assert told["IntelligentTieringConfiguration"] == tiers
    s3.delete_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="t")
    assert s3.list_bucket_inventory_configurations(Bucket=bucket)["IsTruncated"] is False


def test_who_pays_for_requests_is_kept(s3, bucket):
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"


def test_a_lifecycle_is_told_whole(s3, bucket):
    both = {"Prefix": "a/", "Tags": [{"Key": "x", "Value": "y"}]}
    rules = [
        {
            "ID": "tier",
            "Status": "Enabled",
            "Filter": {"And": {**both, "ObjectSizeGreaterThan": 500}},
            "Transitions": [
                {"Days": 30, "StorageClass": "STANDARD_IA"},
                {"Days": 90, "StorageClass": "GLACIER"},
            ],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
        },
        {"ID": "parts", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": _after(3)},
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    told = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert told["Rules"] == rules
    assert told["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    s3.delete_bucket_lifecycle(Bucket=bucket)
    with pytest.raises(ClientError):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)


def test_notifications_go_to_a_queue_and_to_eventbridge(s3, bucket, aws):
    sqs = aws("sqs", region="us-east-1")
    url = sqs.create_queue(QueueName="uploads")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:uploads"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [allow]})})
    queue = {"Id": "q", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    wanted = {"QueueConfigurations": [queue], "EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)
    told = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert {name: told[name] for name in wanted} == wanted
    sqs.delete_queue(QueueUrl=url)


def test_what_nobody_keeps_is_refused_and_touches_nothing(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"whole")
    for call in (
        lambda: s3.delete_bucket_metadata_table_configuration(Bucket=bucket),
        lambda: s3.rename_object(Bucket=bucket, Key="k", RenameSource="/configured/other"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"whole"


def _after(days):
    return {"DaysAfterInitiation": days}
