"""One trace from POST to PROCESSED, sent over OTLP; and no trace of OpenTelemetry without an exporter."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from orders.tracing import NoTracer

from tests.support.ports import free_port

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_one_trace_from_post_to_processed(
    start: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    spans: dict[str, Any] = {}

    async def collect(request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                spans.update({span.name: span for span in scope.spans})
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{runner.addresses[0][1]}"}
    api, worker = start("api", **collector), start("worker", **collector)
    order = {"customerId": "c", "amount": 1}
    async with http.post(api.url + "/orders", json=order, headers={"traceparent": CALLER}) as answer:
        location = answer.headers["Location"]
    status = ""
    while status != "PROCESSED":
        await asyncio.sleep(0.05)
        async with http.get(api.url + location) as answer:
            status = (await answer.json())["status"]
    for service in (api, worker):
        await asyncio.to_thread(service.process.stop)
    await runner.cleanup()
    posted, processed = spans["POST /orders"], spans["process order"]
    assert posted.trace_id.hex() == processed.trace_id.hex() == CALLER.split("-")[1]
    assert posted.parent_span_id.hex() == CALLER.split("-")[2]
    assert processed.parent_span_id == posted.span_id


async def test_a_collector_that_is_away_holds_up_no_request_and_no_stop(
    start: Callable[..., Any], http: aiohttp.ClientSession
) -> None:
    api = start("api", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    async with http.post(api.url + "/orders", json={"customerId": "c", "amount": 1}) as answer:
        assert answer.status == 202
    started = time.monotonic()
    assert await asyncio.to_thread(api.process.stop) == 0
    assert time.monotonic() - started < 6


def test_without_an_exporter_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, orders.app, orders.supervisor;"
        "from orders import settings, tracing;"
        "tracing.tracer(settings.load({}, database=False, queue=False), 'x');"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'alembic', 'boto3'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_callers_trace_is_handed_on_and_nonsense_is_not() -> None:
    for given, kept in (
        (CALLER, CALLER),
        ("nonsense", None),
        (None, None),
        (CALLER.replace("00-", "xx-"), None),
    ):
        with NoTracer().span("name", "server", given) as span:
            assert span.traceparent == kept
