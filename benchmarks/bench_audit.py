"""The audit of a live account, beside who else reads one, on the same estate in the same run.

    make bench-audit               # or: python -m benchmarks.bench_audit [--without-peers] [--rounds N]

The estate stands on an embedded AWS, once and ten times over, with no latency and with 80 ms added to each request.
Beside the audit (live reads alone, no repository): a bare boto3 script with sixteen threads that makes the same calls
knowing them beforehand; and, on the estate once, prowler and Cloud Custodian with equivalent checks, and the runbook's
commands one after another. CPU seconds are those of a program with its children, memory is the largest process, without
the server's. The last line is JSON; exit code 1 if an aim is missed or a peer could not be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bench_discover import Cost, measure
from benchmarks.support import audit_peers, estate
from benchmarks.support.audit_peers import say
from launchbook.collect import Asked, Call, Reader, Target, collect, collectors
from launchbook.local import control
from launchbook.local.run import Options

AIMS = {
    "wall_over_bare": 1.3,
    "cpu_over_bare": 1.0,
    "prowler_over_launchbook": 25,
    "megabytes": 80,
    "tenfold": 4,
}
LATENCIES = (0.0, 0.08)
REGION = estate.REGION


class Recording:
    """Reads through a reader and remembers each call."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.calls: list[dict[str, Any]] = []

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each page of an operation's answer."""
        self.calls.append(
            {
                "service": call.service, "operation": call.operation, "region": region,
                "parameters": dict(parameters),
            }
        )  # fmt: skip
        return self._reader.read(call, region, parameters)


def recorded(endpoint: str) -> list[dict[str, Any]]:
    """Every call that an audit of this estate makes, each once as the audit itself does, and who it is."""
    reads = list(collectors().values())
    recording = Recording(Reader(Target(endpoint=endpoint), reads))
    collect(recording, reads, [REGION], Asked("", "emulated", datetime.now(UTC)))
    who = {"service": "sts", "operation": "GetCallerIdentity", "region": REGION, "parameters": {}}
    return list({json.dumps(call, sort_keys=True): call for call in [who, *recording.calls]}.values())


@contextmanager
def served(copies: int) -> Iterator[int]:
    """The port of an embedded AWS with the estate so many times over, every service of it loaded."""
    started = control.start(Options(port=0))
    try:
        say(f"making the estate, {copies} times over")
        estate.deploy(started.endpoint, copies)
        yield started.port
    finally:
        control.stop(started)


@contextmanager
def delayed(port: int, seconds: float) -> Iterator[str]:
    """The address of an embedded AWS with this latency added."""
    command = [sys.executable, "-m", "benchmarks.support.latency", str(port), str(seconds)]
    proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert proxy.stdout is not None
        yield f"http://127.0.0.1:{int(proxy.stdout.readline())}"
    finally:
        proxy.kill()
        proxy.wait()


def ours_and_bare(endpoint: str, folder: Path, calls: Path, rounds: int) -> dict[str, Cost]:
    """Both in turn, so that whatever else happens on the machine happens to both; the best round of each."""
    program = str(Path(sys.executable).with_name("launchbook"))
    commands = {
        "launchbook": [program, "audit", "--live", "--endpoint-url", endpoint, "--region", REGION, "--json"],
        "bare": [sys.executable, "-m", "benchmarks.support.bare_reads", endpoint, str(calls)],
    }
    held: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            cost = measure(["env", "-C", str(Path.cwd()), *command], folder)
            if cost.exit_code == 2 or (name == "bare" and cost.exit_code):
                raise RuntimeError(f"{name} failed: {' '.join(command)}")
            held[name].append(cost)
    return {name: best(costs) for name, costs in held.items()}


def best(costs: list[Cost]) -> Cost:
    """The least of each."""
    return Cost(
        min(one.cpu_seconds for one in costs), max(one.megabytes for one in costs),
        min(one.seconds for one in costs), costs[0].exit_code,
    )  # fmt: skip


def peers(endpoint: str, folder: Path) -> dict[str, Cost | None]:
    """One run of each peer; None for one that cannot be had."""
    found: dict[str, Cost | None] = {}
    for name, command in audit_peers.commands(endpoint, folder).items():
        say(f"{name} runs" if command else f"skipped: {name} is not here")
        found[name] = measure(["env", f"AWS_ENDPOINT_URL={endpoint}", *command], folder) if command else None
    return found


def run(folder: Path, rounds: int, with_peers: bool) -> dict[str, Any]:
    """Every measurement: by copies and latency."""
    result: dict[str, Any] = {}
    for copies in (1, 10):
        with served(copies) as port:
            calls = folder / f"calls-{copies}.json"
            calls.write_text(json.dumps(recorded(f"http://127.0.0.1:{port}")))
            for latency in LATENCIES:
                with delayed(port, latency) as endpoint:
                    name = f"x{copies}, {latency * 1000:.0f} ms"
                    costs: dict[str, Cost | None] = {**ours_and_bare(endpoint, folder, calls, rounds)}
                    if copies == 1:
                        costs |= (
                            peers(endpoint, folder)
                            if with_peers
                            else dict.fromkeys(("prowler", "custodian", "by_hand"))
                        )
                    result[name] = {
                        "calls": len(json.loads(calls.read_text())),
                        **{peer: cost and asdict(cost) for peer, cost in costs.items()},
                    }
                    for peer, cost in costs.items():
                        say(f"{name:<12} {peer:<11} {_said(cost)}")
    return result


def _said(cost: Cost | None) -> str:
    return f"{cost.cpu_seconds} CPU s, {cost.seconds} s, {cost.megabytes} MB" if cost else "not measured"


def ratios(result: dict[str, Any]) -> dict[str, float | None]:
    """What the aims are about."""

    def ratio(one: Any, other: Any, what: str) -> float | None:
        return round(one[what] / other[what], 2) if one and other else None

    once, tenfold = result["x1, 0 ms"], result["x10, 0 ms"]
    found = {
        f"wall_over_bare, {name}": ratio(held["launchbook"], held["bare"], "seconds")
        for name, held in result.items()
        if name.startswith("x1,")
    }
    found["cpu_over_bare"] = ratio(once["launchbook"], once["bare"], "cpu_seconds")
    found["prowler_over_launchbook"] = ratio(once["prowler"], once["launchbook"], "cpu_seconds")
    found["megabytes"] = max(held["launchbook"]["megabytes"] for held in result.values())
    found["tenfold"] = ratio(tenfold["launchbook"], once["launchbook"], "seconds")
    return found


def missed(found: dict[str, float | None], result: dict[str, Any]) -> list[str]:
    """The aims that were not reached, and the peers that were not measured."""
    said = []
    for name, value in found.items():
        aim = AIMS[name.split(",")[0]]
        reached = value is not None and (value >= aim if name.startswith("prowler") else value < aim)
        said += [] if reached else [f"{name}: {value}, aimed at {aim}"]
    once = result["x1, 0 ms"]
    return said + [
        f"{peer} not measured" for peer in ("prowler", "custodian", "by_hand") if not once.get(peer)
    ]


def main() -> int:
    """Measure, compare; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-peers", action="store_true", help="counts as missed")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then too
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION=REGION,
        AWS_EC2_METADATA_DISABLED="true",
    )
    with tempfile.TemporaryDirectory(prefix="bench-audit-") as folder:
        result = run(Path(folder), chosen.rounds, not chosen.without_peers)
    found = ratios(result)
    print(json.dumps({"measured": result, "ratios": found, "missed": (short := missed(found, result))}))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
