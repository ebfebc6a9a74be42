"""Two who ask the API (boto3, the ``aws`` CLI), and what the machine itself says: /proc, curl, SQL."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from launchbook.local.instance import Instance
from tests.aws.conftest import client_factory
from tests.aws.ecs.conftest import REGION
from tests.faults.local_world import MARK

Answer = dict[str, Any]
#: ``ask("ecs", "DescribeServices", cluster="c", services=["s"])``: the answer as the SDK gives it.
Ask = Callable[..., Answer]


def by_boto3(one: Instance) -> Ask:
    """Ask with boto3, in this process."""
    clients = client_factory(one.endpoint)

    def ask(service: str, operation: str, **given: Any) -> Answer:
        return dict(getattr(clients(service, REGION), _words(operation, "_"))(**given))

    return ask


def by_cli(one: Instance) -> Ask:
    """Ask with the installed ``aws`` command: one process a question."""
    program = shutil.which("aws")
    if program is None:
        raise FileNotFoundError("the aws CLI is not installed")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip

    def ask(service: str, operation: str, **given: Any) -> Answer:
        said = subprocess.run(
            [program, "--endpoint-url", one.endpoint, "--region", REGION, "--output", "json", service,
             _words(operation, "-"), "--cli-input-json", json.dumps(given)],
            env=environment, capture_output=True, text=True, timeout=60, check=True,
        ).stdout  # fmt: skip
        return dict(json.loads(said)) if said.strip() else {}

    return ask


def _words(operation: str, between: str) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", between, operation.replace("DBInstances", "DbInstances"))
    return name.lower()


@dataclass(frozen=True, order=True)
class Running:
    """One process of a task, as /proc has it."""

    service: str
    address: str
    pid: int


def processes(mark: str) -> set[Running]:
    """The processes whose environment carries the mark of this campaign."""
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            text = (directory / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() not in text:
            continue
        environment = dict(
            part.split("=", 1) for part in text.decode(errors="replace").split("\0") if "=" in part
        )
        marked, _, service = environment.get(MARK, "").partition("/")
        if marked == mark:
            found.add(Running(service, environment["HOST"], int(directory.name)))
    return found


def servers(state: str, program: str) -> list[int]:
    """Pids of an embedded AWS's own servers (``haproxy``, ``postgres``): parents before their children."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (directory / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if Path(arguments[0]).name == program and any(state in argument for argument in arguments):
            found.append(int(directory.name))
    return sorted(found)


def children(pid: int) -> list[int]:
    """Pids of a process's children."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def curl(url: str) -> tuple[int, str]:
    """Status and body by curl; status 0 when nobody answers."""
    said = subprocess.run(
        ["curl", "-s", "-w", "\n%{http_code}", "--max-time", "3", url],
        capture_output=True, text=True, timeout=10, check=False,
    ).stdout  # fmt: skip
    body, _, status = said.rpartition("\n")
    return int(status or 0), body


def sql_works(address: str, port: int, password: str) -> bool:
    """Whether a client signs in and gets an answer."""

    async def attempt() -> bool:
        connection = await asyncpg.connect(
            host=address, port=port, user="app", password=password, database="shop", timeout=3
        )
        try:
            return bool(await connection.fetchval("SELECT 1", timeout=3) == 1)
        finally:
            connection.terminate()

    try:
        return asyncio.run(attempt())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
