"""The two load generators, both in C: wrk for the API, pgbench for the database under it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import Postgres, binaries

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

# Each request is a new order under a new random key, as careful clients send them.
_WRK_SCRIPT = """
local seed, count, keyed = "%(seed)s", 0, %(keyed)s
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function init() math.randomseed(tonumber(seed, 16) + id) end
local function uuid()
  local r = math.random
  return string.format("%%04x%%04x-%%04x-4%%03x-%%04x-%%04x%%04x%%04x", r(0, 65535), r(0, 65535), r(0, 65535),
    r(0, 4095), r(32768, 49151), r(0, 65535), r(0, 65535), r(0, 65535))
end
function request()
  count = count + 1
  local headers = { ["Content-Type"] = "application/json" }
  if keyed then headers["Idempotency-Key"] = uuid() end
  return wrk.format("POST", "/orders", headers, '{"customerId":"customer-' .. count .. '","amount":12.50}')
end
function done(summary, latency, requests)
  io.write(string.format("refused %%d\\n", summary.errors.status + summary.errors.connect
    + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""

# The API's own statement for one order: order and event in one transaction, one round trip. The order's id
# begins with the milliseconds, as the API's do, so that both sides' primary keys grow at their end; idempotency
# keys are random on both sides.
_TIMED_ID = """encode(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6), 'hex')::uuid"""
_PGBENCH_SCRIPT = """
WITH stored AS (
    INSERT INTO orders (id, customer_id, amount, idempotency_key, created_at, updated_at)
    VALUES (%(id)s,
            'customer-1', 12.50, %(key)s, now(), now())
    RETURNING id
)
INSERT INTO outbox (order_id, attempt, correlation_id, due_at)
SELECT id, 0, gen_random_uuid()::text, now() FROM stored;
"""


class PeerMissing(RuntimeError):
    """A program that the comparison needs isn't installed: the aim counts as missed."""


@dataclass(frozen=True)
class Load:
    """One measurement: requests or transactions a second; latencies in milliseconds."""

    per_second: float
    requests: int
    p50_ms: float
    p99_ms: float


def require_peers() -> None:
    """Raise PeerMissing unless wrk and pgbench are here."""
    if shutil.which("wrk") is None:
        raise PeerMissing("wrk is not installed\n\nhint: apt-get install wrk")
    if _pgbench() is None:
        raise PeerMissing("pgbench is not installed\n\nhint: apt-get install postgresql-contrib")


def wrk(url: str, connections: int, seconds: int, directory: Path, *, seed: str, keyed: bool = True) -> Load:
    """POST orders as fast as the connections allow; raises if any request was refused."""
    script = directory / "orders.lua"
    script.write_text(_WRK_SCRIPT % {"seed": seed, "keyed": str(keyed).lower()})
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", "-s", script, url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    refused = int(_find(r"refused (\d+)", out)[0])
    if refused:
        raise RuntimeError(f"{refused} requests were not answered with success at {connections} connections")
    return Load(
        float(_find(r"Requests/sec:\s+([\d.]+)", out)[0]),
        int(_find(r"(\d+) requests in", out)[0]),
        _milliseconds(r"50%\s+([\d.]+)(us|ms|s)", out),
        _milliseconds(r"99%\s+([\d.]+)(us|ms|s)", out),
    )


def pgbench(database: Postgres, connections: int, seconds: int, directory: Path) -> Load:
    """The same durable insert from pgbench, prepared statements, one transaction each.

    A second more than `seconds`: connecting takes of its time, but does not count in its rate.
    """
    script, log = directory / "insert.sql", directory / "pgbench_log"
    script.write_text(_PGBENCH_SCRIPT % {"id": _TIMED_ID, "key": "gen_random_uuid()::text"})
    program = _pgbench()
    assert program is not None
    out = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(connections), "-j", str(min(connections, 2)),
         "-T", str(seconds + 1), "-f", script, "-l", f"--log-prefix={log}"],
        capture_output=True, text=True, check=True, cwd=directory, env={**os.environ, **database.environment},
    ).stdout  # fmt: skip
    took = sorted(_latencies(directory))
    tps = float(_find(r"tps = ([\d.]+)", out)[0])
    return Load(tps, len(took), _percentile(took, 0.50), _percentile(took, 0.99))


def _latencies(directory: Path) -> list[float]:
    took = []
    for path in directory.glob("pgbench_log.*"):
        took += [int(line.split()[2]) / 1000 for line in path.read_text().splitlines()]
        path.unlink()
    return took


def _percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _pgbench() -> str | None:
    beside = binaries() / "pgbench"
    return str(beside) if beside.exists() else shutil.which("pgbench")


def _find(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern!r} in the load generator's output: {text}")
    return tuple(found.groups())


def _milliseconds(pattern: str, text: str) -> float:
    number, unit = _find(pattern, text)
    return float(number) * _UNITS[unit]
