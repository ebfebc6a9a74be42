"""An estate to audit, as many times over as one wants: what a small company has, made with boto3 on an embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
ASSUME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
GRANT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
    }
)
Client = Callable[[str], Any]


def clients(endpoint: str) -> Client:
    """A maker of boto3 clients of an embedded AWS."""
    held: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in held:
            held[service] = boto3.client(
                service, region_name=REGION, endpoint_url=endpoint, aws_access_key_id="test",
                aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 2}, read_timeout=120),
            )  # fmt: skip
        return held[service]

    return client


def deploy(endpoint: str, copies: int) -> None:
    """Make the account's own settings once, and everything else ``copies`` times."""
    client = clients(endpoint)
    client("iam").create_user(UserName="deploy")
    client("iam").create_access_key(UserName="deploy")
    client("sesv2").create_email_identity(EmailIdentity="shop.example")
    client("route53").create_hosted_zone(Name="shop.example", CallerReference="1")
    for number in range(copies):
        name = f"shop-{number}"
        topic = client("sns").create_topic(Name=f"{name}-alarms")["TopicArn"]
        _network(client, name)
        _messages(client, name, topic)
        _data(client, name)
        _compute(client, name)
        _alarms(client, name, topic)


def _network(client: Client, name: str) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for number, zone in enumerate("ab"):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
    group = ec2.create_security_group(GroupName=f"{name}-app", Description="app", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0"
    )


def _messages(client: Client, name: str, topic: str) -> None:
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@shop.example")
    for queue in ("orders", "mail"):
        dead = client("sqs").create_queue(QueueName=f"{name}-{queue}-dead")["QueueUrl"]
        arn = client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        client("sqs").create_queue(QueueName=f"{name}-{queue}", Attributes={"RedrivePolicy": redrive})
        client("events").put_rule(Name=f"{name}-{queue}", ScheduleExpression="rate(1 day)")
        client("events").put_targets(Rule=f"{name}-{queue}", Targets=[{"Id": "queue", "Arn": arn}])


def _data(client: Client, name: str) -> None:
    client("s3").create_bucket(Bucket=f"{name}-assets")
    client("dynamodb").create_table(
        TableName=f"{name}-lock",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("secretsmanager").create_secret(Name=f"{name}/key", SecretString="not read")
    client("elasticache").create_replication_group(
        ReplicationGroupId=f"{name}-redis", ReplicationGroupDescription="cache", Engine="redis",
        CacheNodeType="cache.t4g.micro", NumCacheClusters=1,
    )  # fmt: skip
    client("backup").create_backup_vault(BackupVaultName=name)
    rule = {"RuleName": "daily", "TargetBackupVaultName": name}
    client("backup").create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})


def _compute(client: Client, name: str) -> None:
    role = client("iam").create_role(RoleName=f"{name}-task", AssumeRolePolicyDocument=ASSUME)["Role"]["Arn"]
    client("iam").put_role_policy(RoleName=f"{name}-task", PolicyName="send", PolicyDocument=GRANT)
    client("ecr").create_repository(repositoryName=f"{name}-app")
    client("ecs").create_cluster(clusterName=name)
    for service in ("api", "worker"):
        client("logs").create_log_group(logGroupName=f"/ecs/{name}-{service}")
        client("ecs").register_task_definition(
            family=f"{name}-{service}", taskRoleArn=role, networkMode="awsvpc", cpu="256", memory="512",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": service, "image": "shop:1", "environment": [{"name": "A", "value": "1"}]}],
        )  # fmt: skip


def _alarms(client: Client, name: str, topic: str) -> None:
    for queue in ("orders", "mail"):
        for metric in ("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"):
            client("cloudwatch").put_metric_alarm(
                AlarmName=f"{name}-{queue}-{metric}", Namespace="AWS/SQS", MetricName=metric, Statistic="Maximum",
                Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
                Dimensions=[{"Name": "QueueName", "Value": f"{name}-{queue}"}], AlarmActions=[topic],
            )  # fmt: skip
