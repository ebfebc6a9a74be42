"""What Terraform reads back after it made something: the cases where moto forgets, without Terraform's minutes."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def name():
    return f"t{uuid4().hex[:10]}"


def test_a_distribution_keeps_access_control_and_certificate(aws, name):
    cloudfront = aws("cloudfront")
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]  # fmt: skip
    origin = {"Id": "o", "DomainName": f"{name}.s3.amazonaws.com", "OriginAccessControlId": control}
    behaviour = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "redirect-to-https",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    certificate = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/x"
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behaviour,
            "ViewerCertificate": {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"},
        }
    )["Distribution"]["Id"]
    config = cloudfront.get_distribution_config(Id=made)["DistributionConfig"]
    assert config["Origins"]["Items"][0]["OriginAccessControlId"] == control
    assert config["ViewerCertificate"]["CloudFrontDefaultCertificate"] is False


def test_a_function_keeps_its_dead_letter_queue_and_logging(aws, name):
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    functions, queue = aws("lambda"), f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"
    functions.create_function(
        FunctionName=name, Role=role, Runtime="python3.12", Handler="main.handler",
        Code={"ZipFile": packed.getvalue()}, DeadLetterConfig={"TargetArn": queue},
    )  # fmt: skip
    functions.update_function_configuration(FunctionName=name, TracingConfig={"Mode": "Active"})
    found = functions.get_function_configuration(FunctionName=name)
    assert found["DeadLetterConfig"] == {"TargetArn": queue}
    assert found["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    assert found["TracingConfig"] == {"Mode": "Active"}


def test_a_zone_made_with_a_vpc_is_private(aws, name):
    vpc = {"VPCRegion": "eu-west-1", "VPCId": aws("ec2").create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]}
    zone = aws("route53").create_hosted_zone(Name=f"{name}.internal", CallerReference=name, VPC=vpc)[
        "HostedZone"
    ]
    found = aws("route53").get_hosted_zone(Id=zone["Id"])
    assert found["HostedZone"]["Config"]["PrivateZone"] is True
    assert found["VPCs"] == [vpc]


def test_a_replication_group_has_clusters_and_takes_them_along(aws, name):
    caches = aws("elasticache")
    caches.create_cache_parameter_group(
        CacheParameterGroupName=name, CacheParameterGroupFamily="redis7", Description="x"
    )
    setting = {"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}
    caches.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=[setting])
    parameters = caches.describe_cache_parameters(CacheParameterGroupName=name, Source="user")["Parameters"]
    assert [each["ParameterValue"] for each in parameters] == ["allkeys-lru"]
    caches.create_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription="x", NumCacheClusters=2, Engine="redis",
        CacheNodeType="cache.t4g.micro", SecurityGroupIds=["sg-1"],
    )  # fmt: skip
    members = caches.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0][
        "MemberClusters"
    ]
    assert members == [f"{name}-001", f"{name}-002"]
    cluster = caches.describe_cache_clusters(CacheClusterId=members[1])["CacheClusters"][0]
    assert cluster["SecurityGroups"] == [{"SecurityGroupId": "sg-1", "Status": "active"}]
    assert cluster["EngineVersion"] == "7.1.0", "what was not asked for has a version too"
    caches.delete_replication_group(ReplicationGroupId=name)
    for gone in ({"CacheClusterId": members[0]}, {"CacheClusterId": members[1]}):
        with pytest.raises(ClientError, match="CacheClusterNotFound"):
            caches.describe_cache_clusters(**gone)
    caches.delete_cache_parameter_group(CacheParameterGroupName=name)
    with pytest.raises(ClientError, match="CacheParameterGroupNotFound"):
        caches.describe_cache_parameter_groups(CacheParameterGroupName=name)


def test_a_budget_keeps_subscribers_and_tags(aws, name):
    budgets = aws("budgets")
    notification = {"NotificationType": "FORECASTED", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "oncall@example.com"}
    budget = {
        "BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "5", "Unit": "USD"},
    }  # fmt: skip
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "team", "Value": "a"}],
    )
    which = {"AccountId": ACCOUNT, "BudgetName": name}
    heard = budgets.describe_subscribers_for_notification(**which, Notification=notification)
    assert heard["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{name}"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "team", "Value": "a"}]
    budgets.update_budget(
        AccountId=ACCOUNT, NewBudget=budget | {"BudgetLimit": {"Amount": "9", "Unit": "USD"}}
    )
    assert budgets.describe_budget(**which)["Budget"]["BudgetLimit"]["Amount"] == "9"
    assert budgets.describe_notifications_for_budget(**which)["Notifications"]
    budgets.delete_budget(**which)


def test_tags_of_backup_vaults(aws, name):
    backup = aws("backup")
    arn = backup.create_backup_vault(BackupVaultName=name, BackupVaultTags={"team": "a"})["BackupVaultArn"]
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"team": "a"}


def test_a_vpc_takes_its_default_acl_along(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    mine = [{"Name": "vpc-id", "Values": [vpc]}]
    assert ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_network_acls(Filters=mine)["NetworkAcls"] == []


def test_a_nat_gateway_takes_its_interface_along(aws):
    ec2 = aws("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    before = {each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]}
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_tags(Resources=[gateway], Tags=[{"Key": "team", "Value": "a"}])
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.release_address(AllocationId=address)
    after = {each["NetworkInterfaceId"] for each in ec2.describe_network_interfaces()["NetworkInterfaces"]}
    assert after == before
    tagged = aws("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert [each for each in tagged if gateway in each["ResourceARN"]] == []


def test_a_trail_is_deleted_by_its_arn(aws, name):
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    arn = aws("cloudtrail").create_trail(Name=name, S3BucketName=name, IsMultiRegionTrail=True)["TrailARN"]
    aws("cloudtrail").delete_trail(Name=arn)
    assert [each["Name"] for each in aws("cloudtrail").list_trails()["Trails"] if each["Name"] == name] == []


def test_a_database_keeps_its_parameters(aws, name):
    rds = aws("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="x"
    )
    wanted = {"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[wanted])
    (found,) = rds.describe_db_parameters(DBParameterGroupName=name, Source="user")["Parameters"]
    assert (found["ParameterValue"], found["Source"]) == ("8192", "user")
    (group,) = rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"]
    assert group["DBParameterGroupName"] == name


@pytest.mark.parametrize(
    ("definition", "result"),
    [
        ('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', "OK"),
        ('{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}', "FAIL"),
        ("{}", "FAIL"),
        ("nonsense", "FAIL"),
    ],
)
def test_state_machine_definitions_are_checked(aws, definition, result):
    assert aws("stepfunctions").validate_state_machine_definition(definition=definition)["result"] == result


def test_a_namespace_takes_its_zone_along(aws, name):
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    discovery, zones = aws("servicediscovery"), aws("route53")
    before = {each["Id"] for each in zones.list_hosted_zones()["HostedZones"]}
    discovery.create_private_dns_namespace(Name=f"{name}.internal", Vpc=vpc)
    (made,) = [
        each for each in discovery.list_namespaces()["Namespaces"] if each["Name"] == f"{name}.internal"
    ]
    discovery.delete_namespace(Id=made["Id"])
    assert {each["Id"] for each in zones.list_hosted_zones()["HostedZones"]} == before


def test_a_stream_keeps_the_tags_it_was_made_with(aws, name):
    kinesis = aws("kinesis")
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"}, Tags={"team": "a"})
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == [{"Key": "team", "Value": "a"}]
    kinesis.delete_stream(StreamName=name)
