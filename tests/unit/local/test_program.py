"""What a container's program becomes on this machine, as data."""

import sys
from pathlib import Path
from typing import Any

import pytest

from launchbook.local.planes.ecs.model import Program
from launchbook.local.planes.ecs.program import NotFoundInPath, at_home, inside, of_task, resolve


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "app/main.py",
        "opt/venv/bin/serve",
        "opt/venv/lib/python/site-packages/serve.py",
        "etc/app.conf",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "opt/venv/bin/serve").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/app/main.py", "ROOT/app/main.py"),
        ("--config=/etc/app.conf", "--config=ROOT/etc/app.conf"),
        ("/opt/venv/bin:/usr/bin", "ROOT/opt/venv/bin:/usr/bin"),
        ("exec python '/app/main.py' >/dev/null", "exec python 'ROOT/app/main.py' >/dev/null"),
        ("http://example.org/app", "http://example.org/app"),
        ("a/app", "a/app"),
        ("/nowhere", "/nowhere"),
    ],
)
def test_paths_of_the_image_are_found_in_its_folder(root: Path, text: str, expected: str) -> None:
    assert inside(text, root) == expected.replace("ROOT", str(root))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.0.0.0", "127.9.0.1"),
        ("0.0.0.0:8080", "127.9.0.1:8080"),
        ("--bind=[::]:80", "--bind=127.9.0.1:80"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.0.0", "10.0.0.0.0"),
        ("http://localhost:8080/x", "http://127.9.0.1:8080/x"),
        ("postgres://127.0.0.1:5432/db", "postgres://127.0.0.1:5432/db"),
        ("localhost:80801", "localhost:80801"),
    ],
)
def test_addresses_of_a_network_namespace_become_the_tasks(text: str, expected: str) -> None:
    assert of_task(text, "127.9.0.1", [8080]) == expected


def test_a_health_check_asks_the_task_itself() -> None:
    command = ["/bin/sh", "-c", "curl -f http://localhost/x || curl http://127.0.0.1:81; echo mylocalhost"]
    assert at_home(command, "127.9.0.1")[2] == (
        "curl -f http://127.9.0.1/x || curl http://127.9.0.1:81; echo mylocalhost"
    )


IMAGE = {
    "Env": ["PATH=/opt/venv/bin:/usr/bin", "LEVEL=image", "HOST=0.0.0.0", "AWS_REGION=image"],
    "Entrypoint": ["serve"],
    "Cmd": ["--port", "80"],
    "WorkingDir": "/app",
    "Labels": {"launchbook.python": sys.executable},
}


def made(root: Path, definition: dict[str, Any], image: dict[str, Any] | None = None) -> Program:
    added = {"HOST": "127.9.0.1", "AWS_REGION": "eu-west-1"}
    return resolve(definition, image or IMAGE, root, added, {"KEY": "secret"}, digest="sha256:1")


def test_the_image_the_platform_and_the_task_definition_in_that_order(root: Path) -> None:
    environment = [{"name": "LEVEL", "value": "task"}, {"name": "HOST", "value": "10.0.0.1"}]
    found = made(root, {"environment": environment})
    assert found.argv == [f"{root}/opt/venv/bin/serve", "--port", "80"]
    assert found.workdir == root / "app"
    wanted = {"LEVEL": "task", "HOST": "127.9.0.1", "AWS_REGION": "eu-west-1", "KEY": "secret"}
    assert {key: found.environment[key] for key in wanted} == wanted
    assert found.environment["PATH"].split(":")[:2] == [
        f"{root}/opt/venv/bin",
        str(Path(sys.executable).parent),
    ]
    assert found.environment["PYTHONPATH"] == f"{root}/opt/venv/lib/python/site-packages"


@pytest.mark.parametrize(
    ("definition", "arguments"),
    [
        ({"command": ["worker"]}, ["worker"]),
        ({"entryPoint": ["serve", "-v"]}, ["-v"]),
        ({"entryPoint": ["serve"], "command": ["x"]}, ["x"]),
    ],
)
def test_commands_replace_as_in_docker(root: Path, definition: dict[str, Any], arguments: list[str]) -> None:
    assert made(root, definition).argv[1:] == arguments


def test_a_program_of_the_base_image_is_found_by_its_name(root: Path) -> None:
    assert made(root, {"entryPoint": ["/usr/local/bin/python3"]}).argv[0].endswith("/python3")


@pytest.mark.parametrize("image", [{"Entrypoint": ["/opt/none"]}, {"Env": []}])
def test_what_is_nowhere_can_not_run(root: Path, image: dict[str, Any]) -> None:
    with pytest.raises(NotFoundInPath):
        made(root, {}, image)


def test_nothing_of_this_machines_environment_leaks_in(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the user")
    assert "AWS_SECRET_ACCESS_KEY" not in made(root, {}).environment
