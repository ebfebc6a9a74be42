"""Traces, one from POST to PROCESSED: its context travels in the event and in the message.

OpenTelemetry is imported only when an exporter is configured. Without one, a caller's own `traceparent` is
passed on unchanged.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from orders.settings import Settings

LAST_EXPORT_SECONDS = 3.0
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

Kind = Literal["server", "consumer"]


@dataclass(frozen=True, slots=True)
class Span:
    """A running span; `traceparent` (W3C) is what its children need."""

    traceparent: str | None


class Tracer(Protocol):
    """Opens spans."""

    def span(self, name: str, kind: Kind, parent: str | None) -> contextlib.AbstractContextManager[Span]:
        """A span under `parent`, a W3C traceparent that may be absent or nonsense."""

    def close(self) -> None:
        """Send what is still held."""


class NoTracer:
    """Tracing switched off."""

    @contextlib.contextmanager
    def span(self, name: str, kind: Kind, parent: str | None) -> Iterator[Span]:
        """No span; the parent is handed on if it is one."""
        del name, kind
        yield Span(parent if parent and TRACEPARENT.fullmatch(parent) else None)

    def close(self) -> None:
        """Nothing is held."""


class OpenTelemetryTracer:
    """Spans sent over OTLP; the exporter reads its address and headers from the OTEL_ variables."""

    def __init__(self, service: str) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._kinds: dict[Kind, Any] = {"server": trace.SpanKind.SERVER, "consumer": trace.SpanKind.CONSUMER}
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("orders")
        self._propagator = TraceContextTextMapPropagator()

    @contextlib.contextmanager
    def span(self, name: str, kind: Kind, parent: str | None) -> Iterator[Span]:
        """A span under `parent`, or the first of a new trace."""
        context = self._propagator.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(name, context=context, kind=self._kinds[kind]):
            carrier: dict[str, str] = {}
            self._propagator.inject(carrier)
            yield Span(carrier.get("traceparent"))

    def close(self) -> None:
        """Export the last spans, for a few seconds at most: a collector that is away must not hold up a stop."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(LAST_EXPORT_SECONDS)


def tracer(settings: Settings, service: str) -> Tracer:
    """The tracer that the settings ask for."""
    return OpenTelemetryTracer(service) if settings.otlp_endpoint else NoTracer()
