"""What SAM makes of the events of a function or a state machine: rules, schedules, subscriptions, routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from launchbook.model import Fact, Ref
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.lined import Map, as_map, dig, line_of


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
        target=([block], one.line),
    )
    called = str(values.get("name", one.address))
    yield Part("aws_scheduler_schedule", one.address, called, one.line, values)


def _mapping(one: _Event) -> Iterator[Part]:
    values = lined(
        one.line,
        event_source_arn=one.given("Queue", "Stream", "Broker", "Cluster"),
        function_name=one.called,
        batch_size=one.given("BatchSize"),
    )
    yield Part("aws_lambda_event_source_mapping", one.address, one.address, one.line, values)


def _subscription(one: _Event) -> Iterator[Part]:
    values = lined(one.line, topic_arn=one.given("Topic"), protocol=("lambda", one.line), endpoint=one.called)
    yield Part("aws_sns_topic_subscription", one.address, one.address, one.line, values)


def _route(one: _Event) -> Iterator[Part]:
    method, path = str(one.given("Method")[0] or "ANY").upper(), str(one.given("Path")[0] or "/")
    yield route(f"endpoint:{one.address}", method, path, one.line, one.called)


def route(address: str, method: str, path: str, line: int, handler: tuple[Any, int]) -> Part:
    """An endpoint of an API, with what answers it."""
    values = lined(
        line, method=(method, line), path=(path, line), kind=(kind_of(path), line), handler=handler
    )
    return Part("endpoint", address, f"{method} {path}", line, values)


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
    "SNS": _subscription,
    "Api": _route,
    "HttpApi": _route,
}
