"""What SAM makes of the events of a function or a state machine: rules, schedules, subscriptions, routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from launchbook.model import Fact, Ref
from launchbook.model.records import record
from launchbook.repo.cloudformation.convert import converted
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.lined import Map, Seq, as_map, dig, line_of


@record()
class Part:
    """A fact that lies inside a resource's properties."""

    kind: str
    address: str
    name: str
    line: int
    attributes: Map


def lined(line: int, **values: Any) -> Map:
    """Attributes from pairs of a value and its line; a value that is None is left out."""
    found = Map(line)
    for key, (value, at) in values.items():
        if value is not None:
            found[key], found.lines[key] = value, at
    return found


@record()
class _Event:
    """One event: whom it calls, where it stands, and what it says."""

    owner: Fact
    address: str
    line: int
    event: Any

    def given(self, *keys: str) -> tuple[Any, int]:
        """The first of some properties that is written, with its line."""
        for key in keys:
            value = dig(self.event, "Properties", key)
            if value is not None:
                return value, line_of(self.event, "Properties", key)
        return None, self.line

    @property
    def called(self) -> tuple[Ref, int]:
        return Ref(self.owner.id, "arn"), self.line


def events(name: str, properties: Map, fact: Fact) -> Iterator[Part]:
    """The parts behind every event that is known here."""
    written = as_map(properties.get("Events"))
    for label, event in written.items():
        make = _MAKES.get(str(as_map(event).get("Type")))
        if make:
            yield from make(_Event(fact, f"{name}.Events.{label}", line_of(written, label), event))


def unknown_events(properties: Any) -> Iterator[tuple[str, str, int]]:
    """Events that are not read here: the label, the type as it is written, and the line."""
    written = dig(properties, "Events")
    for label, event in as_map(written).items():
        kind = as_map(event).get("Type")
        if kind not in _MAKES:
            yield label, str(kind), line_of(written, label)


def _rule(one: _Event) -> Iterator[Part]:
    rule = lined(
        one.line,
        schedule_expression=one.given("Schedule"),
        event_pattern=one.given("Pattern"),
        event_bus_name=one.given("EventBusName"),
        name=one.given("Name"),
    )
    called = str(rule.get("name", one.address))
    yield Part("aws_cloudwatch_event_rule", one.address, called, one.line, rule)
    pointer = (Ref(f"{one.owner.where.file}#{one.address}", "name"), one.line)
    target = lined(one.line, rule=pointer, arn=one.called, dead_letter_config=one.given("DeadLetterConfig"))
    yield Part("aws_cloudwatch_event_target", f"{one.address}.Target", one.address, one.line, target)


def _schedule(one: _Event) -> Iterator[Part]:
    block = lined(one.line, arn=one.called)
    values = lined(
        one.line,
        schedule_expression=one.given("ScheduleExpression"),
        schedule_expression_timezone=one.given("ScheduleExpressionTimezone"),
        state=one.given("State"),
        name=one.given("Name"),
        target=(_listed(block), one.line),
    )
    called = str(values.get("name", one.address))
    yield Part("aws_scheduler_schedule", one.address, called, one.line, values)


def _mapping(one: _Event) -> Iterator[Part]:
    values = lined(
        one.line,
        event_source_arn=one.given("Queue", "Stream", "Broker", "Cluster"),
        function_name=one.called,
        batch_size=one.given("BatchSize"),
        enabled=one.given("Enabled"),
        function_response_types=one.given("FunctionResponseTypes"),
        maximum_retry_attempts=one.given("MaximumRetryAttempts"),
        destination_config=_blocks(*one.given("DestinationConfig")),
    )
    yield Part("aws_lambda_event_source_mapping", one.address, one.address, one.line, values)


def _listed(block: Map) -> Seq:
    found = Seq(block.line)
    found.append(block)
    found.lines.append(block.line)
    return found


