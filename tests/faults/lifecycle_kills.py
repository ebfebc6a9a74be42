"""Kill `launchbook apply` and `launchbook destroy` at random moments, run them again, and ask what came of it.

    python -m tests.faults.lifecycle_kills --kills 25              # the small platform of tests/aws/lifecycle
    python -m tests.faults.lifecycle_kills --kills 5 --platform full

Each life is an apply that is killed up to three times and then let through, a verify, a destroy in the same way, and a
sweep. The kill is kill -9 of the tool; a Terraform that it started goes on alone. A first life without kills says how
long the commands take; the moments are drawn from that. The last line is one JSON object; exit code 1 when a kill was
not real, when a run that had begun was not continued, or when a life did not end verified and PROVEN EMPTY.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from launchbook.local import control, instance
from launchbook.local.run import Options
from tests.aws.conftest import client_factory
from tests.support.keeper import Keeper
from tests.support.tool import Tool, copied

SMALL = Path(__file__).parents[1] / "aws/lifecycle/small"
ARGUMENTS = {"apply": (), "destroy": ("--yes",)}
_MOST_KILLS = 3
#: A command that was killed is given this much more than its undisturbed time, for a Terraform that works on.
_PATIENCE = 600.0


@dataclass
class Told:
    """What the campaign saw."""

    by_step: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    resumed: int = 0
    lives: int = 0
    verified: int = 0
    proven_empty: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mark:
    """The newest journal, at one moment: whose it is, how often it was continued, which step it stands at."""

    run: str = ""
    kind: str = ""
    resumed: int = 0
    step: str = ""


def mark(folder: Path) -> Mark:
    """Read the newest journal of a platform."""
    journals = sorted(folder.glob(".launchbook/runs/*/journal.jsonl"), key=lambda path: path.stat().st_mtime)
    if not journals:
        return Mark()
    events = [json.loads(line) for line in journals[-1].read_text("utf-8").splitlines() if line.endswith("}")]
    step = "between"
    for event in events:
        if event["event"] in ("step", "step-end"):
            step = event["name"] if event["event"] == "step" else "between"
        if event["event"] == "end":
            step = "ended"
    resumed = sum(event["event"] == "resumed" for event in events)
    return Mark(str(events[0]["id"]), str(events[0]["kind"]), resumed, step) if events else Mark()


def killed(tool: Tool, kind: str, after: float, told: Told) -> Mark | None:
    """Start a command and kill it so many seconds later; where it stood, None when it had ended before."""
    before = mark(tool.folder)
    command = [
        *(sys.executable, "-m", "launchbook.cli", kind, str(tool.folder)),
        *("--port", str(tool.port), *ARGUMENTS[kind]),
    ]
    given = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(
            command, env=given, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )  # fmt: skip
        try:
            code = started.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(started.pid, signal.SIGKILL)
            code = started.wait()
        if code == 0:
            return None
        if code != -signal.SIGKILL:
            said.seek(0)
            told.wrong.append(f"{kind} ended with {code}: {said.read().decode()[-600:]}")
            return None
    stood = mark(tool.folder)
    begun = stood.kind == kind and (stood.run, stood.resumed) != (before.run, before.resumed)
    return stood if begun else Mark(kind=kind, step="start")


def disturbed(
    tool: Tool, kind: str, kills: int, plain: Undisturbed, chance: random.Random, told: Told
) -> None:
    """A command that is killed so many times and then let through."""
    open_run = ""
    for _ in range(kills):
        began = time.monotonic()
        stood = killed(tool, kind, chance.uniform(0.2, plain.seconds[kind]), told)
        if stood is None:  # it came to its end first
            if not open_run:  # a whole one: the machine is less busy now, and moments are drawn from that
                plain.seconds[kind] = min(plain.seconds[kind], time.monotonic() - began)
            _went_on(open_run, mark(tool.folder), told)
            return
        _went_on(open_run, stood, told)
        told.kills += 1
        told.by_step[f"{kind}: {stood.step}"] += 1
        open_run = "" if stood.step == "ended" else stood.run or open_run
        print(f"  killed {kind} at {stood.step} (run {stood.run or 'not begun'})", file=sys.stderr)
    done = tool.run(kind, *ARGUMENTS[kind], code=None, seconds=plain.seconds[kind] + _PATIENCE)
    if done.returncode != 0:
        told.wrong.append(f"{kind} ended with {done.returncode}: {done.stderr[-600:]}")
    _went_on(open_run, mark(tool.folder), told)


def _went_on(open_run: str, now: Mark, told: Told) -> None:
    """Whether the command that came after a kill continued the run that was open."""
    if not open_run or not now.run:
        return
    if now.run == open_run and now.resumed:
        told.resumed += 1
    else:
        told.wrong.append(f"run {open_run} was killed, and {now.run} came after it")


@dataclass(frozen=True)
class Undisturbed:
    """A life that nobody disturbs: the seconds of its commands, and what `launchbook verify` says in it.

    The seconds become less when a later command was not disturbed either and took less.
    """

    seconds: dict[str, float]
    verdicts: frozenset[tuple[str, ...]]


def undisturbed(tool: Tool) -> Undisturbed:
    """Live it."""
    seconds: dict[str, float] = {}
    verdicts: frozenset[tuple[str, ...]] = frozenset()
    for kind, arguments in ARGUMENTS.items():
        began = time.monotonic()
        tool.run(kind, *arguments, seconds=1200)
        seconds[kind] = time.monotonic() - began
        verdicts = verified(tool) if kind == "apply" else verdicts
    return Undisturbed(seconds, verdicts)


def verified(tool: Tool) -> frozenset[tuple[str, ...]]:
    """What verify finds: how often each check has which status, and each step's own end.

    Not of what: AWS gives a load balancer another ARN and a task another address in every life.
    """
    steps = json.loads(tool.run("verify", "--json", code=None).stdout)["steps"]
    counted = Counter((one["check"], one["status"]) for step in steps for one in step["findings"])
    found = {(check, status, str(count)) for (check, status), count in counted.items()}
    return frozenset(found | {(step["name"], step["status"]) for step in steps})


def life(tool: Tool, kills: tuple[int, int], plain: Undisturbed, chance: random.Random, told: Told) -> None:
    """From nothing to nothing. The platform is verified when verify finds what it finds in an undisturbed life."""
    disturbed(tool, "apply", kills[0], plain, chance, told)
    differing = verified(tool) ^ plain.verdicts
    told.verified += not differing
    told.wrong += [f"verify differs: {sorted(differing)}"] if differing else []
    disturbed(tool, "destroy", kills[1], plain, chance, told)
    swept = tool.run("sweep", "--json", code=None)
    empty = swept.returncode == 0 and json.loads(swept.stdout)["proven_empty"] is True
    told.proven_empty += empty
    told.lives += 1
    if not empty:
        told.wrong.append(f"sweep ended with {swept.returncode}: {swept.stderr[-600:]}")


def campaign(tool: Tool, kills: int, seed: int) -> Told:
    """Lives until so many kills were real."""
    told, chance = Told(), random.Random(seed)
    plain = undisturbed(tool)
    print(
        f"undisturbed: {', '.join(f'{kind} {s:.0f} s' for kind, s in plain.seconds.items())}", file=sys.stderr
    )
    while told.kills < kills and not told.wrong:
        first = min(chance.randint(1, _MOST_KILLS), kills - told.kills)
        second = min(chance.randint(1, _MOST_KILLS), kills - told.kills - first)
        life(tool, (first, second), plain, chance, told)
        print(f"life {told.lives}: {told.kills}/{kills} kills, {told.wrong or 'all held'}", file=sys.stderr)
    return told


@contextmanager
def opened(platform: str) -> Iterator[Tool]:
    """A copy of the platform and an embedded AWS for it."""
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name) / platform
        if platform == "small":
            shutil.copytree(SMALL, folder)
        else:
            folder.mkdir()
            copied(folder)
        started, keeper = control.start(Options(port=0)), Keeper()
        keeper.watch(started.pid)
        try:
            yield Tool(folder, started.port, client_factory(started.endpoint))
        finally:
            control.stop(started)
            keeper.close()
            instance.clear_left()


def main() -> None:
    """The campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--platform", choices=["small", "full"], default="small")
    parser.add_argument("--kills", type=int, default=None, help="25 of the small platform, 5 of the full one")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    kills = asked.kills or {"small": 25, "full": 5}[asked.platform]
    with opened(asked.platform) as tool:
        told = campaign(tool, kills, asked.seed)
    result = {
        "kills": told.kills, "by_step": dict(sorted(told.by_step.items())), "resumed": told.resumed,
        "lives": told.lives, "verified": told.verified, "proven_empty": told.proven_empty, "seed": asked.seed,
        "platform": asked.platform, "wrong": told.wrong,
    }  # fmt: skip
    print(json.dumps(result))
    held = told.kills == kills and told.verified == told.proven_empty == told.lives
    sys.exit(0 if held and not told.wrong else 1)


if __name__ == "__main__":
    main()
