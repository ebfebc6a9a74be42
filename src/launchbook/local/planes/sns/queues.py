"""Sending to a queue of the same embedded AWS as one of its services: the queue's policy decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.sns.policy import admits


def send_as(
    host: Host,
    queue_arn: str,
    body: str,
    *,
    service: str,
    source_arn: str,
    attributes: Mapping[str, Any] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
) -> str | None:
    """Send one message; the error as ``CODE: text``, or None. ``attributes`` are as SendMessage takes them."""
    parts = queue_arn.split(":")
    if len(parts) != 6 or parts[2] != "sqs":
        return f"INVALID_ARN: {queue_arn} is no queue"
    region, account, name = parts[3:]
    backend = host.backend("sqs", region)
    queue = backend.queues.get(name)
    if queue is None:
        return f"SQS_QUEUE_NOT_FOUND: there is no queue {queue_arn}"
    if not admits(
        queue.policy,
        service=service,
        action="sqs:SendMessage",
        resource=queue_arn,
        source_arn=source_arn,
        account=account,
    ):
        return f"NO_PERMISSIONS: the policy of {queue_arn} doesn't admit {service} from {source_arn}"
    try:
        backend.send_message(
            name,
            body,
            message_attributes=dict(attributes or {}),
            group_id=group_id,
            deduplication_id=deduplication_id,
            validate_group_id=False,
        )
    except Exception as error:  # whatever SQS refuses is the sender's failed delivery, never its crash
        return f"SERVICE_ERROR: {error}"
    return None
