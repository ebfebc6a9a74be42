"""The platform's metrics. Labels have few values: never an order, a customer or a path as it was asked.

With several API processes the parent sets PROMETHEUS_MULTIPROC_DIR, each child keeps its numbers in a file
there, and the parent's management port serves their sum.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SLOW = (0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUESTS = Counter("orders_http_requests", "Requests answered", ["route", "method", "status"])
REQUEST_SECONDS = Histogram("orders_http_request_seconds", "Time to answer", ["route"], buckets=FAST)
CREATED = Counter("orders_created", "Orders stored with their event")
COMMIT_SIZE = Histogram("orders_commit_size", "Orders stored in one transaction", buckets=SIZES)
PROCESSED = Counter("orders_processed", "Orders that became PROCESSED")
RETRIED = Counter("orders_retried", "Failures that will be retried")
FAILED = Counter("orders_failed", "Orders that became FAILED")
PROCESSING_SECONDS = Histogram("orders_processing_seconds", "Claim to commit of one order", buckets=SLOW)
IN_WORK = Gauge("orders_in_work", "Orders this worker holds", multiprocess_mode="livesum")
BACKLOG = Gauge("orders_outbox_backlog", "Events not yet sent", multiprocess_mode="livemax")
BACKLOG_AGE = Gauge(
    "orders_outbox_oldest_seconds", "Age of the oldest event not yet sent", multiprocess_mode="livemax"
)
QUEUE_SENT = Counter("orders_queue_sent", "Messages the queue took")
QUEUE_REFUSED = Counter("orders_queue_refused", "Messages the queue refused")
QUEUE_RECEIVED = Counter("orders_queue_received", "Messages received")
QUEUE_DELETED = Counter("orders_queue_deleted", "Messages deleted")
QUEUE_ERRORS = Counter("orders_queue_errors", "Calls to the queue that failed", ["operation"])
MESSAGES = Counter("orders_messages", "What became of a received message", ["outcome"])
OVERDUE = Counter("orders_overdue", "Orders brought back without their message", ["kind"])


disable_created_metrics()  # type: ignore[no-untyped-call]


def render() -> bytes:
    """The metrics in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
