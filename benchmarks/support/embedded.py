"""Two servers of AWS's API side by side: the embedded AWS and stock moto's own server; wrk drives both."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from launchbook.local import control
from launchbook.local.run import Options
from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.processes import Process

_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=s"
)

# Each thread takes the calls in turn; a receipt that an answer brought is deleted by the next request.
_WRK_SCRIPT = """
local calls = { %(calls)s }
local next_call, receipts = 0, {}
local delete_headers = { ["X-Amz-Target"] = "AmazonSQS.DeleteMessage", ["Authorization"] = [[%(authorization)s]],
  ["Content-Type"] = "application/x-amz-json-1.0" }
function request()
  if #receipts > 0 then
    local body = '{"QueueUrl":"%(queue)s","ReceiptHandle":"' .. table.remove(receipts) .. '"}'
    return wrk.format("POST", "/", delete_headers, body)
  end
  next_call = next_call %% #calls + 1
  local call = calls[next_call]
  return wrk.format("POST", "/", call[1], call[2])
end
%(response)s
function done(summary, latency, requests)
  io.write(string.format("refused %%d\\n", summary.errors.status + summary.errors.connect
    + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""
_RESPONSE = """
function response(status, headers, body)
  for receipt in string.gmatch(body, '"ReceiptHandle": ?"([^"]+)"') do receipts[#receipts + 1] = receipt end
end
"""


@dataclass(frozen=True)
class Server:
    """One of the two, running."""

    name: str
    endpoint: str
    pid: int
    ready_seconds: float

    def client(self, service: str) -> Any:
        """A boto3 client of it."""
        return boto3.client(
            service, region_name="us-east-1", endpoint_url=self.endpoint, aws_access_key_id="test",
            aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
        )  # fmt: skip

    @property
    def megabytes(self) -> float:
        """Resident memory of the process that serves."""
        return round(psutil.Process(self.pid).memory_info().rss / 1e6, 1)


@contextmanager
def embedded() -> Iterator[Server]:
    """The embedded AWS in a free port."""
    began = time.monotonic()
    one = control.start(Options(port=0))
    try:
        yield Server("embedded", one.endpoint, one.pid, round(time.monotonic() - began, 2))
    finally:
        control.stop(one)


@contextmanager
def stock(keeper: Keeper) -> Iterator[Server]:
    """moto's own server, as its documentation starts it."""
    port = free_port()
    began = time.monotonic()
    process = Process("moto_server", [Path(sys.executable).with_name("moto_server"), "-p", str(port)])
    keeper.watch(process.pid)
    try:
        process.wait_for_port(port)
        yield Server("stock", f"http://127.0.0.1:{port}", process.pid, round(time.monotonic() - began, 2))
    finally:
        process.kill()


@dataclass(frozen=True)
class Call:
    """One AWS call as bytes on the wire: JSON with a target, or a form."""

    service: str
    target: str
    body: Any

    @property
    def headers(self) -> dict[str, str]:
        """Its headers."""
        kind = (
            "application/x-www-form-urlencoded"
            if isinstance(self.body, str)
            else "application/x-amz-json-1.0"
        )
        found = {"Content-Type": kind, "Authorization": _AUTHORIZATION % self.service}
        return found | ({"X-Amz-Target": self.target} if self.target else {})

    @property
    def payload(self) -> bytes:
        """Its body."""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    @property
    def lua(self) -> str:
        """The call for wrk's script."""
        headers = ", ".join(f'["{name}"] = [[{value}]]' for name, value in self.headers.items())
        return f"{{ {{ {headers} }}, [[{self.payload.decode()}]] }}"


def per_second(
    server: Server,
    calls: Sequence[Call],
    directory: Path,
    *,
    seconds: int,
    connections: int = 8,
    queue: str = "",
) -> float:
    """Requests a second over ``connections``; with ``queue``, what is received from it is deleted.

    Where not one was answered in time, one a measurement is assumed: the most that may be said for that server.
    """
    script = directory / "calls.lua"
    script.write_text(
        _WRK_SCRIPT
        % {
            "calls": ", ".join(call.lua for call in calls),
            "authorization": _AUTHORIZATION % "sqs",
            "queue": queue,
            "response": _RESPONSE if queue else "",
        }
    )
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", script, server.endpoint],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    refused = int(_found(r"refused (\d+)", out))
    if refused:
        raise RuntimeError(f"{server.name} refused {refused} requests of {calls[0]}")
    return max(float(_found(r"Requests/sec:\s+([\d.]+)", out)), 1 / seconds)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern!r} in wrk's output: {text}")
    return found[1]
