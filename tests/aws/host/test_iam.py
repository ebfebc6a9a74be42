"""``--enforce-iam``: calls end as the policies say."""

import base64
import json
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.exceptions import ClientError

from launchbook.local import control
from launchbook.local.run import Options
from tests.aws.conftest import client_factory

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def enforced():
    started = control.start(Options(port=0, enforce_iam=True))
    yield started
    control.stop(started)


@pytest.fixture(scope="module")
def root(enforced):
    return client_factory(enforced.endpoint)


@pytest.fixture
def user(enforced, root, request):
    """A user with one inline policy; returns a maker of clients with its key."""
    made = []

    def user(*statements):
        name = f"u{abs(hash(request.node.name)) % 10**8}-{len(made)}"
        root("iam").create_user(UserName=name)
        made.append(name)
        if statements:
            root("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
        key = root("iam").create_access_key(UserName=name)["AccessKey"]
        clients = client_factory(enforced.endpoint)
        maker = lambda service: clients(service, key=key["AccessKeyId"], secret=key["SecretAccessKey"])  # noqa: E731
        maker.name = name
        return maker

    return user


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def refused(call):
    with pytest.raises(ClientError) as raised:
        call()
    assert raised.value.response["Error"]["Code"] in (
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
    )
    return str(raised.value)


def test_nothing_is_allowed_that_no_policy_allows(user):
    ann = user()
    why = refused(ann("sqs").list_queues)
    assert f"user/{ann.name} is not authorized to perform: sqs:ListQueues" in why
    assert "no identity-based policy allows" in why
    assert ann("sts").get_caller_identity()["Account"] == ACCOUNT


def test_actions_and_resources_by_wildcard(user, root):
    url = root("sqs").create_queue(QueueName="work-1")["QueueUrl"]
    other = root("sqs").create_queue(QueueName="other")["QueueUrl"]
    ann = user(allow(["sqs:Send*", "sqs:GetQueue*"], f"arn:aws:sqs:*:{ACCOUNT}:work-*"))
    ann("sqs").send_message(QueueUrl=url, MessageBody="x")
    ann("sqs").send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}])
    refused(lambda: ann("sqs").send_message(QueueUrl=other, MessageBody="x"))
    refused(lambda: ann("sqs").receive_message(QueueUrl=url))


def test_an_explicit_deny_wins(user):
    ann = user(allow("ecs:*"), deny("ecs:Delete*"))
    ann("ecs").list_clusters()
    assert "explicit deny" in refused(lambda: ann("ecs").delete_cluster(cluster="c"))


def test_managed_policies_and_groups(user, root):
    ann = user()
    root("iam").attach_user_policy(
        UserName=ann.name, PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    )
    ann("sqs").list_queues()
    refused(lambda: ann("sqs").create_queue(QueueName="x"))
    root("iam").create_group(GroupName="g")
    root("iam").put_group_policy(
        GroupName="g", PolicyName="p", PolicyDocument=document(allow("sns:ListTopics"))
    )
    refused(ann("sns").list_topics)
    root("iam").add_user_to_group(GroupName="g", UserName=ann.name)
    ann("sns").list_topics()


