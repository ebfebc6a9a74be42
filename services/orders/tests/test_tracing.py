"""One trace from POST to PROCESSED, sent over OTLP; and no trace of OpenTelemetry without an exporter."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from orders.spans import Spans
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


def spans(sampler: Any) -> tuple[Spans, list[Any]]:
    ended: list[Any] = []
    return Spans(Resource.create({"service.name": "x"}), sampler, ended.append), ended


def test_a_span_has_its_parent_its_times_and_what_went_wrong() -> None:
    made, ended = spans(ParentBased(ALWAYS_ON))
    with made.begin("good", "server", CALLER) as good:
        pass
    with pytest.raises(RuntimeError), made.begin("bad", "consumer", good.traceparent) as bad:
        raise RuntimeError("a bug")
    first, second = ended
    assert first.parent.span_id == int(CALLER.split("-")[2], 16)
    assert {first.context.trace_id, second.context.trace_id} == {int(CALLER.split("-")[1], 16)}
    assert second.parent.span_id == first.context.span_id
    assert bad.traceparent == f"00-{CALLER.split('-')[1]}-{second.context.span_id:016x}-01"
    assert (first.status.is_ok, first.events, first.kind.name) == (True, (), "SERVER")
    assert (second.status.is_ok, second.status.description) == (False, "RuntimeError: a bug")
    assert second.events[0].attributes["exception.message"] == "a bug"
    assert 0 < first.start_time <= first.end_time <= second.start_time <= second.end_time <= time.time_ns()


def test_what_is_not_sampled_is_not_sent_and_its_children_know() -> None:
    made, ended = spans(ParentBased(ALWAYS_OFF))
    with made.begin("root", "server", "nonsense") as root:
        assert root.traceparent is not None
        assert root.traceparent.endswith("-00")
    with made.begin("of a sampled caller", "server", CALLER) as sampled:
        pass
    assert [span.name for span in ended] == ["of a sampled caller"]
    made, ended = spans(ParentBased(ALWAYS_ON))
    with made.begin("of one that is not", "server", root.traceparent):
        pass
    assert ended == []
    assert sampled.traceparent is not None
    assert sampled.traceparent.endswith("-01")
