"""Where a run works: an embedded AWS on this machine, or an AWS account. Nothing else knows the difference."""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from launchbook import process
from launchbook.errors import LocalAwsError, RunFailed, UsageError
from launchbook.lifecycle.home import Home, read_json, write_json
from launchbook.lifecycle.platform import Platform

if TYPE_CHECKING:  # a fifth of a second, in which Terraform can work already
    import botocore.session

    from launchbook import collect

TargetName = Literal["local", "aws"]
DEFAULT_PORT = 4566
#: What the embedded AWS takes for credentials: no secret, and no caller's real ones are ever sent to it.
_DUMMY = ("test", "test")
_START_SECONDS = 60.0
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True)
class Target:
    """An account in a region. ``key`` names its state's folder; ``env`` is for Terraform and the AWS CLI.

    ``endpoint`` and ``port`` are those of an embedded AWS, None on AWS; ``started`` says since when it lives;
    ``ours`` that we started it, so that we may stop it.
    """

    name: TargetName
    region: str
    account: str
    key: str
    arn: str = ""
    endpoint: str | None = None
    port: int | None = None
    profile: str | None = None
    started: str = ""
    ours: bool = False
    env: Mapping[str, str] = field(default_factory=dict, repr=False)

    def session(self) -> botocore.session.Session:
        """A session with this target's credentials, for what a run itself reads and starts."""
        return _session(self.profile, self.endpoint)

    def client(self, service: str, region: str | None = None) -> Any:
        """A botocore client that reaches this target alone."""
        return _client(self.profile, self.endpoint, service, region or self.region)

    def reader_target(self) -> collect.Target:
        """The same for the read-only door of the audit."""
        from launchbook import collect

        return collect.Target(self.profile, self.endpoint, _DUMMY if self.endpoint else None)


def open_target(
    platform: Platform,
    name: TargetName,
    *,
    home: Home,
    port: int | None = None,
    profile: str | None = None,
    region: str | None = None,
    start: bool = True,
) -> Target:
    """The target that a command asks for, alive and with its account known.

    An embedded AWS is the one on ``port``, else the one this home used last, else the one on 4566, else a new one there
    or on a free port (unless ``start`` is false), which lives on after us. Raises LocalAwsError, and RunFailed for
    credentials that are missing or refused.
    """
    where = _region(platform.region if region is None else region)
    # Another region is another world: with this one's state Terraform would lose sight of what is here.
    other = "" if where == platform.region else f"-{where}"
    if name == "aws":
        account, arn = _whoami(profile, where, None)
        return Target(
            name, where, account, f"aws-{account}{other}", arn=arn, profile=profile, env=_aws_env(profile, where)
        )  # fmt: skip
    found, ours = _embedded(home, port, start)
    endpoint = str(found["endpoint"])
    # It says so itself: asking STS would take a client and its models, a fifth of a second of every command.
    account = str(found.get("account") or _whoami(None, where, endpoint)[0])
    target = Target(
        name, where, account, f"{_local_key(found)}{other}", endpoint=endpoint, port=found["port"],
        started=str(found["started"]), ours=ours, env=_local_env(endpoint, where),
    )  # fmt: skip
    with nullcontext() if start else suppress(RunFailed):  # a look needs no room on the disk
        _remember(home, target, found["pid"])
    return target


def _remember(home: Home, target: Target, pid: int) -> None:
    """Which embedded AWS was used last, and whose it is."""
    ours = target.ours
    write_json(
        home.folder / "state/local.json", {"port": target.port, "started": target.started, "ours": ours}
    )
    write_json(
        home.state(target.key) / "target.json",
        {"target": "local", "endpoint": target.endpoint, "port": target.port, "pid": pid, "ours": ours},
    )


def _region(name: str) -> str:
    if not _REGION.fullmatch(name):
        raise UsageError(
            f"{name or 'an empty word'} is no region", "regions are called like eu-west-1",
            hint="correct platform.region in launchbook.toml, or give --region",
        )  # fmt: skip
    return name


