"""``--enforce-iam``: calls end as the policies say."""

import base64
import json

import boto3

from tests.aws.host.policies import ACCOUNT, allow, deny, document, refused


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
