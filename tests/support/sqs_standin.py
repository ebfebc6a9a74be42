"""A small faithful SQS (JSON protocol) as a process of its own, that misbehaves on command.

    python -m tests.support.sqs_standin --port 21000 --control-port 21001 --visibility 2

Queues: `orders`, redriven after `--max-receive-count` receives to `orders-dlq`. The control port takes
`POST /fault {"kind": …, "seconds": …}` and answers `GET /state` with counts. The kinds:

    refuse     the port is closed and every connection dropped
    hang       requests are taken and never answered, then dropped when the fault ends
    error      500, 503 or a throttling error, and nothing is done
    lost       the work is done, the answer never arrives
    duplicate  what is received stays visible once more
    late       what is sent becomes visible only after `delay` seconds
"""

import argparse
import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.support.sqs_model import Queue
from tests.support.sqs_operations import ACCOUNT, Operations, SqsError

KINDS = ("refuse", "hang", "error", "lost", "duplicate", "late")
_ERRORS = ((500, "InternalFailure"), (503, "ServiceUnavailable"), (403, "RequestThrottled"))


class Faults:
    """What is wrong at present, until when, and how many requests met it."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self.delay = 0.0
        self.met: Counter[str] = Counter()

    def begin(self, kind: str, seconds: float, delay: float = 0.0) -> None:
        """Misbehave in this way for `seconds` from now."""
        self._until[kind] = time.monotonic() + seconds
        if kind == "late":
            self.delay = delay

    def active(self, kind: str) -> bool:
        """Whether this fault is on."""
        return time.monotonic() < self._until.get(kind, 0.0)

    def meets(self, kind: str) -> bool:
        """Whether this fault is on, counting the request that met it."""
        if self.active(kind):
            self.met[kind] += 1
            return True
        return False

    async def over(self, kind: str) -> None:
        """Return when this fault has ended."""
        while self.active(kind):
            await asyncio.sleep(0.02)


class StandIn:
    """The queue's port, which may close, and the control port, which never does."""

    def __init__(self, operations: Operations, port: int) -> None:
        self.operations = operations
        self.faults = operations.faults = Faults()
        self.port = port
        self.requests = 0
        self._error = itertools.cycle(_ERRORS)
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Take connections."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        # Zero would mean to wait for open long polls as long as they like.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        """Refuse connections and drop the open ones."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def fault(self, request: web.Request) -> web.Response:
        """`POST /fault`: begin one, and for `refuse` close the port meanwhile."""
        said = await request.json()
        self.faults.begin(said["kind"], said["seconds"], said.get("delay", 0.0))
        if said["kind"] == "refuse" and self._runner:
            await self.close()
            self._reopening = asyncio.create_task(self._reopen())
        return web.json_response({"begun": said["kind"]})

    async def state(self, request: web.Request) -> web.Response:
        """`GET /state`: each queue's counts and the requests that met each fault."""
        now = time.monotonic()
        queues = {name: _describe(queue, now) for name, queue in self.operations.queues.items()}
        return web.json_response({"queues": queues, "met": self.faults.met, "requests": self.requests})

    async def _reopen(self) -> None:
        await self.faults.over("refuse")
        await self.open()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if self.faults.meets("hang"):
            await self.faults.over("hang")
            return _drop(request)
        if self.faults.meets("error"):
            status, code = next(self._error)
            return _error(SqsError(code, "the stand-in was told to fail", status))
        target = request.headers.get("X-Amz-Target", "").removeprefix("AmazonSQS.")
        handler: Callable[[dict[str, object]], Awaitable[dict[str, object]]] | None
        handler = self.operations.table.get(target)
        try:
            if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
                raise SqsError("MissingAuthenticationToken", "the request is not signed", 403)
            if handler is None:
                raise SqsError("UnknownOperation", f"the stand-in has no operation {target!r}", 404)
            answer = await handler(json.loads(await request.read()))
        except SqsError as error:
            return _error(error)
        if self.faults.meets("lost"):
            return _drop(request)
        return web.json_response(answer, content_type="application/x-amz-json-1.0")


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _error(error: SqsError) -> web.Response:
    return web.json_response(
        {"__type": f"com.amazonaws.sqs#{error.code}", "message": str(error)},
        status=error.status,
        content_type="application/x-amz-json-1.0",
        headers={"x-amzn-query-error": f"{error.code};Sender"},
    )


def _describe(queue: Queue, now: float) -> dict[str, object]:
    visible, in_flight, delayed = queue.counts(now)
    return {
        "visible": visible, "in_flight": in_flight, "delayed": delayed,
        "sent": queue.sent, "received": queue.received, "deleted": queue.deleted, "bodies": queue.bodies()[:1000],
    }  # fmt: skip


async def serve(options: argparse.Namespace) -> None:
    """Run until cancelled."""
    dead = Queue("orders-dlq", visibility=options.visibility)
    work = Queue(
        "orders", visibility=options.visibility, max_receive_count=options.max_receive_count,
        dead_letters=dead, outdated_deletes=options.outdated_deletes,
    )  # fmt: skip
    operations = Operations((work, dead), f"http://127.0.0.1:{options.port}/{ACCOUNT}/")
    stand_in = StandIn(operations, options.port)
    await stand_in.open()
    control = web.Application()
    control.add_routes([web.post("/fault", stand_in.fault), web.get("/state", stand_in.state)])
    runner = web.AppRunner(control, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.control_port).start()
    await asyncio.Event().wait()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control-port", type=int, required=True)
    parser.add_argument("--visibility", type=float, default=30.0, help="seconds")
    parser.add_argument("--max-receive-count", type=int, default=5)
    parser.add_argument("--outdated-deletes", type=float, default=0.5, help="share, from 0 to 1")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
