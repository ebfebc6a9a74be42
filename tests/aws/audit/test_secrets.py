"""Five hundred secrets planted in an account and in what is pasted of it: none is in anything that an audit leaves."""

from __future__ import annotations

import json
import os
import random
import stat
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from launchbook.cli.audit import FORMATS, command
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded
from tests.support.estate.compute import archive
from tests.unit.repo.test_secrets import KINDS

REGION = "eu-west-1"
ACCOUNT = "123456789012"
DRAW = random.Random(11)
EACH = 100


def drawn() -> str:
    """Looks like nothing: only its place tells that it is a secret."""
    return "".join(DRAW.choice(string.ascii_letters + string.digits) for _ in range(24))


def telling(number: int) -> str:
    """Of a kind that is known by its look."""
    kinds = [one for one in KINDS.values() if "\n" not in one]
    return kinds[number % len(kinds)]


@dataclass
class Planted:
    endpoint: str
    pasted: Path
    secrets: set[str] = field(default_factory=set)

    def new(self) -> str:
        made = drawn()
        self.secrets.add(made)
        return made


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    with embedded() as started:
        there = Planted(started.endpoint, tmp_path_factory.mktemp("pasted"))
        aws = client_factory(started.endpoint)
        tasks(aws, there)
        settings(aws, there)
        tags(aws, there)
        descriptions(aws, there)
        paste(aws, there)
        yield there


