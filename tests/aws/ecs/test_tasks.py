"""One-off tasks are processes: their environment, output, end and exit code are real."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from launchbook.local import control
from launchbook.local.instance import Instance
from tests.aws.ecs.conftest import REGION, Fleet, until

Aws = Callable[..., Any]


def row(embedded: Instance, arn: str) -> dict[str, Any]:
    """What really runs for a task's first container."""
    found = control.ask(embedded, "status")["resources"]
    return next(r for r in found if r["type"] == "aws_ecs_task" and arn.rpartition("/")[2] in r["id"])


def get(host: str, path: str = "/", port: int = 8080) -> str:
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def started(fleet: Fleet, embedded: Instance, arn: str) -> dict[str, Any]:
    """The task's row once its server has said that it is ready."""
    until(lambda: any(line.startswith("ready") for line in fleet.lines(arn)), what="ready")
    return row(embedded, arn)


def test_a_task_runs_and_its_end_is_told(fleet: Fleet) -> None:
    image = fleet.image("1", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
    arn = fleet.run(fleet.define(image, port=None))
    task = fleet.stopped(arn)
    container = task["containers"][0]
    assert (task["stopCode"], container["exitCode"]) == ("EssentialContainerExited", 7)
    assert task["stoppedReason"] == "Essential container in task exited"
    assert fleet.lines(arn) == ["out", "err"]
    moments = ["createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt", "stoppedAt"]
    assert sorted(task[m] for m in moments) == [task[m] for m in moments]
    digest = fleet.ecr.describe_images(repositoryName=fleet.repository)["imageDetails"][0]["imageDigest"]
    assert container["imageDigest"] == digest


def test_describing_a_task_does_not_change_it(fleet: Fleet) -> None:
    arn = fleet.run(fleet.define(fleet.image("1")))
    until(lambda: fleet.task(arn)["lastStatus"] == "RUNNING")
    assert {fleet.task(arn)["lastStatus"] for _ in range(20)} == {"RUNNING"}


def test_stop_task_sends_sigterm_and_the_program_may_finish(fleet: Fleet, embedded: Instance) -> None:
    arn = fleet.run(fleet.define(fleet.image("1")))
    pid = started(fleet, embedded, arn)["pid"]
    fleet.ecs.stop_task(cluster=fleet.name, task=arn, reason="enough")
    task = fleet.stopped(arn)
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 0
    assert fleet.lines(arn)[-1] == "leaving"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_ignores_sigterm_is_killed_after_its_stop_timeout(fleet: Fleet, embedded: Instance) -> None:
    environment = [{"name": "STUBBORN", "value": "1"}]
    arn = fleet.run(fleet.define(fleet.image("1"), environment=environment))
    started(fleet, embedded, arn)
    before = time.monotonic()
    fleet.ecs.stop_task(cluster=fleet.name, task=arn)
    assert fleet.stopped(arn)["containers"][0]["exitCode"] == 137
    assert 1.9 < time.monotonic() - before < 20


def test_environment_command_directory_and_port(fleet: Fleet, embedded: Instance) -> None:
    image = fleet.image("1", dockerfile=(
        "FROM python:3.11\nENV FROM_IMAGE=image BOTH=image DATA=/app/server.py\nWORKDIR /app\nCOPY server.py .\n"
        'CMD ["python", "-u", "/app/server.py"]\n'
    ))  # fmt: skip
    environment = [{"name": "BOTH", "value": "task"}, {"name": "PORT", "value": "9090"}]
    definition = fleet.define(image, port=9090, environment=environment)
    overrides = {
        "containerOverrides": [{"name": "app", "environment": [{"name": "ONLY", "value": "override"}]}]
    }
    arn = fleet.run(definition, overrides=overrides)
    found = started(fleet, embedded, arn)
    seen = json.loads(get(found["address"], "/environment", 9090))
    assert (seen["FROM_IMAGE"], seen["BOTH"], seen["ONLY"]) == ("image", "task", "override")
    assert seen["HOST"] == found["address"]
    assert (seen["AWS_REGION"], seen["AWS_ENDPOINT_URL"]) == (REGION, embedded.endpoint)
    assert seen["DATA"].endswith("/app/server.py")
    assert Path(seen["DATA"]).exists()
    assert get(found["address"], "/directory", 9090) == str(Path(seen["DATA"]).parent)
    task = fleet.task(arn)
    assert task["overrides"] == overrides


def test_secrets_are_resolved_and_a_missing_one_stops_the_task(
    fleet: Fleet, embedded: Instance, aws: Aws
) -> None:
    secrets, ssm = aws("secretsmanager", REGION), aws("ssm", REGION)
    document = json.dumps({"user": "ada", "nested": {"a": 1}})
    secret = secrets.create_secret(Name=f"{fleet.name}/db", SecretString=document)["ARN"]
    plain = secrets.create_secret(Name=f"{fleet.name}/plain", SecretString="whole")["ARN"]
    ssm.put_parameter(Name=f"/{fleet.name}/key", Value="parameter", Type="SecureString")
    given = {
        "USER": f"{secret}:user::", "NESTED": f"{secret}:nested::", "WHOLE": plain,
        "KEY": f"arn:aws:ssm:{REGION}:123456789012:parameter/{fleet.name}/key", "NAMED": f"/{fleet.name}/key",
    }  # fmt: skip
    image = fleet.image("1")
    arn = fleet.run(fleet.define(image, secrets=[{"name": k, "valueFrom": v} for k, v in given.items()]))
    seen = json.loads(get(started(fleet, embedded, arn)["address"], "/environment"))
    assert {k: seen[k] for k in given} == {
        "USER": "ada", "NESTED": '{"a": 1}', "WHOLE": "whole", "KEY": "parameter", "NAMED": "parameter",
    }  # fmt: skip
    missing = fleet.run(fleet.define(image, secrets=[{"name": "X", "valueFrom": f"{secret}:nothing::"}]))
    task = fleet.stopped(missing)
    assert task["stopCode"] == "TaskFailedToStart"
    assert "did not contain json key nothing" in task["stoppedReason"]
    gone = fleet.run(fleet.define(image, secrets=[{"name": "X", "valueFrom": "/not/there"}]))
    reason = fleet.stopped(gone)["stoppedReason"]
    assert reason.startswith("ResourceInitializationError: unable to pull secrets")
    assert "ParameterNotFound" in reason
    assert "ada" not in reason


def test_a_task_asks_about_itself_and_gets_its_roles_credentials(
    fleet: Fleet, embedded: Instance, aws: Aws
) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    role = aws("iam").create_role(RoleName=f"{fleet.name}-task", AssumeRolePolicyDocument=json.dumps(trust))
    role_arn = role["Role"]["Arn"]
    arn = fleet.run(fleet.define(fleet.image("1"), task={"taskRoleArn": role_arn}))
    host = started(fleet, embedded, arn)["address"]
    seen = json.loads(get(host, "/environment"))
    about = json.loads(get(host, "/metadata"))
    assert (about["TaskARN"], about["Containers"][0]["Name"]) == (arn, "app")
    with urllib.request.urlopen(seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"], timeout=5) as answer:
        credentials = json.loads(answer.read())
    sts = aws(
        "sts", REGION, key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"],
        aws_session_token=credentials["Token"],
    )  # fmt: skip
    assert f"assumed-role/{fleet.name}-task/" in sts.get_caller_identity()["Arn"]


def test_a_task_without_a_role_gets_no_credentials(fleet: Fleet, embedded: Instance) -> None:
    arn = fleet.run(fleet.define(fleet.image("1")))
    seen = json.loads(get(started(fleet, embedded, arn)["address"], "/environment"))
    assert [name for name in seen if "CREDENTIALS" in name or name == "AWS_ACCESS_KEY_ID"] == []


def test_a_port_that_is_taken_stops_the_task_with_its_reason(fleet: Fleet, embedded: Instance) -> None:
    image = fleet.image("1")
    anywhere = fleet.define(image, "rude", port=8391, entryPoint=["python", "-m", "http.server", "8391"])
    first = fleet.run(anywhere)
    until(lambda: fleet.task(first)["lastStatus"] == "RUNNING")
    pid = row(embedded, first)["pid"]
    second = fleet.define(image, port=8391, environment=[{"name": "PORT", "value": "8391"}])
    until(lambda: _listens(8391))
    task = fleet.stopped(fleet.run(second))
    assert task["stopCode"] == "TaskFailedToStart"
    assert ":8391 failed: port is already allocated" in task["stoppedReason"]
    assert f"process {pid}" in task["stoppedReason"]


def _listens(port: int) -> bool:
    try:
        get("127.0.0.1", port=port)
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (
            "nginx:1.27",
            "failed to resolve ref docker.io/library/nginx:1.27: the embedded AWS pulls from its own ECR",
        ),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/none:1", "amazonaws.com/none:1: not found"),
        ("Not A Name", "invalid reference format"),
    ],
)
def test_an_image_nobody_pushed(fleet: Fleet, image: str, reason: str) -> None:
    task = fleet.stopped(fleet.run(fleet.define(image)))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    assert reason in task["stoppedReason"]


