"""The events of a function, as the resources and routes that the Serverless Framework makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.model.records import record
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.lined import as_list, as_map, dig
from launchbook.repo.reader import File, Found, unread


@record()
class Event:
    """One event: the function that it starts, its place among the function's, what is given, and its line."""

    file: File
    found: Found
    function: Fact
    at: str
    kind: str
    given: object
    line: int
    region: str
    resources: Mapping[str, str]

    def fact(self, kind: str, word: str, attributes: dict[str, Value], name: str = "") -> Fact:
        """Add what the event makes."""
        return self.found.fact(
            self.file,
            kind,
            f"{word}.{self.at}",
            name=name or f"{self.function.name}-{self.kind}",
            line=self.line,
            attributes=attributes,
            lines=dict.fromkeys(attributes, self.line),
            region=self.region,
            whole=False,
        )


def read_event(event: Event) -> None:
    """Add what an event makes; a kind that is not known is a gap."""
    make = _KINDS.get(event.kind)
    if make is None:
        what = f"the event {event.kind} of function {event.function.name} is not read"
        event.found.gap(event.file, what, "serverless package", event.line)
        return
    make(event)


def reference(value: object, resources: Mapping[str, str]) -> Value:
    """``!GetAtt Queue.Arn`` and ``!Ref Queue`` as the resource; text as it is."""
    for key in ("Fn::GetAtt", "Ref"):
        target = dig(value, key)
        if target is not None:
            parts = [str(one) for one in as_list(target)] or str(target).split(".", 1)
            where = resources.get(parts[0])
            if where is None:
                return unread(f"{parts[0]} is not in these files")
            return Ref(where, attribute_name(parts[1]) if len(parts) > 1 else "id")
    if isinstance(value, str | Unread):
        return value
    return None if value is None else unread("put together when it is deployed")


#: The API that the framework makes of all events of a kind, by its logical id.
_APIS = {
    "httpApi": ("aws_apigatewayv2_api", "HttpApi"),
    "http": ("aws_api_gateway_rest_api", "ApiGatewayRestApi"),
}


def _route(event: Event) -> None:
    kind, address = _APIS[event.kind]
    if event.found.first(kind, event.file.path):
        event.found.fact(event.file, kind, address, line=event.line, region=event.region, whole=False)
    for method, path in _routes(event.given):
        guards: list[Value] = ["authentication"] if dig(event.given, "authorizer") else []
        guards += ["api-key"] if dig(event.given, "private") is True else []
        event.found.endpoint(
            event.file, method, path, event.line, kind=kind_of(path), of=event.at, guards=guards
        )


def _routes(given: object) -> Iterator[tuple[str, str]]:
    """``GET /x``, ``{method: get, path: x}`` and ``*``."""
    if isinstance(given, str):
        method, _, path = given.strip().partition(" ")
    elif isinstance(dig(given, "path"), str):
        method, path = str(dig(given, "method") or "any"), str(dig(given, "path"))
    else:
        return
    verb = "ANY" if method.lower() in ("*", "any") else method.upper()
    yield verb, ("/" + path.strip().lstrip("/")).replace("+}", "}")


def _schedule(event: Event) -> None:
    rates = dig(event.given, "rate") if isinstance(event.given, dict) else event.given
    for rate in as_list(rates) or [rates]:
        if isinstance(rate, str | Unread):
            _rule(event, {"schedule_expression": rate})


def _event_bridge(event: Event) -> None:
    given = as_map(event.given)
    attributes: dict[str, Value] = {}
    if isinstance(given.get("schedule"), str | Unread):
        attributes["schedule_expression"] = given["schedule"]
    if given.get("pattern") is not None:
        attributes["event_pattern"] = json.dumps(given["pattern"], default=str)
    if given.get("eventBus") is not None:
        attributes["event_bus_name"] = reference(given["eventBus"], event.resources)
    _rule(event, attributes)


def _rule(event: Event, attributes: dict[str, Value]) -> None:
    off = dig(event.given, "enabled") is False
    rule = event.fact(
        "aws_cloudwatch_event_rule", "rule", {**attributes, "state": "DISABLED" if off else "ENABLED"}
    )
    event.found.relation("target", rule.id, event.function.id, event.file.where(event.line))


def _mapping(event: Event) -> None:
    source = dig(event.given, "arn") if isinstance(event.given, dict) else event.given
    attributes: dict[str, Value] = {
        "event_source_arn": reference(source, event.resources),
        "function_name": Ref(event.function.id, "arn"),
        "enabled": dig(event.given, "enabled") is not False,
    }
    size = dig(event.given, "batchSize")
    if isinstance(size, int):
        attributes["batch_size"] = size
    event.fact("aws_lambda_event_source_mapping", "mapping", attributes)


def _topic(event: Event) -> None:
    named = dig(event.given, "topicName") if isinstance(event.given, dict) else event.given
    source = dig(event.given, "arn")
    topic: Value = reference(source, event.resources)
    if source is None:
        text = named if isinstance(named, str) else ""
        if text.startswith("arn:"):
            topic = text
        else:  # a name alone makes the topic
            made = event.fact("aws_sns_topic", "topic", {"name": text or unread("not written out")}, text)
            topic = Ref(made.id, "arn")
    endpoint: Value = Ref(event.function.id, "arn")
    event.fact(
        "aws_sns_topic_subscription",
        "subscription",
        {"topic_arn": topic, "protocol": "lambda", "endpoint": endpoint},
    )


def _bucket(event: Event) -> None:
    named = dig(event.given, "bucket") if isinstance(event.given, dict) else event.given
    bucket: Value = reference(named, event.resources)
    if isinstance(named, str) and dig(event.given, "existing") is not True:
        made = event.fact("aws_s3_bucket", "bucket", {"bucket": named}, named)
        bucket = Ref(made.id, "bucket")
    event.fact("aws_s3_bucket_notification", "notification", {"bucket": bucket})


def _log(event: Event) -> None:
    group = dig(event.given, "logGroup") if isinstance(event.given, dict) else event.given
    given: Value = reference(group, event.resources)
    arn: Value = Ref(event.function.id, "arn")
    event.fact(
        "aws_cloudwatch_log_subscription_filter", "filter", {"log_group_name": given, "destination_arn": arn}
    )


_KINDS: dict[str, Callable[[Event], None]] = {
    "http": _route,
    "httpApi": _route,
    "schedule": _schedule,
    "eventBridge": _event_bridge,
    "cloudwatchEvent": _event_bridge,
    "sqs": _mapping,
    "stream": _mapping,
    "kafka": _mapping,
    "msk": _mapping,
    "activemq": _mapping,
    "rabbitmq": _mapping,
    "sns": _topic,
    "s3": _bucket,
    "cloudwatchLog": _log,
}
