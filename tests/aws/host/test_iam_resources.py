"""``--enforce-iam``: the resources of calls that name several, or by another name, and the keys of session tokens."""

import json

import boto3
import pytest

from tests.aws.host.policies import ACCOUNT, allow, deny, document, error_of, refused


@pytest.fixture
def tables(root):
    for name in ("mine", "theirs"):
        root("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )
    yield
    for name in ("mine", "theirs"):
        root("dynamodb").delete_table(TableName=name)


def table(name):
    return f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}"


def test_batches_and_transactions_name_their_tables(user, tables):
    item, ann = {"id": {"S": "1"}}, user(allow("dynamodb:*", table("mine")))
    db = ann("dynamodb")

    def write(*names):
        return lambda: db.batch_write_item(
            RequestItems={name: [{"PutRequest": {"Item": item}}] for name in names}
        )

    write("mine")()
    assert table("theirs") in refused(write("mine", "theirs"))
    db.batch_get_item(RequestItems={"mine": {"Keys": [item]}})
    refused(lambda: db.batch_get_item(RequestItems={"mine": {"Keys": [item]}, "theirs": {"Keys": [item]}}))
    db.transact_write_items(TransactItems=[{"Put": {"TableName": "mine", "Item": item}}])
    both = [{"Put": {"TableName": "mine", "Item": item}}, {"Delete": {"TableName": "theirs", "Key": item}}]
    said = refused(lambda: db.transact_write_items(TransactItems=both))
    assert "dynamodb:DeleteItem" in said
    assert table("theirs") in said
    db.transact_get_items(TransactItems=[{"Get": {"TableName": "mine", "Key": item}}])
    reading = user(allow("dynamodb:GetItem", table("mine")))
    put = [{"Put": {"TableName": "mine", "Item": item}}]
    assert "dynamodb:PutItem" in refused(lambda: reading("dynamodb").transact_write_items(TransactItems=put))


def test_roles_and_users_are_named_with_their_paths(user, root):
    root("iam").create_role(RoleName="runner", Path="/app/", AssumeRolePolicyDocument=document())
    arn = f"arn:aws:iam::{ACCOUNT}:role/app/runner"
    ann, bob = (
        user(allow("iam:*", f"arn:aws:iam::{ACCOUNT}:role/app/*")),
        user(allow("iam:*", f"arn:aws:iam::{ACCOUNT}:role/runner")),
    )
    ann("iam").get_role(RoleName="runner")
    assert arn in refused(lambda: bob("iam").get_role(RoleName="runner"))
    ann("iam").create_role(RoleName="second", Path="/app/", AssumeRolePolicyDocument=document())
    refused(lambda: ann("iam").create_role(RoleName="third", AssumeRolePolicyDocument=document()))
    # Which policy is attached is a condition, not a resource.
    chosen = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    attaching = user(allow("iam:AttachRolePolicy", arn, Condition={"ArnEquals": {"iam:PolicyARN": chosen}}))
    attaching("iam").attach_role_policy(RoleName="runner", PolicyArn=chosen)
    other = "arn:aws:iam::aws:policy/AdministratorAccess"
    refused(lambda: attaching("iam").attach_role_policy(RoleName="runner", PolicyArn=other))


def test_a_topic_in_the_making_has_its_arn(user):
    ann = user(allow("sns:CreateTopic", f"arn:aws:sns:eu-west-1:{ACCOUNT}:app-*"))
    ann("sns").create_topic(Name="app-orders")
    assert f"arn:aws:sns:eu-west-1:{ACCOUNT}:other" in refused(lambda: ann("sns").create_topic(Name="other"))


def test_api_gateway_is_asked_by_method_and_path(user):
    ann = user(
        allow("apigateway:POST", "arn:aws:apigateway:eu-west-1::/restapis"),
        allow("apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/*"),
        allow(["apigateway:POST", "apigateway:GET"], "arn:aws:apigateway:eu-west-1::/apis"),
    )
    made = ann("apigateway").create_rest_api(name="shop")["id"]
    ann("apigateway").get_rest_api(restApiId=made)
    assert "apigateway:DELETE" in refused(lambda: ann("apigateway").delete_rest_api(restApiId=made))
    refused(ann("apigateway").get_rest_apis)
    ann("apigatewayv2").create_api(Name="shop", ProtocolType="HTTP")
    ann("apigatewayv2").get_apis()


def test_an_alias_stands_for_its_key(user, root):
    kms = root("kms")
    one, two = (kms.create_key()["KeyMetadata"] for _ in "ab")
    kms.create_alias(AliasName="alias/app", TargetKeyId=one["KeyId"])
    ann = user(allow(["kms:Encrypt", "kms:Decrypt"], one["Arn"]))
    sealed = ann("kms").encrypt(KeyId="alias/app", Plaintext=b"x")["CiphertextBlob"]
    assert ann("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    assert two["Arn"] in refused(lambda: ann("kms").encrypt(KeyId=two["KeyId"], Plaintext=b"x"))
    theirs = kms.encrypt(KeyId=two["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    refused(lambda: ann("kms").decrypt(CiphertextBlob=theirs))
    bob = user(allow("kms:CreateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/bob"))
    refused(lambda: bob("kms").create_alias(AliasName="alias/bob", TargetKeyId=two["KeyId"]))
    assert error_of(lambda: root("kms").encrypt(KeyId="alias/none", Plaintext=b"x")) == "NotFoundException"


def clients(enforced, credentials):
    return lambda service: boto3.client(
        service, region_name="eu-west-1", endpoint_url=enforced.endpoint,
        aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )  # fmt: skip


def test_a_session_token_acts_as_its_caller(user, enforced):
    ann = user(allow(["sqs:ListQueues", "sts:GetSessionToken", "iam:ListUsers"]))
    mine = clients(enforced, ann("sts").get_session_token()["Credentials"])
    mine("sqs").list_queues()
    assert f"user/{ann.name}" in refused(mine("sns").list_topics)
    refused(mine("iam").list_users)  # not by a session without a second factor
    assert mine("sts").get_caller_identity()["Arn"].endswith(f":user/{ann.name}")


def test_a_federated_user_may_what_both_allow(user, enforced, root):
    ann = user(allow(["sqs:*", "sns:*", "sts:GetFederationToken"]), deny("sqs:DeleteQueue"))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("sqs:*"), allow("ecs:*")]})
    eve = clients(enforced, ann("sts").get_federation_token(Name="eve", Policy=policy)["Credentials"])
    eve("sqs").list_queues()
    assert "federated-user/eve" in refused(eve("sns").list_topics)
    refused(eve("ecs").list_clusters)
    assert eve("sts").get_caller_identity()["Arn"].endswith(":federated-user/eve")
    nobody = clients(enforced, root("sts").get_federation_token(Name="eve")["Credentials"])
    refused(nobody("sqs").list_queues)
