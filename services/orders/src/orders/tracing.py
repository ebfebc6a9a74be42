"""Traces, one from POST to PROCESSED: its context travels in the event and in the message.

OpenTelemetry is imported only when an exporter is configured. Without one, a caller's own `traceparent` is
passed on unchanged.
"""

from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import dataclass
from typing import Literal, Protocol

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

    def span(self, name: str, kind: Kind, parent: str | None) -> contextlib.AbstractContextManager[Span]:
        """No span; the parent is handed on if it is one."""
        del name, kind
        if parent is None:
            return _NOTHING
        return contextlib.nullcontext(Span(parent if TRACEPARENT.fullmatch(parent) else None))

    def close(self) -> None:
        """Nothing is held."""


_NOTHING = contextlib.nullcontext(Span(None))


class OpenTelemetryTracer:
    """Spans sent over OTLP; exporter, batches and sampler are set by the OTEL_ variables.

    The SDK makes a span that may be changed until its end, and is the current one of its context. Ours need
    neither: they are made when they end, with what is known by then. That halves the cost of tracing a request.
    """

    def __init__(self, service: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from orders.spans import Spans

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service}), shutdown_on_exit=False
        )
        processor = BatchSpanProcessor(OTLPSpanExporter())
        self._provider.add_span_processor(processor)
        self._spans = Spans(self._provider.resource, self._provider.sampler, processor.on_end)

    def span(self, name: str, kind: Kind, parent: str | None) -> contextlib.AbstractContextManager[Span]:
        """A span under `parent`, or the first of a new trace."""
        return self._spans.begin(name, kind, parent)

    def close(self) -> None:
        """Export the last spans, for a few seconds at most: a collector that is away must not hold up a stop."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(LAST_EXPORT_SECONDS)


def tracer(settings: Settings, service: str) -> Tracer:
    """The tracer that the settings ask for."""
    return OpenTelemetryTracer(service) if settings.otlp_endpoint else NoTracer()
