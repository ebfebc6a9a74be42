"""From outside: start a detached embedded AWS, ask it, stop it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from launchbook import process
from launchbook.errors import LocalAwsError, MissingTool
from launchbook.local.instance import Instance, clear_left
from launchbook.local.run import Options, require_extra

_START_SECONDS = 30.0
_STOP_SECONDS = 25.0


def start(options: Options) -> Instance:
    """Start a host process that lives on by itself and return once it answers.

    Raises LocalAwsError (a taken port, no answer in 30 s) and MissingTool.
    """
    require_extra()
    read, write = os.pipe()
    argv = [
        sys.executable, "-m", "launchbook.local.run", "--port", str(options.port),
        "--speed", str(options.speed), "--tell", str(write), *(["--enforce-iam"] if options.enforce_iam else []),
    ]  # fmt: skip
    host = process.start(argv, cwd=Path("/"), pass_fds=[write])
    os.close(write)
    os.set_blocking(read, False)
    try:
        said = _hear(read, time.monotonic() + _START_SECONDS)
    except KeyboardInterrupt:
        _give_up(host)
        raise
    finally:
        os.close(read)
    if "ready" in said:
        return Instance(**said["ready"])
    if "error" in said:
        host.wait(10)
        what, why, hint = said["error"]
        kind = {"MissingTool": MissingTool}.get(said["kind"], LocalAwsError)
        raise kind(what, why, hint=hint)
    if host.poll() is None:
        os.kill(host.pid, signal.SIGKILL)
    raise LocalAwsError(
        "the embedded AWS did not start",
        f"no answer in {_START_SECONDS:g} s" if host.wait() == -9 else f"it ended with {host.returncode}",
        hint="run it without --detach to see why",
    )


def stop(instance: Instance) -> None:
    """Stop a running instance and wait until it is gone; SIGKILL after 25 s (the keeper clears up then)."""
    _signal(instance.pid, signal.SIGTERM)
    state = Path(instance.state)
    deadline = time.monotonic() + _STOP_SECONDS
    while _alive(instance.pid) or state.exists():
        if time.monotonic() > deadline:
            _signal(instance.pid, signal.SIGKILL)
            if time.monotonic() > deadline + 10:
                raise LocalAwsError("the embedded AWS did not stop", f"pid {instance.pid} is still there")
        time.sleep(0.02)


def ask(
    instance: Instance, path: str, query: Mapping[str, Any] | None = None, body: Any = None, method: str = ""
) -> Any:
    """Ask an instance's own interface (``/_launchbook/PATH``) and return its JSON. Raises LocalAwsError."""
    target = f"/_launchbook/{path}" + (f"?{urlencode(query)}" if query else "")
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=30)
    try:
        connection.request(
            method or ("GET" if body is None else "POST"), target,
            None if body is None else json.dumps(body), {"X-Launchbook": "1"},
        )  # fmt: skip
        answer = connection.getresponse()
        content = answer.read()
    except OSError as error:
        raise LocalAwsError(f"the embedded AWS on port {instance.port} does not answer", str(error)) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise LocalAwsError("the embedded AWS refused", content.decode(errors="replace").strip())
    return json.loads(content)


def _hear(read: int, deadline: float) -> dict[str, Any]:
    heard = b""
    while time.monotonic() < deadline:
        try:
            part = os.read(read, 65536)
        except BlockingIOError:
            time.sleep(0.005)
            continue
        if not part:
            break
        heard += part
    try:
        message = json.loads(heard)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _give_up(host: process.Child) -> None:
    """End a host that nobody waits for any more, with all that it has begun; no further interrupt is heard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _signal(host.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while host.poll() is None:
        if time.monotonic() > deadline:
            _signal(host.pid, signal.SIGKILL)
        time.sleep(0.02)
    clear_left()


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
