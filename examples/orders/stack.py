"""The order platform as AWS objects: network, database, queues, roles, load balancer, cluster and services.

Nothing here knows that the AWS is an embedded one.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from orders.settings import VARIABLES

REGION = "us-east-1"
LOG_GROUPS = {"api": "/orders/api", "worker": "/orders/worker", "migrate": "/orders/migrate"}
_DAY = 86_400
# What the stack decides itself; any other setting of the services is taken from the environment.
_OURS = ("HOST", "PORT", "MANAGEMENT_PORT", "DATABASE_URL", "QUEUE_URL", "GIT_COMMIT")


class StackError(Exception):
    """Something of the stack did not become what it should."""


@dataclass(frozen=True)
class Aws:
    """Clients of one endpoint."""

    endpoint: str

    def client(self, service: str) -> Any:
        """A client that reaches nothing but the endpoint."""
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id="test",
            aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip


def database(aws: Aws) -> Callable[[], dict[str, Any]]:
    """Begin a PostgreSQL whose password RDS manages; call the result to wait for it and get its description."""
    rds = aws.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="orders", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
        DBName="orders", MasterUsername="orders", ManageMasterUserPassword=True, PubliclyAccessible=False,
    )  # fmt: skip

    def described() -> dict[str, Any] | None:
        found = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
        return found if found["DBInstanceStatus"] == "available" else None

    return lambda: until(described, "the database is available")


def queue(aws: Aws) -> tuple[str, str]:
    """Address and ARN of the queue, with its dead-letter queue."""
    sqs = aws.client("sqs")
    dead = _queue(sqs, "orders-dlq", {"MessageRetentionPeriod": str(14 * _DAY)})[1]
    return _queue(
        sqs, "orders",
        {
            "VisibilityTimeout": "30", "MessageRetentionPeriod": str(4 * _DAY),
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5}),
        },
    )  # fmt: skip


def _queue(sqs: Any, name: str, attributes: Mapping[str, str]) -> tuple[str, str]:
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def roles(aws: Aws, queue_arn: str, secret_arn: str) -> dict[str, str]:
    """The execution role (image, logs, the database's secret) and the task role (the queue), for a task definition."""
    iam = aws.client("iam")
    pull = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents"]  # fmt: skip
    use = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
           "sqs:GetQueueAttributes"]  # fmt: skip
    allowed = {
        "executionRoleArn": [(pull, "*"), (["secretsmanager:GetSecretValue"], secret_arn)],
        "taskRoleArn": [(use, queue_arn)],
    }
    trust = _policy({"Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    made = {}
    for kind, name in (("executionRoleArn", "orders-execution"), ("taskRoleArn", "orders-task")):
        made[kind] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        statements = [{"Action": actions, "Resource": resource} for actions, resource in allowed[kind]]
        iam.put_role_policy(RoleName=name, PolicyName="orders", PolicyDocument=_policy(*statements))
    return made


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **s} for s in statements]})


@dataclass(frozen=True)
class Front:
    """The load balancer: its address, the group of the API's tasks, and the network that all tasks are in."""

    url: str
    group: str
    network: dict[str, Any]


