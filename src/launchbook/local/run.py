"""The host process of an embedded AWS, from its first port to its last file.

``launchbook local start`` calls :func:`run` itself, or starts this module with ``--detach``.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from launchbook.errors import LaunchbookError, LocalAwsError, MissingTool
from launchbook.local import instance
from launchbook.local.children import Keeper

log = logging.getLogger(__name__)

#: Seconds an idle connection stays open: longer than clients keep theirs (Go's 90 s), or a request that is sent as we
#: close meets a closed door, and Terraform retries.
_IDLE = 150
_BACKLOG = 2048
#: moto reads these when it is imported.
_MOTO = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}


@dataclass(frozen=True)
class Options:
    """What ``launchbook local start`` was asked."""

    port: int = instance.DEFAULT_PORT
    speed: float = 1.0
    enforce_iam: bool = False


def run(options: Options, ready: Callable[[instance.Instance], None]) -> None:
    """Serve until SIGINT, SIGTERM or the loss of the keeper; nothing is left afterwards.

    ``ready`` is called once requests are answered. Raises LocalAwsError and MissingTool before that.
    """
    require_extra()
    listener = listen(options.port)
    port = listener.getsockname()[1]
    os.environ.update(_MOTO, MOTO_PORT=str(port))
    state, lock = instance.claim(port)
    _log_to(state / "host.log")
    network, lease = instance.network()
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop.now)
    keeper = Keeper(state, stop.keeper_lost)
    try:
        record = instance.Instance(
            port, os.getpid(), keeper.pid, f"http://127.0.0.1:{port}", f"{network}.0.0/16", options.speed,
            options.enforce_iam, _now(), str(state),
        )  # fmt: skip
        _serve(options, record, network, keeper, listener, stop, ready)
    finally:
        keeper.close()
        os.close(lock)
        lease.close()
        instance.clear_left()
    if stop.unwritable:
        raise LocalAwsError(
            f"the embedded AWS can't write to {instance.base()}", stop.unwritable,
            hint="make room, or set LAUNCHBOOK_LOCAL_STATE to a directory elsewhere",
        )  # fmt: skip
    if stop.lost:
        raise LocalAwsError(
            "the embedded AWS stopped", "its keeper process was killed, and everything it ran with it",
            hint="launchbook local start",
        )  # fmt: skip


def require_extra() -> None:
    """Raise MissingTool unless the packages of the ``local`` extra are installed."""
    from importlib.util import find_spec

    missing = [
        name for name in ("moto", "flask", "uvicorn", "httptools", "uvloop") if find_spec(name) is None
    ]
    if missing:
        raise MissingTool(
            "the embedded AWS can't start",
            f"these packages are not installed: {', '.join(missing)}",
            hint="pip install 'launchbook[local]'",
        )


def listen(port: int) -> socket.socket:
    """Take the API's port on 127.0.0.1; 0 takes a free one. Raises LocalAwsError if it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)  # only now is the port ours: until then another may bind it too
    except OSError as error:
        listener.close()
        raise LocalAwsError(
            f"port {port} of 127.0.0.1 can't be used", error.strerror or str(error),
            hint="choose another with --port N (0 takes a free one); `launchbook local status` lists what runs",
        ) from None  # fmt: skip
    return listener


class _Stop:
    """Why and when the server has to end."""

    def __init__(self) -> None:
        self.lost = False
        #: Why the record of the instance could not be written; empty if it could.
        self.unwritable = ""
        self.asked = False
        self.server: Any = None

    def keeper_lost(self) -> None:
        log.error("the keeper has ended: everything that ran is gone, and so the embedded AWS stops")
        self.lost = True
        self.now()

    def now(self, *_: object) -> None:
        """End the server, or never let it begin; also the handler of SIGINT and SIGTERM.

        uvicorn takes these over while it serves, and raises them again when it has ended: the rest is then done here.
        """
        self.asked = True
        if self.server is not None:
            self.server.should_exit = True


def _serve(
    options: Options,
    record: instance.Instance,
    network: str,
    keeper: Keeper,
    listener: socket.socket,
    stop: _Stop,
    ready: Callable[[instance.Instance], None],
) -> None:
    from launchbook.local.dispatch import Dispatcher
    from launchbook.local.faults import Faults
    from launchbook.local.guard import Guard
    from launchbook.local.host import LocalHost
    from launchbook.local.iam.gate import check
    from launchbook.local.interface import Interface
    from launchbook.local.requestlog import RequestLog
    from launchbook.local.server import Server

    host = LocalHost(Path(record.state), record.endpoint, options.speed, network, keeper)
    dispatcher = Dispatcher(host.install)
    requests, faults, guard = RequestLog(), Faults(), Guard()
    interface = Interface(record, host, dispatcher, requests, faults, guard)
    gate = check if options.enforce_iam else None
    app = Server(dispatcher, host.fast_lanes, requests, interface, faults, gate)
    host.load()
    guard.install()
    stop.server = server = _server(app, host)
    server.should_exit = stop.asked
    announce = threading.Thread(target=_announce, args=(server, record, ready, stop), daemon=True)
    announce.start()
    try:
        server.run(sockets=[listener])
    finally:
        host.close()


def _server(app: Any, host: Any) -> Any:
    import uvicorn

    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", lifespan="off", ws="none", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=2, backlog=_BACKLOG, timeout_keep_alive=_IDLE,
    )  # fmt: skip

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            host.hush()  # long polls would hold the stop up
            await super().shutdown(sockets)

    return Server(config)


def _announce(
    server: Any, record: instance.Instance, ready: Callable[[instance.Instance], None], stop: _Stop
) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.005)
    try:
        record.record()
    except OSError as error:
        stop.unwritable = error.strerror or str(error)
        stop.now()
        return
    ready(record)


class _LogFile(logging.FileHandler):
    """A log on a disk that may be full: what cannot be written is lost, and no traceback takes its place."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing."""


def _log_to(path: Path) -> None:
    path.touch(mode=0o600)  # a traceback may show what a caller sent
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    # kill -USR1 writes the stack of every thread into the log.
    faulthandler.register(signal.SIGUSR1, file=path.open("a", encoding="utf-8"))


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def main() -> None:
    """The detached host: tells its starter over descriptor ``--tell`` that it is ready, or why it is not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--enforce-iam", action="store_true")
    parser.add_argument("--tell", type=int, required=True)
    given = parser.parse_args()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def tell(message: dict[str, Any]) -> None:
        os.write(given.tell, json.dumps(message).encode())
        os.close(given.tell)

    try:
        run(
            Options(given.port, given.speed, given.enforce_iam),
            lambda record: tell({"ready": asdict(record)}),
        )
    except LaunchbookError as error:
        try:
            tell({"error": [error.what, error.why, error.hint], "kind": type(error).__name__})
        except OSError:
            sys.exit(str(error))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