def embedded_status(port: int) -> dict[str, Any] | None:
    """What the embedded AWS on a port says of itself; None when none answers there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/_launchbook/status", headers={"X-Launchbook": "1"})
        answer = connection.getresponse()
        found = json.loads(answer.read()) if answer.status == 200 else None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) and "instance" in found else None


def still_there(key: str) -> bool:
    """Whether what a state key names can still be worked on: an embedded AWS that has ended took all with it."""
    kind, port, *_ = [*key.split("-"), ""]
    if kind != "local" or not port.isdigit():
        return True
    status = embedded_status(int(port))
    return status is not None and (key + "-").startswith(_local_key(status["instance"]) + "-")


def _local_key(instance: Mapping[str, Any]) -> str:
    """An embedded AWS by its port and the moment it started: a new one is a new world."""
    moment = "".join(letter for letter in str(instance["started"]) if letter.isalnum())[:17]
    return f"local-{instance['port']}-{moment}"


def launchbook_local(*arguments: str, timeout: float = 600.0) -> str:
    """Run ``launchbook local …`` as a user would and return what it printed. Raises LocalAwsError with its words."""
    done = process.run([sys.executable, "-m", "launchbook.cli", "local", *arguments], timeout=timeout)
    if done.code:
        what, _, hint = done.stderr.strip().partition("\n\nhint: ")
        raise LocalAwsError(
            f"launchbook local {arguments[0]} failed", what or f"exit {done.code}", hint=hint.strip()
        )
    return done.stdout


def _embedded(home: Home, port: int | None, start: bool) -> tuple[dict[str, Any], bool]:
    """The running embedded AWS as it describes itself, and whether this home started it."""
    last = read_json(home.folder / "state/local.json") or {}
    for candidate in [port] if port is not None else [last.get("port"), DEFAULT_PORT]:
        status = embedded_status(candidate) if candidate else None
        if status is not None:
            instance = _instance(status)
            same = (instance["port"], instance["started"]) == (last.get("port"), last.get("started"))
            return instance, bool(same and last.get("ours"))
    if port or not start:
        where = (
            f"on port {port}"
            if port
            else f"neither on port {DEFAULT_PORT} nor where this platform last used one"
        )
        raise LocalAwsError(
            f"no embedded AWS answers {where}",
            hint=f"launchbook local start --detach{f' --port {port}' if port else ''}",
        )
    try:  # where the next command looks first, should this one be killed before it has noted the port
        return start_embedded(DEFAULT_PORT), True
    except LocalAwsError:  # something else is there
        return start_embedded(), True


def start_embedded(port: int = 0) -> dict[str, Any]:
    """Start an embedded AWS on a port (0: a free one), which lives on after us; how it describes itself.

    One that is interrupted before anybody knows of it is stopped again.
    """
    said = launchbook_local("start", "--detach", "--port", str(port), timeout=_START_SECONDS)
    found = int(said.partition("http://127.0.0.1:")[2].split(" ")[0])
    try:
        status = embedded_status(found)
    except KeyboardInterrupt:
        launchbook_local("stop", "--port", str(found))
        raise
    if status is None:
        raise LocalAwsError("the embedded AWS has ended already", f"nothing answers on port {found}")
    return _instance(status)


def _instance(status: Mapping[str, Any]) -> dict[str, Any]:
    """The embedded AWS as it describes itself, with its account."""
    return {**status["instance"], "account": status.get("account", "")}


@cache
def _client(profile: str | None, endpoint: str | None, service: str, region: str) -> Any:
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=60,
        user_agent_extra="launchbook-lifecycle", s3={"addressing_style": "path"},
    )  # fmt: skip
    return _session(profile, endpoint).create_client(
        service, region_name=region, endpoint_url=endpoint, config=config
    )


@cache
def _session(profile: str | None, endpoint: str | None) -> botocore.session.Session:
    from botocore.session import Session

    session = Session(profile=profile)
    if endpoint:
        # Neither a profile nor the environment may name another endpoint or real credentials here.
        session.set_config_variable("profile", None)
        session.set_credentials(*_DUMMY)
    return session


def _whoami(profile: str | None, region: str, endpoint: str | None) -> tuple[str, str]:
    from launchbook.lifecycle.failures import aws_failure

    try:
        said = _client(profile, endpoint, "sts", region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise aws_failure(error, region, endpoint) from None
    return str(said["Account"]), str(said["Arn"])


def _inherited() -> dict[str, str]:
    """The caller's environment without what would move Terraform's state, arguments or log elsewhere."""
    moved = (
        "TF_DATA_DIR",
        "TF_WORKSPACE",
        "TF_LOG",
        "TF_LOG_PATH",
        "TF_LOG_CORE",
        "TF_LOG_PROVIDER",
        "TF_INPUT",
    )
    return {
        name: value
        for name, value in os.environ.items()
        if name not in moved and not name.startswith("TF_CLI_ARGS")
    }


def _aws_env(profile: str | None, region: str) -> dict[str, str]:
    chosen = {"AWS_PROFILE": profile} if profile else {}
    return _inherited() | chosen | {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def _local_env(endpoint: str, region: str) -> dict[str, str]:
    """What `launchbook local env` prints: an endpoint, dummy credentials, and nothing of the caller's own."""
    rest = {name: value for name, value in _inherited().items() if not name.startswith("AWS_")}
    key, secret = _DUMMY
    return rest | {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "3", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }  # fmt: skip


def require_account(target: Target, account: str) -> None:
    """Raises RunFailed unless the target is the account that was named."""
    if account and account != target.account:
        raise RunFailed(
            f"these credentials are of account {target.account}", f"--account says {account}",
            hint="choose another --profile, or correct --account",
        )  # fmt: skip