def front(aws: Aws, port: int) -> Front:
    """A load balancer that listens on `port` and forwards to whatever registers itself as healthy."""
    ec2, elb = aws.client("ec2"), aws.client("elbv2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    subnets = [subnet["SubnetId"] for subnet in found[:2]]
    made = ec2.create_security_group(GroupName="orders", Description="orders", VpcId=vpc)
    security = [made["GroupId"]]
    balancer = elb.create_load_balancer(Name="orders", Subnets=subnets, SecurityGroups=security)
    balancer = balancer["LoadBalancers"][0]
    group = elb.create_target_group(
        Name="orders-api", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/actuator/health"
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]  # fmt: skip
    host, _, shifted = balancer["DNSName"].partition(":")
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": security}}
    return Front(f"http://{host}:{shifted or listener['Port']}", group, network)


def settings(described: Mapping[str, Any], queue_url: str) -> dict[str, list[dict[str, str]]]:
    """Environment and secrets of every container."""
    theirs = [facts["env"] for facts in VARIABLES if not facts["env"].startswith(("DB_", "AWS_"))]
    environment = {name: os.environ[name] for name in theirs if os.environ.get(name) and name not in _OURS}
    environment |= {
        "DB_HOST": described["Endpoint"]["Address"], "DB_PORT": str(described["Endpoint"]["Port"]),
        "DB_NAME": described["DBName"], "DB_SSLMODE": "require", "QUEUE_URL": queue_url,
    }  # fmt: skip
    secret = described["MasterUserSecret"]["SecretArn"]
    return {
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
        "secrets": [
            {"name": name, "valueFrom": f"{secret}:{key}::"}
            for name, key in (("DB_USER", "username"), ("DB_PASSWORD", "password"))
        ],
    }


def define(
    aws: Aws, command: str, image: str, of_all: Mapping[str, Any], with_roles: Mapping[str, str]
) -> str:
    """The task definition of `orders COMMAND`: its ARN."""
    aws.client("logs").create_log_group(logGroupName=LOG_GROUPS[command])
    options = {
        "awslogs-group": LOG_GROUPS[command],
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "orders",
    }
    container: dict[str, Any] = {
        "name": command, "image": image, "command": [command], "essential": True, "stopTimeout": 30,
        "portMappings": [{"containerPort": 8080}, {"containerPort": 8081}],
        "logConfiguration": {"logDriver": "awslogs", "options": options}, **of_all,
    }  # fmt: skip
    if command == "worker":  # nothing else looks at it
        container["healthCheck"] = {"command": ["CMD", "orders", "health"], "interval": 10, "timeout": 5}
    made = aws.client("ecs").register_task_definition(
        family=f"orders-{command}", cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[container], **with_roles,
    )  # fmt: skip
    return str(made["taskDefinition"]["taskDefinitionArn"])


def migrate(aws: Aws, definition: str, network: Mapping[str, Any]) -> None:
    """Run the migration as a task of its own, before anything that needs it. Raises StackError."""
    ecs = aws.client("ecs")
    started = ecs.run_task(
        cluster="orders", taskDefinition=definition, launchType="FARGATE", networkConfiguration=network
    )
    task = started["tasks"][0]["taskArn"]

    def stopped() -> dict[str, Any] | None:
        found = ecs.describe_tasks(cluster="orders", tasks=[task])["tasks"][0]
        return found if found["lastStatus"] == "STOPPED" else None

    ended = until(stopped, "the migration has ended")
    if ended["containers"][0].get("exitCode") != 0:
        raise StackError(f"the migration failed: {ended.get('stoppedReason')}")


def serve(aws: Aws, definitions: Mapping[str, str], front: Front) -> None:
    """The two services; returns once both rollouts are complete. Raises StackError if one fails."""
    ecs = aws.client("ecs")
    target = {"targetGroupArn": front.group, "containerName": "api", "containerPort": 8080}
    for name in ("api", "worker"):
        ecs.create_service(
            cluster="orders", serviceName=name, taskDefinition=definitions[name], launchType="FARGATE",
            desiredCount=1, networkConfiguration=front.network, loadBalancers=[target] if name == "api" else [],
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        )  # fmt: skip

    def steady() -> bool:
        services = ecs.describe_services(cluster="orders", services=["api", "worker"])["services"]
        states = [service["deployments"][0].get("rolloutState") for service in services]
        if "FAILED" in states:
            raise StackError(services[states.index("FAILED")]["events"][0]["message"])
        return states == ["COMPLETED", "COMPLETED"]

    until(steady, "both services are steady")


def until(found: Callable[[], Any], what: str, seconds: float = 90.0) -> Any:
    """The first true answer. Raises StackError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise StackError(f"not within {seconds:g} s: {what}")
        time.sleep(0.1)
    return answer
