"""What moto told in part or as something else: replication, aliases, layers, subscriptions, projects, tables."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients

_ROLE = "arn:aws:iam::123456789012:role/whole"
_QUEUE = "arn:aws:sqs:eu-west-1:123456789012:whole"


def test_the_rules_of_a_replication(aws: Clients) -> None:
    s3, bucket = aws("s3"), f"whole-{uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    target = {"Bucket": "arn:aws:s3:::elsewhere", "StorageClass": "STANDARD_IA"}
    tagged = {"And": {"Prefix": "y/", "Tags": [{"Key": "a", "Value": "b"}]}}
    rules = [
        {"ID": "all", "Priority": 3, "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Destination": target,
         "DeleteMarkerReplication": {"Status": "Enabled"}},
        {"Priority": 4, "Status": "Disabled", "Filter": tagged, "Destination": target,
         "DeleteMarkerReplication": {"Status": "Disabled"}},
    ]  # fmt: skip
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": _ROLE, "Rules": rules})
    told = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert told["Rules"][0] == rules[0]
    assert told["Rules"][1].pop("ID"), "a rule without a name is given one"
    assert told["Rules"][1] == rules[1]
    s3.delete_bucket_replication(Bucket=bucket)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFound"):
        s3.get_bucket_replication(Bucket=bucket)
    s3.delete_bucket(Bucket=bucket)


def test_a_mapping_names_the_alias_and_a_layer_the_account(aws: Clients) -> None:
    functions, name = aws("lambda"), f"whole-{uuid4().hex[:6]}"
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass")
    code = {"ZipFile": packed.getvalue()}
    functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="main.handler", Code=code, Publish=True
    )
    alias = functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")["AliasArn"]
    aws("sqs").create_queue(QueueName="whole")
    for given in (alias, f"{name}:live"):
        made = functions.create_event_source_mapping(EventSourceArn=_QUEUE, FunctionName=given)["UUID"]
        assert functions.get_event_source_mapping(UUID=made)["FunctionArn"] == alias
        functions.delete_event_source_mapping(UUID=made)
    functions.publish_layer_version(LayerName=name, Content=code)
    which = {"LayerName": name, "VersionNumber": 1}
    functions.add_layer_version_permission(
        **which, StatementId="dev", Action="lambda:GetLayerVersion", Principal="111122223333"
    )
    (statement,) = json.loads(functions.get_layer_version_policy(**which)["Policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    functions.delete_layer_version(**which)
    functions.delete_function(FunctionName=name)
    aws("iam").delete_role(RoleName=name)
    aws("sqs").delete_queue(QueueUrl=aws("sqs").get_queue_url(QueueName="whole")["QueueUrl"])


def test_a_subscription_has_its_distribution(aws: Clients) -> None:
    logs, streams, group = aws("logs"), aws("kinesis"), {"logGroupName": f"whole/{uuid4().hex[:6]}"}
    streams.create_stream(StreamName="whole", ShardCount=1)
    target = "arn:aws:kinesis:eu-west-1:123456789012:stream/whole"
    logs.create_log_group(**group)
    logs.put_subscription_filter(
        **group, filterName="a", filterPattern="", destinationArn=target, distribution="Random", roleArn=_ROLE
    )
    (told,) = logs.describe_subscription_filters(**group)["subscriptionFilters"]
    assert told["distribution"] == "Random"
    logs.delete_log_group(**group)
    streams.delete_stream(StreamName="whole")


def test_a_project_has_its_key(aws: Clients) -> None:
    builds, key = aws("codebuild"), "arn:aws:kms:eu-west-1:123456789012:key/whole"
    builds.create_project(
        name="whole", source={"type": "NO_SOURCE", "buildspec": "x"}, artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=_ROLE, encryptionKey=key,
    )  # fmt: skip
    assert builds.batch_get_projects(names=["whole"])["projects"][0]["encryptionKey"] == key
    builds.delete_project(name="whole")


def test_a_table_on_demand_has_its_limits(aws: Clients) -> None:
    tables, which = aws("dynamodb"), {"TableName": f"whole-{uuid4().hex[:6]}"}
    limits = {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50}
    tables.create_table(
        **which, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], OnDemandThroughput=limits,
    )  # fmt: skip
    assert tables.describe_table(**which)["Table"]["OnDemandThroughput"] == limits
    tables.delete_table(**which)


def test_what_could_be_made_can_be_deleted(aws: Clients) -> None:
    athena, deploy, mail = aws("athena"), aws("codedeploy"), aws("ses")
    athena.create_data_catalog(Name="whole", Type="GLUE")
    athena.delete_data_catalog(Name="whole")
    query = athena.create_named_query(Name="whole", Database="x", QueryString="SELECT 1")["NamedQueryId"]
    athena.delete_named_query(NamedQueryId=query)
    assert query not in athena.list_named_queries()["NamedQueryIds"]
    deploy.create_application(applicationName="whole", computePlatform="Lambda")
    which = {"applicationName": "whole", "deploymentGroupName": "live"}
    deploy.create_deployment_group(**which, serviceRoleArn=_ROLE)
    assert "loadBalancerInfo" not in deploy.get_deployment_group(**which)["deploymentGroupInfo"]
    deploy.delete_deployment_group(**which)
    assert deploy.list_deployment_groups(applicationName="whole")["deploymentGroups"] == []
    deploy.delete_application(applicationName="whole")
    assert "whole" not in deploy.list_applications()["applications"]
    mail.create_receipt_rule_set(RuleSetName="whole")
    mail.create_receipt_rule(RuleSetName="whole", Rule={"Name": "a", "Enabled": True, "Actions": []})
    mail.delete_receipt_rule(RuleSetName="whole", RuleName="a")
    assert mail.describe_receipt_rule_set(RuleSetName="whole")["Rules"] == []
    mail.delete_receipt_rule_set(RuleSetName="whole")


def test_what_was_not_given_is_not_invented(aws: Clients) -> None:
    apis, settings, jobs = aws("appsync"), aws("appconfig"), aws("glue")
    made = apis.create_graphql_api(name="whole", authenticationType="API_KEY", queryDepthLimit=3)
    api = made["graphqlApi"]["apiId"]
    told = apis.get_graphql_api(apiId=api)["graphqlApi"]
    assert (told["apiType"], told["introspectionConfig"], told["queryDepthLimit"]) == (
        "GRAPHQL",
        "ENABLED",
        3,
    )
    apis.delete_graphql_api(apiId=api)
    owner = settings.create_application(Name="whole")["Id"]
    profile = settings.create_configuration_profile(ApplicationId=owner, Name="a", LocationUri="hosted")["Id"]
    which = {"ApplicationId": owner, "ConfigurationProfileId": profile}
    version = settings.create_hosted_configuration_version(**which, Content=b"{}", ContentType="text/plain")
    assert "Description" not in version
    settings.delete_hosted_configuration_version(**which, VersionNumber=1)
    settings.delete_configuration_profile(**which)
    settings.delete_application(ApplicationId=owner)
    command = {"Name": "glueetl", "ScriptLocation": "s3://x/y.py"}
    jobs.create_job(Name="whole", Role=_ROLE, Command=command)
    assert "ExecutionClass" not in jobs.get_job(JobName="whole")["Job"]
    jobs.delete_job(JobName="whole")
