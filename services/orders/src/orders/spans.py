"""Spans for OpenTelemetry's exporter, made when they end. Imported only when an exporter is configured."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.sampling import Decision, Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from orders.ids import random_number
from orders.tracing import TRACEPARENT, Kind, Span

_KINDS: dict[Kind, SpanKind] = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}
_SCOPE = InstrumentationScope("orders")
_SAMPLED, _DROPPED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)


class Spans:
    """Begins spans; those that are sampled go to `ended`."""

    def __init__(self, resource: Resource, sampler: Sampler, ended: Callable[[ReadableSpan], None]) -> None:
        self.resource = resource
        self.ended = ended
        self._sampler = sampler

    def begin(self, name: str, kind: Kind, parent: str | None) -> Open:
        """A span that begins now, under `parent` if that is a W3C traceparent."""
        above = _context(parent) if parent and TRACEPARENT.fullmatch(parent) else None
        trace_id = above.trace_id if above else random_number(16)
        held = trace.set_span_in_context(NonRecordingSpan(above)) if above else None
        decided = self._sampler.should_sample(held, trace_id, name, _KINDS[kind])
        flags = _SAMPLED if decided.decision is Decision.RECORD_AND_SAMPLE else _DROPPED
        return Open(self, name, kind, above, SpanContext(trace_id, random_number(8), False, flags))


class Open:
    """A span that has not ended: a context manager."""

    __slots__ = ("_above", "_context", "_kind", "_name", "_spans", "_started")

    def __init__(
        self, spans: Spans, name: str, kind: Kind, above: SpanContext | None, context: SpanContext
    ) -> None:
        self._spans, self._name, self._kind = spans, name, kind
        self._above, self._context = above, context
        self._started = time.time_ns()

    def __enter__(self) -> Span:
        own = self._context
        return Span(f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}")

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        if not self._context.trace_flags.sampled:
            return
        ends, status, events = time.time_ns(), Status(), []
        if isinstance(error, Exception):
            status = Status(StatusCode.ERROR, f"{type(error).__name__}: {error}")
            about = {"exception.type": type(error).__qualname__, "exception.message": str(error)}
            events = [Event("exception", about, ends)]
        spans = self._spans
        span = ReadableSpan(
            self._name, self._context, self._above, spans.resource, None, events, (), _KINDS[self._kind],
            None, status, self._started, ends, _SCOPE,
        )  # fmt: skip
        spans.ended(span)


def _context(parent: str) -> SpanContext:
    _, trace_id, span_id, flags = parent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), True, TraceFlags(int(flags, 16)))