def test_a_program_that_is_not_there(fleet: Fleet) -> None:
    image = fleet.image("1", dockerfile='FROM x\nENTRYPOINT ["/opt/nothing"]\n')
    reason = fleet.stopped(fleet.run(fleet.define(image)))["stoppedReason"]
    assert 'exec: "/opt/nothing": executable file not found in $PATH' in reason


def test_a_log_group_that_is_not_there(fleet: Fleet) -> None:
    options = {"awslogs-group": "/none", "awslogs-region": REGION, "awslogs-stream-prefix": "x"}
    configuration = {"logDriver": "awslogs", "options": options}
    image = fleet.image("1")
    task = fleet.stopped(fleet.run(fleet.define(image, logConfiguration=configuration)))
    assert "The specified log group does not exist" in task["stoppedReason"]
    options["awslogs-create-group"] = "true"
    arn = fleet.run(fleet.define(image, logConfiguration=configuration))
    until(lambda: fleet.task(arn)["lastStatus"] == "RUNNING")
    fleet.logs.delete_log_group(logGroupName="/none")


def test_containers_wait_for_what_they_depend_on(fleet: Fleet) -> None:
    def container(name: str, code: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "image": image, "entryPoint": ["python", "-uc", code], "memory": 64, **more}

    image = fleet.image("1")
    stamp = "import time; print(time.time(), flush=True); "
    migrate = container("migrate", stamp + "time.sleep(0.7)", essential=False)
    side = container(
        "side", stamp + "open('up', 'w'); time.sleep(60)", essential=False,
        healthCheck={"command": ["CMD-SHELL", "test -e up"], "interval": 5},
    )  # fmt: skip
    app = container("app", stamp + "time.sleep(0.5); raise SystemExit(4)", dependsOn=[
        {"containerName": "migrate", "condition": "SUCCESS"}, {"containerName": "side", "condition": "HEALTHY"},
    ])  # fmt: skip
    made = fleet.ecs.register_task_definition(family=fleet.name, containerDefinitions=[app, side, migrate])
    arn = fleet.run(made["taskDefinition"]["taskDefinitionArn"])
    task = fleet.stopped(arn)
    codes = {c["name"]: c.get("exitCode") for c in task["containers"]}
    assert codes == {"migrate": 0, "app": 4, "side": 143}
    broken = container("app", "pass", dependsOn=[{"containerName": "bad", "condition": "SUCCESS"}])
    bad = container("bad", "raise SystemExit(9)", essential=False)
    made = fleet.ecs.register_task_definition(family=fleet.name, containerDefinitions=[broken, bad])
    task = fleet.stopped(fleet.run(made["taskDefinition"]["taskDefinitionArn"]))
    assert "dependency container bad exited with 9" in task["stoppedReason"]