def _blocks(value: Any, line: int) -> tuple[Any, int]:
    return (converted(value), line) if isinstance(value, Map) else (value, line)


def _notification(one: _Event) -> Iterator[Part]:
    """What a bucket tells: one notification with the function that it calls."""
    block = lined(
        one.line, lambda_function_arn=one.called, events=one.given("Events"), filter=one.given("Filter")
    )
    values = lined(one.line, bucket=one.given("Bucket"), lambda_function=(_listed(block), one.line))
    yield Part("aws_s3_bucket_notification", one.address, one.address, one.line, values)


def _log_filter(one: _Event) -> Iterator[Part]:
    values = lined(
        one.line,
        log_group_name=one.given("LogGroupName"),
        filter_pattern=one.given("FilterPattern"),
        destination_arn=one.called,
    )
    yield Part("aws_cloudwatch_log_subscription_filter", one.address, one.address, one.line, values)


def _subscription(one: _Event) -> Iterator[Part]:
    values = lined(one.line, topic_arn=one.given("Topic"), protocol=("lambda", one.line), endpoint=one.called)
    yield Part("aws_sns_topic_subscription", one.address, one.address, one.line, values)


def _route(one: _Event) -> Iterator[Part]:
    method, path = str(one.given("Method")[0] or "ANY").upper(), str(one.given("Path")[0] or "/")
    asked = {
        "api": one.given("RestApiId", "ApiId"),
        "auth": one.given("Auth"),
        "event": (dig(one.event, "Type"), one.line),
    }
    yield route(f"endpoint:{one.address}", method, path, one.line, one.called, **asked)


def route(
    address: str, method: str, path: str, line: int, handler: tuple[Any, int], **more: tuple[Any, int]
) -> Part:
    """An endpoint of an API, with what answers it; ``more`` are attributes with their lines."""
    said = {"method": (method, line), "path": (path, line), "kind": (kind_of(path), line)}
    values = lined(line, **said, handler=handler, **more)
    return Part("endpoint", address, f"{method} {path}", line, values)


_IMPLICIT = {
    "Api": ("ServerlessRestApi", "aws_api_gateway_rest_api", "RestApiId"),
    "HttpApi": ("ServerlessHttpApi", "aws_apigatewayv2_api", "ApiId"),
}


def implicit_apis(body: Map) -> Iterator[Part]:
    """The APIs that SAM makes for events that name none: one of each kind in a template, at the first such event."""
    told: set[str] = set()
    resources = as_map(body.get("Resources"))
    for resource in resources.values():
        events_of = dig(resource, "Properties", "Events")
        for name, event in as_map(events_of).items():
            address, kind, given = _IMPLICIT.get(str(dig(event, "Type")), ("", "", ""))
            if kind and kind not in told and dig(event, "Properties", given) is None:
                told.add(kind)
                yield Part(kind, address, address, line_of(events_of, name), Map(line_of(events_of, name)))


def event_routes(body: Map) -> set[tuple[str, str]]:
    """Method and path of every event of a template that is a route, as they are written."""
    found = set()
    for resource in as_map(body.get("Resources")).values():
        for event in as_map(dig(resource, "Properties", "Events")).values():
            inside = as_map(as_map(event).get("Properties"))
            found.add((str(inside.get("Method", "ANY")).upper(), str(inside.get("Path"))))
    return found


_MAKES: dict[str, Callable[[_Event], Iterator[Part]]] = {
    "Schedule": _rule,
    "EventBridgeRule": _rule,
    "CloudWatchEvent": _rule,
    "ScheduleV2": _schedule,
    "SQS": _mapping,
    "Kinesis": _mapping,
    "DynamoDB": _mapping,
    "MSK": _mapping,
    "MQ": _mapping,
    "DocumentDB": _mapping,
    "S3": _notification,
    "CloudWatchLogs": _log_filter,
    "SNS": _subscription,
    "Api": _route,
    "HttpApi": _route,
}