def tasks(aws: Callable[..., Any], there: Planted) -> None:
    ecs, ec2 = aws("ecs"), aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ecs.create_cluster(clusterName="shop")
    for number in range(10):
        names = [f"SETTING_{one}" for one in range(EACH // 10)]
        made = ecs.register_task_definition(
            family=f"shop-{number}",
            cpu="256",
            memory="512",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[
                {
                    "name": "app",
                    "image": "example.test/app:1",
                    "environment": [{"name": name, "value": there.new()} for name in names],
                    "dockerLabels": {"note": there.new()},
                }
            ],
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.create_service(
            cluster="shop",
            serviceName=f"shop-{number}",
            taskDefinition=made,
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
        )


def settings(aws: Callable[..., Any], there: Planted) -> None:
    amplify, functions, iam = aws("amplify"), aws("lambda"), aws("iam")
    trust = {"Version": "2012-10-17", "Statement": []}
    role = iam.create_role(RoleName="shop", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for number in range(10):
        variables = {f"SETTING_{one}": there.new() for one in range(EACH // 20)}
        app = amplify.create_app(name=f"shop-{number}", environmentVariables=variables)["app"]["appId"]
        variables = {f"SETTING_{one}": there.new() for one in range(EACH // 20)}
        amplify.create_branch(appId=app, branchName="main", environmentVariables=variables)
        functions.create_function(
            FunctionName=f"shop-{number}",
            Runtime="nodejs22.x",
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": archive()},
            Environment={"Variables": {f"SETTING_{one}": there.new() for one in range(EACH // 10)}},
        )


def tags(aws: Callable[..., Any], there: Planted) -> None:
    for number in range(EACH // 4):
        name = f"shop-{number}"
        aws("sqs").create_queue(QueueName=name, tags={"note": there.new()})
        aws("sns").create_topic(Name=name, Tags=[{"Key": "note", "Value": there.new()}])
        aws("ecr").create_repository(repositoryName=name, tags=[{"Key": "note", "Value": there.new()}])
        aws("logs").create_log_group(logGroupName=name, tags={"note": there.new()})


def descriptions(aws: Callable[..., Any], there: Planted) -> None:
    for number in range(EACH // 2):
        secret = telling(number)
        there.secrets.add(secret)
        aws("cloudwatch").put_metric_alarm(
            AlarmName=f"shop-{number}",
            AlarmDescription=f"page us with {secret}",
            Namespace="AWS/SQS",
            MetricName="NumberOfMessagesSent",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Dimensions=[{"Name": "QueueName", "Value": f"shop-{number}"}],
        )
        aws("events").put_rule(
            Name=f"shop-{number}", ScheduleExpression="rate(1 day)", Description=f"token {there.new()}"
        )


def paste(aws: Callable[..., Any], there: Planted) -> None:
    """What people paste: whole answers, with everything in them."""
    ecs = aws("ecs")
    texts = []
    for number in range(10):
        answer = ecs.describe_task_definition(taskDefinition=f"shop-{number}")
        answer["taskDefinition"]["containerDefinitions"][0]["command"] = [f"--password={telling(number)}"]
        line = f"$ aws ecs describe-task-definition --task-definition shop-{number} --region {REGION}"
        texts.append(f"{line}\n{json.dumps(answer, default=str)}")
    functions = aws("lambda").list_functions()
    texts.append(f"$ aws lambda list-functions --region {REGION}\n{json.dumps(functions, default=str)}")
    noise = "\n".join(f"export SETTING_{number}={telling(number)}" for number in range(40))
    texts.append(f"{noise}\n$ aws sts get-caller-identity\n" + '{"Account": "123456789012"}')
    (there.pasted / "all.txt").write_text("\n\n".join(texts), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("source", ["live", "pasted"])
def test_no_planted_secret_is_in_anything_that_is_left(
    planted: Planted, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(planted.secrets) >= 500
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "LAUNCHBOOK_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("LAUNCHBOOK_DEBUG", "1")
    live = ["--endpoint-url", planted.endpoint, "--region", REGION]
    given = live if source == "live" else ["--pasted", str(planted.pasted)]
    said = []
    for form in FORMATS:
        # An account is read anew for each; what is written is what is printed, so of a paste alone both are looked at.
        places = [[], ["--out", str(tmp_path / f"report.{form}")]]
        for place in places if source == "pasted" else places[1:]:
            run = CliRunner().invoke(command, [*given, "--format", form, *place])
            assert run.exit_code in (1, 3), run.output
            said.append(run.output + run.stderr)
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(files) >= len(FORMATS)
    assert none_of(planted.secrets, said, files) == []


def none_of(secrets: set[str], said: list[str], files: list[Path]) -> list[str]:
    """The secrets that what was said or left holds; what has nothing of the estate in it proves nothing."""
    everything = "\n".join([*said, *(one.read_text("utf-8", "replace") for one in files)])
    assert "shop-3" in everything
    return sorted(one for one in secrets if one in everything)


@pytest.mark.slow
@pytest.mark.parametrize("shared", [False, True], ids=["for oneself", "to share"])
@pytest.mark.parametrize("source", ["live", "pasted"])
def test_no_planted_secret_is_in_a_saved_run_and_only_its_owner_reads_it(
    planted: Planted, source: str, shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept in the user's state folder, and, with a settings file of theirs, beside that: whatever the umask."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "LAUNCHBOOK_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "launchbook.toml").write_text("[audit]\n", encoding="utf-8")
    live = ["--endpoint-url", planted.endpoint, "--region", REGION]
    given = live if source == "live" else ["--pasted", str(planted.pasted)]
    page = tmp_path / "report.html"
    share = ["--share", "--out", str(page)] if shared else []
    said = []
    before = os.umask(0)
    try:
        for place in ([], [str(mine)]):
            run = CliRunner().invoke(command, [*place, *given, "--save", *share])
            assert run.exit_code in (1, 3), run.output
            said += [run.output, run.stderr]
    finally:
        os.umask(before)
    runs = [*tmp_path.rglob("audit.json")]
    assert len(runs) == 2
    assert {one.parents[3] for one in runs} == {tmp_path / "home", mine}
    assert none_of(planted.secrets, said, [*runs, *([page] if shared else [])]) == []
    for one in [*runs, *([page] if shared else [])]:
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    for one in (above for run in runs for above in run.parents[:2]):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    if shared:
        assert ACCOUNT not in "\n".join([*said, page.read_text("utf-8")])
