"""``--enforce-iam``: who a caller is, and which resources a call is about."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from moto.sts.models import sts_backends

from launchbook.local import control
from launchbook.local.calls import Call, Request
from launchbook.local.iam import gate, principals
from tests.aws.host.policies import ACCOUNT, allow, document, error_of, refused


def test_a_dead_key_acts_as_nobody(user, root, enforced):
    ann = user(allow("*"))
    key = root("iam").list_access_keys(UserName=ann.name)["AccessKeyMetadata"][0]["AccessKeyId"]
    ann("sqs").list_queues()
    root("iam").update_access_key(UserName=ann.name, AccessKeyId=key, Status="Inactive")
    assert error_of(ann("sqs").list_queues) == "InvalidClientTokenId"
    root("iam").update_access_key(UserName=ann.name, AccessKeyId=key, Status="Active")
    ann("sqs").list_queues()
    root("iam").delete_access_key(UserName=ann.name, AccessKeyId=key)
    assert error_of(ann("sts").get_caller_identity) == "InvalidClientTokenId"
    assert error_of(ann("ecs").list_clusters) == "UnrecognizedClientException"
    assert error_of(ann("s3").list_buckets) == "InvalidAccessKeyId"
    assert control.ask(enforced, "requests")[-1]["caller"] == key


def test_a_session_ends():
    arn = f"arn:aws:iam::{ACCOUNT}:role/short"
    session = sts_backends[ACCOUNT]["aws"].assume_role("eu-west-1", "s", arn, None, 900, None)
    assert principals.find(session.access_key_id).arn.endswith("assumed-role/short/s")
    session.expiration = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    call = Call("sqs", "ListQueues", "eu-west-1", session.access_key_id, json=True)
    status, _, body = gate.check(call, Request("POST", "/", "", {}, b"{}"))
    assert (status, json.loads(body)["__type"]) == (400, "ExpiredToken")


def fetch(url, **more):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, **more), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_presigned_links_act_as_their_signer_and_unsigned_ones_as_nobody(user, root, enforced):
    root("s3").create_bucket(Bucket="linked", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    root("s3").put_object(Bucket="linked", Key="a", Body=b"x")
    ann, bob = user(), user(allow("s3:GetObject", "arn:aws:s3:::linked/*"))
    which = {"Params": {"Bucket": "linked", "Key": "a"}, "ExpiresIn": 60}
    assert fetch(ann("s3").generate_presigned_url("get_object", **which)) == 403
    assert fetch(bob("s3").generate_presigned_url("get_object", **which)) == 200
    key = root("iam").list_access_keys(UserName=ann.name)["AccessKeyMetadata"][0]["AccessKeyId"]
    plain = f"{enforced.endpoint}/linked/a"
    assert fetch(f"{plain}?AWSAccessKeyId={key}&Signature=x&Expires=9999999999") == 403
    assert fetch(plain) == 403
    assert fetch(plain, headers={"Authorization": f"AWS {key}:x"}) == 403
    everybody = {"Principal": "*", **allow("s3:GetObject", "arn:aws:s3:::linked/*")}
    root("s3").put_bucket_policy(Bucket="linked", Policy=document(everybody))
    assert fetch(plain) == 200
    assert fetch(plain, method="DELETE") == 403
    assert fetch(f"{enforced.endpoint}/", data=b"Action=ListUsers&Version=2010-05-08") == 403
    sneaking = f"{enforced.endpoint}/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:{ACCOUNT}:t:1"
    assert fetch(sneaking, data=b"Action=DeleteTopic") == 403


def test_log_groups_are_named_with_their_slash_and_their_stream(user, root):
    root("logs").create_log_group(logGroupName="/ecs/shop")
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/ecs/shop"
    ann, bob = user(allow("logs:*", f"{group}:*")), user(allow("logs:*", f"{group}:log-stream:web/*"))
    given = {"logGroupName": "/ecs/shop", "logEvents": [{"timestamp": 1, "message": "x"}]}
    for stream in ("web/1", "job/1"):
        ann("logs").create_log_stream(logGroupName="/ecs/shop", logStreamName=stream)
        ann("logs").put_log_events(logStreamName=stream, **given)
    bob("logs").put_log_events(logStreamName="web/1", **given)
    why = refused(lambda: bob("logs").put_log_events(logStreamName="job/1", **given))
    assert f"{group}:log-stream:job/1" in why
    refused(lambda: bob("logs").describe_log_streams(logGroupName="/ecs/shop"))


def test_a_family_alone_is_its_newest_revision(user, root):
    containers = [{"name": "c", "image": "i", "memory": 64}]
    for _ in range(2):
        root("ecs").register_task_definition(family="batch", containerDefinitions=containers)
    root("ecs").create_cluster(clusterName="default")
    prefix = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/batch"
    old, new = user(allow("ecs:RunTask", f"{prefix}:1")), user(allow("ecs:RunTask", f"{prefix}:2"))
    assert f"{prefix}:2" in refused(lambda: old("ecs").run_task(taskDefinition="batch"))
    new("ecs").run_task(taskDefinition="batch")


def test_a_copy_reads_its_source_and_a_deletion_names_its_keys(user, root):
    for name in ("from", "to"):
        root("s3").create_bucket(
            Bucket=f"copy-{name}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    root("s3").put_object(Bucket="copy-from", Key="a b", Body=b"x")
    writing = allow(["s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::copy-to/*")
    ann, bob = user(writing), user(writing, allow("s3:GetObject", "arn:aws:s3:::copy-from/a b"))
    copy = {"Bucket": "copy-to", "Key": "c", "CopySource": {"Bucket": "copy-from", "Key": "a b"}}
    assert "s3:GetObject on resource: arn:aws:s3:::copy-from/a b" in refused(
        lambda: ann("s3").copy_object(**copy)
    )
    bob("s3").copy_object(**copy)
    part = {**copy, "PartNumber": 1}
    part["UploadId"] = bob("s3").create_multipart_upload(Bucket="copy-to", Key="c")["UploadId"]
    refused(lambda: ann("s3").upload_part_copy(**part))
    bob("s3").upload_part_copy(**part)
    gone = {"Objects": [{"Key": "c"}]}
    assert ann("s3").delete_objects(Bucket="copy-to", Delete=gone)["Deleted"]
    refused(lambda: ann("s3").delete_objects(Bucket="copy-from", Delete={"Objects": [{"Key": "a b"}]}))
