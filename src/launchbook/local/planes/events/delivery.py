"""Delivery to one target: queues, topics, log groups, buses, loopback HTTP. Everything else is said, not done."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from launchbook.local.plane import ACCOUNT
from launchbook.local.planes import sns
from launchbook.local.planes.events import transform
from launchbook.local.planes.sns.policy import admits
from launchbook.local.planes.sns.queues import send_as

#: Called once with the error as text, or None when the target accepted the event.
Done = Callable[[str | None], None]

_SERVICE = "events.amazonaws.com"


def deliver(
    backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any], hops: int, done: Done
) -> None:
    """Deliver to a target. What this embedded AWS has no delivery for is recorded, and is no failure of AWS."""
    arn = target["Arn"].split(":", 5)
    service, resource = arn[2], arn[5] if len(arn) > 5 else ""
    if service == "sqs":
        done(_to_queue(backend, rule, target, event))
    elif service == "sns":
        done(_to_topic(backend, rule, target, event))
    elif service == "logs":
        done(_to_log_group(backend, rule, target, event))
    elif service == "events" and resource.startswith("event-bus/"):
        done(_to_bus(backend, target, event, hops))
    elif service == "events" and resource.startswith("api-destination/"):
        _to_api_destination(backend, rule, target, event, done)
    elif service == "events" and not resource:
        _to_archive(rule, target, event)
    else:
        backend.outbox.refused(rule.arn, target["Arn"], f"the embedded AWS delivers no events to {service}")


def to_dead_letters(
    backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any], error: str
) -> bool:
    """Send what could not be delivered to the target's dead-letter queue; False if there is none or it refuses."""
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return False
    code, _, message = error.partition(": ")
    told = {"RULE_ARN": rule.arn, "TARGET_ARN": target["Arn"], "ERROR_CODE": code, "ERROR_MESSAGE": message}
    attributes = {name: {"DataType": "String", "StringValue": value or "-"} for name, value in told.items()}
    lost = send_as(
        backend.host, queue, json.dumps(event), service=_SERVICE, source_arn=rule.arn, attributes=attributes
    )
    if lost:
        backend.outbox.refused(rule.arn, queue, lost)
    return lost is None


def _payload(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str:
    return transform.payload(target, event, rule.arn, rule.name)


def _to_queue(backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str | None:
    body = _payload(rule, target, event)
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    return send_as(backend.host, target["Arn"], body, service=_SERVICE, source_arn=rule.arn, group_id=group)


def _to_topic(backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str | None:
    error = sns.publish_as(
        backend.host,
        target["Arn"],
        service=_SERVICE,
        source_arn=rule.arn,
        message=_payload(rule, target, event),
    )
    return f"NO_PERMISSIONS: {error}" if error else None


def _to_log_group(backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> str | None:
    region, group = target["Arn"].split(":")[3], target["Arn"].split(":log-group:")[-1].removesuffix(":*")
    logs = backend.host.backend("logs", region)
    if group not in logs.groups:
        return f"RESOURCE_NOT_FOUND: there is no log group {group}"
    arn = f"{target['Arn'].removesuffix(':*')}:*"
    writers = (_SERVICE, "delivery.logs.amazonaws.com")
    allowed = any(
        admits(
            policy.policy_document,
            service=service,
            action="logs:PutLogEvents",
            resource=resource,
            source_arn=rule.arn,
            account=ACCOUNT,
        )
        for policy in logs.describe_resource_policies()
        for service in writers
        for resource in (arn, f"{arn}:*")
    )
    if not allowed:
        return f"NO_PERMISSIONS: no CloudWatch Logs resource policy lets {_SERVICE} write to {group}"
    stream = str(uuid4())
    logs.create_log_stream(group, stream)
    line = {"timestamp": int(time.time() * 1000), "message": _payload(rule, target, event)}
    logs.put_log_events(group, stream, [line])
    return None


def _to_bus(backend: Any, target: dict[str, Any], event: dict[str, Any], hops: int) -> str | None:
    region, name = target["Arn"].split(":")[3], target["Arn"].split("event-bus/")[-1]
    other = backend.host.backend("events", region)
    if name not in other.event_buses:
        return f"RESOURCE_NOT_FOUND: there is no event bus {name} in {region}"
    other.dispatch(name, event, hops + 1)
    return None


def _to_api_destination(
    backend: Any, rule: Any, target: dict[str, Any], event: dict[str, Any], done: Done
) -> None:
    name = target["Arn"].split("api-destination/")[-1].split("/")[0]
    destination = backend.destinations.get(name)
    if destination is None:
        done(f"RESOURCE_NOT_FOUND: there is no API destination {name}")
        return
    asked = target.get("HttpParameters") or {}
    query = urlencode(asked.get("QueryStringParameters") or {})
    url = destination.invocation_endpoint
    for value in asked.get("PathParameterValues") or []:
        url = url.replace("*", value, 1)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Amazon/EventBridge/ApiDestinations",
    }
    headers |= _authorization(backend, destination) | (asked.get("HeaderParameters") or {})
    backend.outbox.post(
        f"{url}?{query}" if query else url,
        _payload(rule, target, event).encode(),
        headers,
        lambda error: done(error and f"API_DESTINATION: {error}"),
        destination.http_method,
    )


def _authorization(backend: Any, destination: Any) -> dict[str, str]:
    """The header a connection adds: an API key or basic authorization."""
    connection = next((c for c in backend.connections.values() if c.arn == destination.connection_arn), None)
    given = (connection.auth_parameters or {}) if connection else {}
    if "ApiKeyAuthParameters" in given:
        key = given["ApiKeyAuthParameters"]
        return {key["ApiKeyName"]: key.get("ApiKeyValue", "")}
    if "BasicAuthParameters" in given:
        pair = given["BasicAuthParameters"]
        packed = base64.b64encode(f"{pair['Username']}:{pair.get('Password', '')}".encode()).decode()
        return {"Authorization": f"Basic {packed}"}
    return {}


def _to_archive(rule: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
    template = (target.get("InputTransformer") or {}).get("InputTemplate") or "{}"
    try:
        arn = json.loads(transform.fill(template, {})).get("archive-arn", "")
    except ValueError:
        return
    if arn:
        rule._send_to_events_archive(arn.split("archive/")[-1], event)
