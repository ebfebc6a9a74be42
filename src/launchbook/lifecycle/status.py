"""Where a platform stands, from its saved states and journals; what runs is asked only where they know of nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from launchbook.errors import RunFailed
from launchbook.lifecycle.elsewhere import said_of
from launchbook.lifecycle.home import Home, read_json
from launchbook.lifecycle.platform import load_platform
from launchbook.lifecycle.run import CHANGING, FINISHED, Past, past_runs
from launchbook.lifecycle.target import TargetName, open_target, still_there

_ENDED = {0: "good", 1: "findings", 2: "not possible", 3: "unproven"}


def status_of(
    folder: Path, name: str, port: int | None, profile: str | None, region: str | None
) -> dict[str, Any]:
    """The platform's roots with what was last known to be in their states, and the last run of each kind."""
    platform = load_platform(folder)
    home = Home.of(platform.folder)
    chosen: TargetName = "aws" if name == "aws" else "local"
    target = open_target(platform, chosen, home=home, port=port, profile=profile, region=region, start=False)
    outputs = read_json(home.state(target.key) / "outputs.json") or {}
    held = read_json(home.state(target.key) / "held.json") or {}
    elsewhere = "" if any(held.values()) else said_of(platform, home, target)
    runs = [past for past in past_runs(home) if past.start.get("key") == target.key]
    latest: dict[str, Past] = {}
    for past in runs:
        latest.setdefault(str(past.start["kind"]), past)
    return {
        "platform": platform.name,
        "target": target.name,
        "where": target.endpoint or target.account,
        "account": target.account,
        "region": target.region,
        "roots": [
            {
                "name": one.name,
                "known": one.name in held,
                "resources": held.get(one.name, []),
                "outputs": outputs.get(one.name, {}),
            }
            for one in platform.roots
        ],
        "runs": [run_row(past, runs) for past in latest.values()],
        "elsewhere": elsewhere,
        "next": "launchbook sweep" if elsewhere else _next(runs, any(held.values())),
    }


def run_row(past: Past, runs: list[Past], there: Callable[[str], bool] | None = None) -> dict[str, Any]:
    """A run in one row; ``runs`` are all of its target, the newest first; ``there`` is :func:`still_there`."""
    steps = past.steps()
    last = [event for event in past.events if event.get("event") in ("step", "step-end", "end", "resumed")]
    at_step = next((str(one["name"]) for one in reversed(last) if "name" in one), "")
    open_ = past.code is None and past.process is None
    gone = open_ and not (there or still_there)(str(past.start.get("key")))
    return {
        "run": past.start["id"],
        "kind": past.start["kind"],
        "target": past.start["target"],
        "region": past.start.get("region"),
        "began": past.start["at"],
        "code": past.code,
        "ended": _ENDED.get(past.code, str(past.code)) if past.code is not None else _open(past, at_step),
        "world": "gone" if gone else "there",
        "resumable": resumable(past, runs) and not gone,
        "options": _options(past),
        "at_step": at_step,
        "seconds": round(_seconds(past), 1),
        "steps": [
            {"name": name, "status": end["status"], "seconds": end["seconds"], "note": end.get("note", "")}
            for name, end in steps.items()
        ],
        "folder": str(past.folder),
        "evidence": sorted(path.name for path in past.folder.iterdir()),
    }


def _options(past: Past) -> str:
    """What a command needs to mean the same target."""
    start = past.start
    port = urlsplit(str(start.get("endpoint") or "")).port
    other = str(start.get("key")).endswith(f"-{start.get('region')}")
    parts = (
        "" if start.get("target") == "local" else f" --target {start.get('target')}",
        f" --port {port}" if port else "",
        f" --region {start.get('region')}" if other else "",
    )
    return "".join(parts)


def resumable(past: Past, runs: list[Past]) -> bool:
    """Whether the same command would continue it: the last run that changes its target, neither ended nor at work."""
    last = next((one for one in runs if one.start.get("kind") in CHANGING), None)
    return past is last and past.code is None and past.process is None


def find_run(home: Home, name: str) -> Past:
    """The run whose id begins so. Raises RunFailed when none or several do."""
    found = [past for past in past_runs(home) if str(past.start["id"]).startswith(name)]
    if len(found) != 1:
        raise RunFailed(f"no run is called {name}" if not found else f"{len(found)} runs are called {name}…",
                        f"in {home.runs}", hint="launchbook history")  # fmt: skip
    return found[0]


def _open(past: Past, at_step: str) -> str:
    """How a run stands that has not come to its end."""
    if not at_step:
        return "killed at its start" if past.process is None else "working"
    if past.process is not None:
        return f"working at {at_step}"
    begun = [event for event in past.events if event.get("name") == at_step]
    if begun[-1]["event"] == "step":
        return f"killed at {at_step}"
    status = begun[-1]["status"]
    return f"killed after {at_step}" if status in FINISHED else f"{status} at {at_step}"


def _seconds(past: Past) -> float:
    first, last = (datetime.fromisoformat(str(past.events[place]["at"])) for place in (0, -1))
    return (last - first).total_seconds()


def _next(runs: list[Past], something: bool) -> str:
    last = next((one for one in runs if one.start.get("kind") in CHANGING), None)
    if last is not None and last.process is not None:
        return f"wait for process {last.process}, then launchbook status"
    if last is not None and last.code is None:
        return f"launchbook {last.start['kind']}"
    if something:
        made = next((one for one in runs if one.start.get("kind") in ("apply", "release", "destroy")), None)
        destroying = made is not None and made.start["kind"] == "destroy"
        return "launchbook destroy" if destroying else "launchbook verify"
    return "launchbook sweep" if last is not None and last.start["kind"] == "destroy" else "launchbook plan"
