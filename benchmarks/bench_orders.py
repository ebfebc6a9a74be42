"""POST /orders beside pgbench doing the same durable insert, in one run on one PostgreSQL.

    make bench-orders               # or: python -m benchmarks.bench_orders [--rounds N] [--pairs N] [--seconds N]

wrk posts new orders, each under its own idempotency key, to one and to two API processes with everything on that
is on in production; pgbench inserts the same rows (order and event, one transaction each, fsync on). The cases
take turns within each round, so that what else the machine does falls on all of them; a ratio is the median of
the rounds. Nothing moves the events on, on either side, but in the case `2x64+relay`: there the platform is as it
is deployed, a relay beside the API that sends every event to a queue. The last line is JSON; exit code 1 if an aim
is missed or a peer is not installed.
"""

import argparse
import contextlib
import functools
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.support.load import Load, PeerMissing, pgbench, require_peers, wrk
from benchmarks.support.platform import Api, migrate, settings_for, sink
from tests.support.keeper import Keeper
from tests.support.postgres import Postgres

CONNECTIONS = (1, 16, 64)
WITHOUT_KEY = "no idempotency key in the request"
# One change each against the full specification; tracing is added where a collector's address is known.
FEATURES: dict[str, dict[str, str]] = {
    WITHOUT_KEY: {},
    "without the request log": {"LOG_LEVEL": "warning"},
}
# Checkpoints inside a measurement would fall on one side by chance.
_DATABASE = {"max_wal_size": "8GB", "checkpoint_timeout": "30min", "shared_buffers": "256MB"}


Running = Callable[[], contextlib.AbstractContextManager[Api]]


@dataclass(frozen=True)
class Sample:
    """One measurement of the API and its peer's in the same round."""

    load: Load
    peer: Load
    cpu_us: float
    rss_mb: list[float]

    @property
    def ratio(self) -> float:
        """Orders a second per pgbench transaction a second."""
        return self.load.per_second / self.peer.per_second


@dataclass(frozen=True)
class Pair:
    """Orders a second and CPU of the full specification and of a changed one, measured back to back."""

    full: dict[str, float]
    changed: dict[str, float]


class Bench:
    """One PostgreSQL, one queue that forgets, and the processes under measurement."""

    def __init__(
        self, stack: contextlib.ExitStack, keeper: Keeper, rounds: int, pairs: int, seconds: int
    ) -> None:
        self.rounds, self.pairs, self.seconds = rounds, pairs, seconds
        self._stack, self.keeper = stack, keeper
        self.directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-orders-")))
        keeper.remove(self.directory)
        self.database = Postgres.temporary(settings=_DATABASE)
        keeper.remove(self.database.directory)
        stack.enter_context(self.database)
        self.sink = stack.enter_context(sink(keeper))
        self.settings = settings_for(self.database, self.sink)
        migrate(self.settings)

    def api(self, name: str, processes: int, **settings: str) -> Api:
        """A running API."""
        api = Api(name, processes, self.settings | settings, self.directory, self.keeper)
        self._stack.callback(api.stop)
        return api

    @contextlib.contextmanager
    def deployed(self) -> Iterator[Api]:
        """Two processes with a relay beside them, for one measurement: it would move the events of others, too."""
        api = self.warm(
            Api("deployed", 2, self.settings | {"RELAY_ENABLED": "true"}, self.directory, self.keeper)
        )
        try:
            yield api
        finally:
            api.stop()

    def empty(self) -> None:
        """Every case starts with empty tables."""
        subprocess.run(
            [self.database.program("psql"), "-qc", "TRUNCATE orders, outbox, order_effects, order_dlq; CHECKPOINT"],
            env=self.database.environment, check=True,
        )  # fmt: skip

    def turns(self, apis: Mapping[str, Running], connections: int, first: int) -> dict[str, Sample]:
        """One measurement of the peer and of each API, in an order that `first` turns."""
        names = [None, *apis]
        loads: dict[str | None, tuple[Load, float, list[float]]] = {}
        for name in names[first % len(names) :] + names[: first % len(names)]:
            if name is None:
                self.empty()
                peer = pgbench(self.database, connections, self.seconds, self.directory)
            else:
                with apis[name]() as api:
                    self.empty()
                    loads[name] = self._measure(api, connections)
        return {name: Sample(load, peer, cpu, rss) for name, (load, cpu, rss) in loads.items() if name}

    def pair(self, full: Api, changed: Api, keyed: bool, turn: int) -> Pair:
        """Both at 64 connections; which goes first takes turns."""
        found = {}
        for which in ("full", "changed") if turn % 2 else ("changed", "full"):
            self.empty()
            api, with_key = (full, True) if which == "full" else (changed, keyed)
            load, cpu, _ = self._measure(api, 64, keyed=with_key)
            found[which] = {"per_second": load.per_second, "cpu_us": cpu}
        return Pair(**found)

    def _measure(self, api: Api, connections: int, *, keyed: bool = True) -> tuple[Load, float, list[float]]:
        before = api.usage()
        seed = secrets.token_hex(4)
        load = wrk(api.url, connections, self.seconds, self.directory, seed=seed, keyed=keyed)
        after = api.usage()
        return load, (after.cpu_seconds - before.cpu_seconds) / load.requests * 1e6, after.rss_mb

    def warm(self, api: Api) -> Api:
        """A first load, so that nothing is measured while it is loaded for the first time."""
        wrk(api.url, 16, 1, self.directory, seed=secrets.token_hex(4))
        return api


