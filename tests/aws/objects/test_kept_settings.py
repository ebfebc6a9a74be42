"""Settings that stacks give and moto lacks: each is told as it was given, until it is taken back."""

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients

_ROLE = "arn:aws:iam::123456789012:role/kept"
_TOPIC = "arn:aws:sns:eu-west-1:123456789012:kept"


def test_the_roles_of_an_identity_pool(aws: Clients) -> None:
    pools = aws("cognito-identity")
    made = pools.create_identity_pool(IdentityPoolName="kept", AllowUnauthenticatedIdentities=False)
    which = {"IdentityPoolId": made["IdentityPoolId"]}
    assert "Roles" not in pools.get_identity_pool_roles(**which)
    pools.set_identity_pool_roles(**which, Roles={"authenticated": _ROLE})
    assert pools.get_identity_pool_roles(**which)["Roles"] == {"authenticated": _ROLE}
    pools.set_identity_pool_roles(**which, Roles={})
    assert "Roles" not in pools.get_identity_pool_roles(**which)
    pools.delete_identity_pool(**which)


def test_insights_and_streams_of_a_table(aws: Clients) -> None:
    tables, which = aws("dynamodb"), {"TableName": f"kept-{uuid4().hex[:6]}"}
    tables.create_table(
        **which, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    assert tables.describe_contributor_insights(**which)["ContributorInsightsStatus"] == "DISABLED"
    tables.update_contributor_insights(**which, ContributorInsightsAction="ENABLE")
    assert tables.describe_contributor_insights(**which)["ContributorInsightsStatus"] == "ENABLED"
    stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/kept"
    for change, state in (
        (tables.enable_kinesis_streaming_destination, "ACTIVE"),
        (tables.disable_kinesis_streaming_destination, "DISABLED"),
    ):
        change(**which, StreamArn=stream)
        (told,) = tables.describe_kinesis_streaming_destination(**which)["KinesisDataStreamDestinations"]
        assert (told["StreamArn"], told["DestinationStatus"]) == (stream, state)
    tables.delete_table(**which)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        tables.describe_contributor_insights(**which)


def test_rules_of_a_pull_through_cache(aws: Clients) -> None:
    registry, which = aws("ecr"), {"ecrRepositoryPrefix": "public"}
    registry.create_pull_through_cache_rule(**which, upstreamRegistryUrl="public.ecr.aws")
    with pytest.raises(ClientError, match="exists already"):
        registry.create_pull_through_cache_rule(**which, upstreamRegistryUrl="public.ecr.aws")
    (told,) = registry.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert told["upstreamRegistryUrl"] == "public.ecr.aws"
    registry.delete_pull_through_cache_rule(**which)
    with pytest.raises(ClientError, match="NotFound"):
        registry.describe_pull_through_cache_rules(ecrRepositoryPrefixes=["public"])


def test_whom_a_vault_tells_and_who_may_use_it(aws: Clients) -> None:
    vaults, which = aws("backup"), {"BackupVaultName": f"kept-{uuid4().hex[:6]}"}
    vaults.create_backup_vault(**which)
    vaults.put_backup_vault_notifications(
        **which, SNSTopicArn=_TOPIC, BackupVaultEvents=["BACKUP_JOB_FAILED"]
    )
    told = vaults.get_backup_vault_notifications(**which)
    assert (told["SNSTopicArn"], told["BackupVaultEvents"]) == (_TOPIC, ["BACKUP_JOB_FAILED"])
    vaults.put_backup_vault_access_policy(**which, Policy="{}")
    assert vaults.get_backup_vault_access_policy(**which)["Policy"] == "{}"
    vaults.delete_backup_vault_notifications(**which)
    vaults.delete_backup_vault_access_policy(**which)
    for read in (vaults.get_backup_vault_notifications, vaults.get_backup_vault_access_policy):
        with pytest.raises(ClientError, match="ResourceNotFound"):
            read(**which)
    vaults.delete_backup_vault(**which)


def test_whom_a_topic_tells_of_deliveries_and_what_may_not_pass(aws: Clients) -> None:
    topics = aws("sns")
    made = topics.create_topic(Name="kept", Attributes={"LambdaFailureFeedbackRoleArn": _ROLE})["TopicArn"]
    topics.set_topic_attributes(
        TopicArn=made, AttributeName="HTTPSuccessFeedbackSampleRate", AttributeValue="10"
    )
    told = topics.get_topic_attributes(TopicArn=made)["Attributes"]
    assert (told["LambdaFailureFeedbackRoleArn"], told["HTTPSuccessFeedbackSampleRate"]) == (_ROLE, "10")
    policy = json.dumps({"Name": "kept"})
    topics.put_data_protection_policy(ResourceArn=made, DataProtectionPolicy=policy)
    assert topics.get_data_protection_policy(ResourceArn=made)["DataProtectionPolicy"] == policy
    topics.delete_topic(TopicArn=made)


def test_deployments_of_an_api(aws: Clients) -> None:
    apis = aws("apigatewayv2")
    api = {"ApiId": apis.create_api(Name="kept", ProtocolType="WEBSOCKET")["ApiId"]}
    made = {"DeploymentId": apis.create_deployment(**api, Description="a")["DeploymentId"]}
    apis.create_stage(**api, StageName="live", **made)
    assert apis.get_deployment(**api, **made)["DeploymentStatus"] == "DEPLOYED"
    apis.update_deployment(**api, **made, Description="b")
    (listed,) = apis.get_deployments(**api)["Items"]
    assert listed["Description"] == "b"
    later = apis.create_deployment(**api, StageName="live")["DeploymentId"]
    assert apis.get_stage(**api, StageName="live")["DeploymentId"] == later
    apis.update_stage(**api, StageName="live", Description="c", StageVariables={"a": "b"})
    told = apis.get_stage(**api, StageName="live")
    assert (told["Description"], told["StageVariables"], told["DeploymentId"]) == ("c", {"a": "b"}, later)
    apis.delete_deployment(**api, **made)
    with pytest.raises(ClientError, match="NotFound"):
        apis.get_deployment(**api, **made)
    apis.delete_api(**api)


def test_the_policy_of_an_api_is_told_escaped(aws: Clients) -> None:
    apis, policy = aws("apigateway"), json.dumps({"Version": "2012-10-17", "Statement": []})
    made = apis.create_rest_api(name="kept", policy=policy)["id"]
    told = apis.get_rest_api(restApiId=made)["policy"]
    assert told != policy
    assert json.loads(f'"{told}"') == policy
    apis.delete_rest_api(restApiId=made)


def test_a_project_of_a_pipeline_and_a_repository(aws: Clients) -> None:
    builds = aws("codebuild")
    builds.create_project(
        name="kept", source={"type": "CODEPIPELINE", "buildspec": "x.yml"}, artifacts={"type": "CODEPIPELINE"},
        environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=_ROLE,
    )  # fmt: skip
    (told,) = builds.batch_get_projects(names=["kept"])["projects"]
    assert told["source"] == {"type": "CODEPIPELINE", "buildspec": "x.yml"}
    assert told["artifacts"] == {"type": "CODEPIPELINE"}
    builds.delete_project(name="kept")
    repositories = aws("codecommit")
    made = repositories.create_repository(repositoryName="kept")["repositoryMetadata"]
    assert made["creationDate"].tzinfo is not None
    repositories.tag_resource(resourceArn=made["Arn"], tags={"team": "a", "cost": "b"})
    repositories.untag_resource(resourceArn=made["Arn"], tagKeys=["cost"])
    assert repositories.list_tags_for_resource(resourceArn=made["Arn"])["tags"] == {"team": "a"}
    repositories.delete_repository(repositoryName="kept")


def test_whom_a_mail_identity_tells_and_how_mail_goes(aws: Clients) -> None:
    mail = aws("ses")
    mail.verify_domain_identity(Domain="kept.example")
    mail.set_identity_notification_topic(Identity="kept.example", NotificationType="Bounce", SnsTopic=_TOPIC)
    mail.set_identity_headers_in_notifications_enabled(
        Identity="kept.example", NotificationType="Bounce", Enabled=True
    )
    told = mail.get_identity_notification_attributes(Identities=["kept.example"])["NotificationAttributes"]
    assert told["kept.example"]["BounceTopic"] == _TOPIC
    assert told["kept.example"]["HeadersInBounceNotificationsEnabled"] is True
    assert "ComplaintTopic" not in told["kept.example"]
    mail.create_configuration_set(ConfigurationSet={"Name": "kept"})
    mail.put_configuration_set_delivery_options(
        ConfigurationSetName="kept", DeliveryOptions={"TlsPolicy": "Require"}
    )
    mail.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName="kept", Enabled=True)
    asked = ["deliveryOptions", "reputationOptions", "eventDestinations"]
    found = mail.describe_configuration_set(ConfigurationSetName="kept", ConfigurationSetAttributeNames=asked)
    assert found["DeliveryOptions"] == {"TlsPolicy": "Require"}
    assert found["ReputationOptions"]["ReputationMetricsEnabled"] is True
    assert found["EventDestinations"] == []
    mail.delete_configuration_set(ConfigurationSetName="kept")
    mail.delete_identity(Identity="kept.example")
