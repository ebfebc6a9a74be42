"""Images from the command line to a running task: build, tags, digests, aliases, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from launchbook.local.instance import Instance

Aws = Callable[..., Any]
REGION = "eu-west-1"


@pytest.fixture
def repository(aws: Aws) -> Iterator[str]:
    name = f"r{uuid.uuid4().hex[:8]}/app"
    aws("ecr", REGION).create_repository(repositoryName=name)
    yield name
    aws("ecr", REGION).delete_repository(repositoryName=name, force=True)


@pytest.fixture
def image(embedded: Instance) -> Callable[..., Any]:
    """``launchbook local image …`` against the shared embedded AWS."""

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        argv = [
            sys.executable,
            "-c",
            "from launchbook.cli import main; main()",
            "local",
            "image",
            *map(str, arguments),
        ]
        at = argv.index("--") if "--" in argv else len(argv)
        argv[at:at] = ["--port", str(embedded.port)]
        environment = {**os.environ, "AWS_REGION": REGION}
        return subprocess.run(argv, capture_output=True, text=True, timeout=60, env=environment, check=False)

    return call


def directory(tmp_path: Path, content: str = "1") -> Path:
    folder = tmp_path / uuid.uuid4().hex
    folder.mkdir()
    (folder / "data").write_text(content)
    (folder / "Dockerfile").write_text(
        'FROM python:3.11\nRUN apt-get update\nCOPY data /data\nCMD ["cat", "/data"]\n'
    )
    return folder


def test_build_pushes_under_every_tag_and_says_what_it_left_out(
    image: Any, repository: str, aws: Aws, tmp_path: Path
) -> None:
    done = image(
        "build", directory(tmp_path), "--tag", f"{repository}:abc", "--tag", f"{repository}:stable", "--json"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [note["line"] for note in told["notHonoured"]] == [1, 2]
    assert (
        "not honoured: line 2: RUN apt-get update: the system packages of this machine are used"
        in done.stderr
    )
    ecr = aws("ecr", REGION)
    found = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert [(f["imageDigest"], sorted(f["imageTags"])) for f in found] == [
        (told["digest"], ["abc", "stable"])
    ]
    by_digest = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": told["digest"]}])[
        "images"
    ]
    manifest = json.loads(by_digest[0]["imageManifest"])
    layers = [layer["digest"] for layer in manifest["layers"]]
    known = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=layers)["layers"]
    assert {k["layerAvailability"] for k in known} == {"AVAILABLE"}
    assert found[0]["imageSizeInBytes"] == sum(layer["size"] for layer in manifest["layers"])


def test_a_tag_that_moves_leaves_its_image_behind_by_digest(
    image: Any, repository: str, aws: Aws, tmp_path: Path
) -> None:
    first = json.loads(image("build", directory(tmp_path, "1"), "--tag", f"{repository}:s", "--json").stdout)
    again = json.loads(image("build", directory(tmp_path, "1"), "--tag", f"{repository}:s", "--json").stdout)
    second = json.loads(image("build", directory(tmp_path, "2"), "--tag", f"{repository}:s", "--json").stdout)
    assert first["digest"] == again["digest"] != second["digest"]
    found = aws("ecr", REGION).describe_images(repositoryName=repository)["imageDetails"]
    assert {f["imageDigest"]: f.get("imageTags") for f in found} == {
        first["digest"]: None,
        second["digest"]: ["s"],
    }


def test_mistakes_are_said_with_the_next_command(
    image: Any, repository: str, aws: Aws, tmp_path: Path
) -> None:
    done = image("build", directory(tmp_path), "--tag", "nobody/made:1")
    assert done.returncode == 2
    assert "the repository doesn't exist" in done.stderr
    assert "hint: " in done.stderr
    assert image("build", directory(tmp_path), "--tag", "nobody/made:1", "--create").returncode == 0
    aws("ecr", REGION).delete_repository(repositoryName="nobody/made", force=True)
    bad = image("build", directory(tmp_path), "--tag", "Not A Tag")
    assert (bad.returncode, "is not the name of an image" in bad.stderr) == (2, True)
    aws("ecr", REGION).put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    assert image("build", directory(tmp_path, "1"), "--tag", f"{repository}:1").returncode == 0
    moved = image("build", directory(tmp_path, "2"), "--tag", f"{repository}:1")
    assert (moved.returncode, "forbids moving it" in moved.stderr) == (2, True)
    (tmp_path / "none").mkdir()
    missing = image("build", tmp_path / "none", "--tag", f"{repository}:2")
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)


def test_an_alias_lets_a_foreign_image_run(image: Any, aws: Aws, embedded: Instance) -> None:
    assert image("alias", "nginx", "--stand-in").returncode == 0
    assert image("alias", "acme/*", "--", sys.executable, "-c", "print('{host} {port}')").returncode == 0
    assert "stand_in" in image("alias").stdout
    ecs = aws("ecs", REGION)
    name = f"c{uuid.uuid4().hex[:8]}"
    ecs.create_cluster(clusterName=name)
    container = {"name": "web", "image": "nginx:1.27", "memory": 64, "command": ["nginx", "-g", "daemon off;"],
                 "portMappings": [{"containerPort": 80}, {"containerPort": 8443}]}  # fmt: skip
    ecs.register_task_definition(family=name, containerDefinitions=[container])
    task = ecs.run_task(cluster=name, taskDefinition=name)["tasks"][0]["taskArn"]
    ecs.get_waiter("tasks_running").wait(cluster=name, tasks=[task], WaiterConfig={"Delay": 1})
    from launchbook.local import control

    rows = control.ask(embedded, "status")["resources"]
    address = next(r["address"] for r in rows if r["id"].startswith(name))
    for port in (80, 8443):
        assert _answers(address, port)
    ecs.stop_task(cluster=name, task=task)
    assert image("alias", "nginx", "--remove").returncode == 0
    ecs.get_waiter("tasks_stopped").wait(cluster=name, tasks=[task], WaiterConfig={"Delay": 1})
    assert ecs.describe_tasks(cluster=name, tasks=[task])["tasks"][0]["containers"][0]["exitCode"] == 0


def _answers(address: str, port: int) -> bool:
    for _ in range(50):
        try:
            with urllib.request.urlopen(f"http://{address}:{port}/any/path", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            import time

            time.sleep(0.1)
    return False


def test_the_order_platforms_own_image_runs_its_own_code(
    image: Any, repository: str, aws: Aws, tmp_path: Path
) -> None:
    source = Path(__file__).resolve().parents[3] / "services/orders"
    context = tmp_path / "orders"
    shutil.copytree(source, context, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    package = context / "src/orders/__init__.py"
    package.write_text(package.read_text() + "\nimport sys\nprint('changed', file=sys.stderr)\n")
    done = image("build", context, "--tag", f"{repository}:1", "--json")
    assert done.returncode == 0, done.stderr
    assert {note["instruction"].split()[0] for note in json.loads(done.stdout)["notHonoured"]} <= {
        "FROM", "USER", "HEALTHCHECK",
    }  # fmt: skip
    ecs, logs = aws("ecs", REGION), aws("logs", REGION)
    name = f"c{uuid.uuid4().hex[:8]}"
    ecs.create_cluster(clusterName=name)
    logs.create_log_group(logGroupName=name)
    options = {"awslogs-group": name, "awslogs-region": REGION, "awslogs-stream-prefix": "x"}
    container = {
        "name": "app", "image": json.loads(done.stdout)["tags"][0]["name"], "memory": 64, "command": ["--version"],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }  # fmt: skip
    ecs.register_task_definition(family=name, containerDefinitions=[container])
    task = ecs.run_task(cluster=name, taskDefinition=name)["tasks"][0]["taskArn"]
    ecs.get_waiter("tasks_stopped").wait(cluster=name, tasks=[task], WaiterConfig={"Delay": 1})
    assert ecs.describe_tasks(cluster=name, tasks=[task])["tasks"][0]["containers"][0]["exitCode"] == 0
    stream = logs.describe_log_streams(logGroupName=name)["logStreams"][0]["logStreamName"]
    lines = [e["message"] for e in logs.get_log_events(logGroupName=name, logStreamName=stream)["events"]]
    assert "changed" in lines, "the image's own code, not the installed one"
    assert any(line.startswith("orders") for line in lines)