def test_a_fargate_task_without_memory_in_its_container_runs_in_a_subnet(fleet: Fleet, aws: Aws) -> None:
    ec2 = aws("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName=fleet.name, Description="x", VpcId=vpc)["GroupId"]
    image = fleet.image("1")
    definition = fleet.define(image, task={"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]})
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    arn = fleet.run(definition, launchType="FARGATE", networkConfiguration=network)
    until(lambda: fleet.task(arn)["lastStatus"] == "RUNNING")
    filters = [{"Name": "subnet-id", "Values": [subnet]}]
    interfaces = ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    details = {d["name"]: d["value"] for d in fleet.task(arn)["attachments"][0]["details"]}
    assert [i["NetworkInterfaceId"] for i in interfaces] == [details["networkInterfaceId"]]
    until(lambda: "ready 1" in fleet.lines(arn))
    time.sleep(0.1)
    assert get(details["privateIPv4Address"]) == "1"
    fleet.ecs.stop_task(cluster=fleet.name, task=arn)
    fleet.stopped(arn)
    assert ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"] == []
    with pytest.raises(fleet.ecs.exceptions.InvalidParameterException, match="subnet-nothing"):
        fleet.run(definition, launchType="FARGATE", networkConfiguration={
            "awsvpcConfiguration": {"subnets": ["subnet-nothing"]}
        })  # fmt: skip


def test_listings_filter_and_leave_out_what_is_gone(fleet: Fleet) -> None:
    image = fleet.image("1", "import time; time.sleep(60)")
    first, second = fleet.define(image, "a", port=None), fleet.define(image, "b", port=None)
    one, two = fleet.run(first), fleet.run(second, startedBy="me")
    listed = fleet.ecs.list_tasks(cluster=fleet.name)["taskArns"]
    assert set(listed) == {one, two}
    assert fleet.ecs.list_tasks(cluster=fleet.name, family=f"{fleet.name}-a")["taskArns"] == [one]
    assert fleet.ecs.list_tasks(cluster=fleet.name, startedBy="me")["taskArns"] == [two]
    with pytest.raises(fleet.ecs.exceptions.ClientError, match="while Tasks are active"):
        fleet.ecs.delete_cluster(cluster=fleet.name)
    for arn in (one, two):
        fleet.ecs.stop_task(cluster=fleet.name, task=arn)
        fleet.stopped(arn)
    assert fleet.ecs.list_tasks(cluster=fleet.name)["taskArns"] == []
    assert set(fleet.ecs.list_tasks(cluster=fleet.name, desiredStatus="STOPPED")["taskArns"]) == {one, two}
    missing = fleet.ecs.describe_tasks(cluster=fleet.name, tasks=["nothing"])
    assert missing["failures"][0]["reason"] == "MISSING"
    fleet.ecs.deregister_task_definition(taskDefinition=first)
    assert fleet.ecs.list_task_definitions(familyPrefix=f"{fleet.name}-a")["taskDefinitionArns"] == []
    assert fleet.ecs.list_task_definition_families(familyPrefix=fleet.name)["families"] == [f"{fleet.name}-b"]
    fleet.ecs.delete_cluster(cluster=fleet.name)
    assert not any(fleet.name in arn for arn in fleet.ecs.list_clusters()["clusterArns"])
    assert fleet.ecs.describe_clusters(clusters=[fleet.name])["clusters"][0]["status"] == "INACTIVE"
    fleet.ecs.create_cluster(clusterName=fleet.name)


def test_killed_from_outside_is_exit_code_137(fleet: Fleet, embedded: Instance) -> None:
    arn = fleet.run(fleet.define(fleet.image("1")))
    os.kill(started(fleet, embedded, arn)["pid"], signal.SIGKILL)
    assert fleet.stopped(arn)["containers"][0]["exitCode"] == 137