def test_conditions(user, enforced):
    ann = user(allow("sqs:ListQueues", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    ann("sqs").list_queues()
    bob = user(allow("sqs:ListQueues", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))
    refused(bob("sqs").list_queues)
    tagged = user(allow("sqs:*", Condition={"ForAllValues:StringLike": {"aws:TagKeys": ["team*"]}}))
    tagged("sqs").create_queue(QueueName="tagged", tags={"team": "a"})
    refused(lambda: tagged("sqs").create_queue(QueueName="tagged2", tags={"owner": "a"}))


def test_rest_services_by_their_operations(user, root):
    root("s3").create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    root("s3").put_object(Bucket="data", Key="in/a", Body=b"x")
    ann = user(allow("s3:GetObject", "arn:aws:s3:::data/in/*"), allow("s3:ListBucket", "arn:aws:s3:::data"))
    assert ann("s3").get_object(Bucket="data", Key="in/a")["Body"].read() == b"x"
    ann("s3").list_objects_v2(Bucket="data")
    refused(lambda: ann("s3").put_object(Bucket="data", Key="in/b", Body=b"x"))
    refused(lambda: ann("s3").get_object(Bucket="data", Key="out/a"))


def test_a_queue_policy_allows_who_it_names(user, root):
    ann = user()
    url = root("sqs").create_queue(QueueName="shared")["QueueUrl"]
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:shared"
    refused(lambda: ann("sqs").send_message(QueueUrl=url, MessageBody="x"))
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{ann.name}"}
    policy = document({"Principal": principal, **allow("sqs:SendMessage", arn)})
    root("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    ann("sqs").send_message(QueueUrl=url, MessageBody="x")


def test_roles_are_assumed_as_they_trust_and_act_as_they_may(user, root, enforced):
    ann, bob = user(allow("sts:AssumeRole")), user(allow("sts:AssumeRole"))
    trust = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{ann.name}"},
            "Action": "sts:AssumeRole",
        }
    )
    role = root("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    root("iam").put_role_policy(
        RoleName="worker",
        PolicyName="p",
        PolicyDocument=document(allow(["sqs:ListQueues", "sns:ListTopics"])),
    )
    refused(lambda: bob("sts").assume_role(RoleArn=role, RoleSessionName="session"))

    def session(**more):
        given = ann("sts").assume_role(RoleArn=role, RoleSessionName="session", **more)["Credentials"]
        return lambda service: boto3.client(
            service, region_name="eu-west-1", endpoint_url=enforced.endpoint, aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"],
        )  # fmt: skip

    worker = session()
    worker("sqs").list_queues()
    assert "assumed-role/worker/session" in refused(worker("ecs").list_clusters)
    narrowed = session(Policy=document(allow("sqs:*")))
    narrowed("sqs").list_queues()
    assert "session policy" in refused(narrowed("sns").list_topics)
    limit = root("iam").create_policy(PolicyName="limit", PolicyDocument=document(allow("sns:*")))["Policy"][
        "Arn"
    ]
    root("iam").put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=limit)
    worker("sns").list_topics()
    assert "permissions boundary" in refused(worker("sqs").list_queues)


def test_a_role_is_passed_only_by_who_may(user, root):
    role = f"arn:aws:iam::{ACCOUNT}:role/task"
    given = {
        "family": "f",
        "taskRoleArn": role,
        "containerDefinitions": [{"name": "c", "image": "i", "memory": 64}],
    }
    ann = user(allow("ecs:*"))
    assert "iam:PassRole" in refused(lambda: ann("ecs").register_task_definition(**given))
    bob = user(allow("ecs:*"), allow("iam:PassRole", role))
    bob("ecs").register_task_definition(**given)


def test_web_identities_are_trusted_by_their_claims(root):
    trust = document(
        {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
         "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
         "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/shop:*"}}}
    )  # fmt: skip
    role = root("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]["Arn"]

    def token(subject):
        claims = {"iss": "https://token.actions.githubusercontent.com", "sub": subject}
        return "e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".x"

    def assume(subject):
        return root("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="session", WebIdentityToken=token(subject)
        )

    assert assume("repo:acme/shop:ref:refs/heads/main")["Credentials"]["AccessKeyId"]
    refused(lambda: assume("repo:other/shop:ref:refs/heads/main"))


def error_of(call):
    with pytest.raises(ClientError) as raised:
        call()
    return raised.value.response["Error"]["Code"]


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
    from datetime import UTC, datetime, timedelta

    from moto.sts.models import sts_backends

    from launchbook.local.calls import Call, Request
    from launchbook.local.iam import gate, principals

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