def compare(bench: Bench) -> dict[str, list[Sample]]:
    """The cases, `2x64` for two processes at 64 connections, in turns with pgbench."""
    apis = {n: bench.warm(bench.api(f"{n}-processes", n)) for n in (1, 2)}
    samples: dict[str, list[Sample]] = {}
    for number in range(bench.rounds):
        say(f"round {number + 1} of {bench.rounds}")
        for connections in CONNECTIONS:
            cases: dict[str, Running] = {
                f"{n}x{connections}": functools.partial(contextlib.nullcontext, api)
                for n, api in apis.items()
            }
            if connections == 64:
                cases["2x64+relay"] = bench.deployed
            for name, sample in bench.turns(cases, connections, number).items():
                samples.setdefault(name, []).append(sample)
    for api in apis.values():
        api.stop()
    return samples


def cost_of_features(bench: Bench) -> list[dict[str, Any]]:
    """What each change does to the full specification: two processes, 64 connections, in pairs back to back."""
    full = bench.warm(bench.api("full", 2))
    rows = []
    features = FEATURES | {"with tracing": {"OTEL_EXPORTER_OTLP_ENDPOINT": bench.sink}}
    for number, (name, settings) in enumerate(features.items()):
        say(f"what each feature costs: {name}")
        changed = bench.warm(bench.api(f"feature-{number}", 2, **settings)) if settings else full
        pairs = [bench.pair(full, changed, name != WITHOUT_KEY, turn) for turn in range(bench.pairs)]
        rows.append({"case": name} | difference(pairs))
        if changed is not full:
            changed.stop()
    full.stop()
    return rows


def difference(pairs: list[Pair]) -> dict[str, Any]:
    """The changed platform's figures over the full one's; within noise unless all pairs agree on the direction."""
    figures: dict[str, Any] = {}
    for name in ("per_second", "cpu_us"):
        ratios = sorted(pair.changed[name] / pair.full[name] for pair in pairs)
        figures[name] = {
            "ratio": round(statistics.median(ratios), 3), "least": round(ratios[0], 3), "most": round(ratios[-1], 3),
            "within_noise": ratios[0] <= 1 <= ratios[-1],
        }  # fmt: skip
    return figures


def median(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(value(sample) for sample in samples)


def summary(samples: list[Sample]) -> dict[str, Any]:
    """One case in figures: medians of the rounds, and the most memory that each process had in any of them."""
    return {
        "per_second": round(median(samples, lambda s: s.load.per_second)),
        "pgbench_per_second": round(median(samples, lambda s: s.peer.per_second)),
        "ratio_to_pgbench": round(median(samples, lambda s: s.ratio), 3),
        "p50_ms": round(median(samples, lambda s: s.load.p50_ms), 2),
        "p99_ms": round(median(samples, lambda s: s.load.p99_ms), 2),
        "pgbench_p99_ms": round(median(samples, lambda s: s.peer.p99_ms), 2),
        "cpu_us": round(median(samples, lambda s: s.cpu_us)),
        "rss_mb": [max(of_one) for of_one in zip(*(sample.rss_mb for sample in samples), strict=True)],
    }


def aims(cases: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """What must be reached, and whether it was."""
    return {
        "2x64 ratio_to_pgbench >= 0.80": cases["2x64"]["ratio_to_pgbench"] >= 0.80,
        "1x1 ratio_to_pgbench >= 0.30": cases["1x1"]["ratio_to_pgbench"] >= 0.30,
        "2x64 p99 < 20 ms": cases["2x64"]["p99_ms"] < 20,
        "RSS < 64 MB a process": max(mb for case in cases.values() for mb in case["rss_mb"]) < 64,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Figures in columns, Markdown."""
    names = ["case", "per_second", "pgbench_per_second", "ratio_to_pgbench", "p50_ms", "p99_ms", "cpu_us"]
    lines = ["| " + " | ".join(names) + " |", "|---|" + "---:|" * (len(names) - 1)]
    lines += ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def feature_table(rows: list[dict[str, Any]]) -> str:
    """Ratios in columns, Markdown."""
    lines = ["| change | orders a second | CPU of a request |", "|---|---|---|"]
    for row in rows:
        cells = [
            f"{row[name]['ratio']:.2f} ({row[name]['least']:.2f} to {row[name]['most']:.2f})"
            + (", within noise" if row[name]["within_noise"] else "")
            for name in ("per_second", "cpu_us")
        ]
        lines.append(f"| {row['case']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def run(rounds: int, pairs: int, seconds: int) -> int:
    """Measure, print, and judge the aims."""
    keeper = Keeper()
    try:
        with contextlib.ExitStack() as stack:
            bench = Bench(stack, keeper, rounds, pairs, seconds)
            cases = {name: summary(samples) for name, samples in compare(bench).items()}
            features = cost_of_features(bench) if pairs else []
    finally:
        keeper.close()
    print(table([{"case": name} | figures for name, figures in cases.items()]), end="\n\n")
    print(feature_table(features), end="\n\n")
    judged = aims(cases)
    ratios = {name: figures["ratio_to_pgbench"] for name, figures in cases.items()}
    print(json.dumps({"ratio_to_pgbench": ratios, "cases": cases, "features": features, "aims": judged}))
    return 0 if all(judged.values()) else 1


def main() -> int:
    """0 if every aim is met; 1 if one is missed or a peer is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--pairs", type=int, default=5, help="of measurements for each feature; 0 leaves them out"
    )
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    options = parser.parse_args()
    try:
        require_peers()
        return run(options.rounds, options.pairs, options.seconds)
    except PeerMissing as error:
        say(f"the comparison can't be made: {error}")
        print(json.dumps({"ratio_to_pgbench": None, "missing": str(error).splitlines()[0]}))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
