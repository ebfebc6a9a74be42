"""moto's EventBridge with rules that are matched exactly and targets that are delivered to."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.events import models
from moto.events.exceptions import ValidationException

from launchbook.local.plane import Host
from launchbook.local.planes.events import delivery, pattern
from launchbook.local.planes.sns.outbox import Outbox

log = logging.getLogger(__name__)

#: Buses one event may pass through, so that two rules can't send it in a ring for ever.
_MAX_HOPS = 5


def install(host: Host, outbox: Outbox) -> None:
    """Make moto create our backend in every region from now on."""
    DeliveringBackend.host, DeliveringBackend.outbox = host, outbox
    models.events_backends.backend = DeliveringBackend
    for account in models.events_backends.values():
        account.backend = DeliveringBackend
        account.clear()


class DeliveringBackend(models.EventsBackend):
    """EventBridge of one region."""

    #: Set once, before the first region exists.
    host: Host
    outbox: Outbox
    #: moto takes ``rate(0 minutes)`` too.
    _RATE_REGEX = re.compile(r"rate\(0*[1-9]\d*\s(minute|hour|day)s?\)$", re.ASCII)

    @property
    def _url_module(self) -> Any:
        from moto.events import urls

        return urls

    def event(
        self,
        source: str,
        detail_type: str,
        detail: Mapping[str, Any],
        resources: Sequence[str],
        time: datetime | None = None,
    ) -> dict[str, Any]:
        """A new event in the shape that rules match and targets get."""
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self.account_id,
            "time": (time or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.region_name,
            "resources": list(resources),
            "detail": dict(detail),
        }

    def put_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put a caller's events; one bad entry does not stop the others."""
        if len(events) > 10:
            raise ValidationException(
                "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy "
                "constraint: Member must have length less than or equal to 10"
            )
        return [self._put(entry) for entry in events]

    def _put(self, entry: dict[str, Any]) -> dict[str, Any]:
        for name in ("Source", "DetailType", "Detail"):
            if not entry.get(name):
                why = f"Parameter {name} is not valid. Reason: {name} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": why}
        if str(entry["Source"]).startswith("aws."):
            why = "Not authorized for the source."
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": why}
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        bus = self._normalize_event_bus_arn(entry.get("EventBusName"))
        event = self.event(
            entry["Source"],
            entry["DetailType"],
            detail,
            entry.get("Resources") or [],
            _moment(entry.get("Time")),
        )
        if bus in self.event_buses:  # an unknown bus takes the event and loses it, as on AWS
            self.dispatch(bus, event)
        return {"EventId": event["id"]}

    def dispatch(self, bus: str, event: dict[str, Any], hops: int = 0) -> None:
        """Match an event against every rule of a bus and deliver it to the targets of those that match."""
        if hops >= _MAX_HOPS:
            return
        for rule in list(self.event_buses[bus].rules.values()):
            wanted = rule.event_pattern.get_pattern()
            if rule.state != "DISABLED" and wanted and pattern.matches(wanted, event):
                self.trigger(rule, event, hops)

    def trigger(self, rule: models.Rule, event: dict[str, Any], hops: int = 0) -> None:
        """Deliver an event to every target of a rule, and count what became of it."""
        self._count(rule, "TriggeredRules")
        if not rule.scheduled_expression:
            self._count(rule, "MatchedEvents")
        for target in list(rule.targets):
            self._count(rule, "Invocations")
            done = self._done(rule, target, event)
            try:
                delivery.deliver(self, rule, target, event, hops, done)
            except Exception as error:  # one target must not keep the event from the others
                log.exception("the rule %s can't deliver to %s", rule.name, target["Arn"])
                done(f"SERVICE_ERROR: {error}")

    def _done(self, rule: models.Rule, target: dict[str, Any], event: dict[str, Any]) -> delivery.Done:
        def done(error: str | None) -> None:
            if error is None:
                return
            self._count(rule, "FailedInvocations")
            self.outbox.refused(rule.arn, target["Arn"], error)
            if delivery.to_dead_letters(self, rule, target, event, error):
                self._count(rule, "InvocationsSentToDlq")
            elif target.get("DeadLetterConfig"):
                self._count(rule, "InvocationsFailedToBeSentToDlq")

        return done

    def _count(self, rule: models.Rule, metric: str) -> None:
        dimensions = {"RuleName": rule.name}
        if rule.event_bus_name != "default":
            dimensions["EventBusName"] = rule.event_bus_name
        self.host.metric(self.region_name, "AWS/Events", metric, 1, dimensions=dimensions, unit="Count")


def _moment(given: Any) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    try:
        return datetime.fromtimestamp(float(given), UTC)
    except (TypeError, ValueError):
        return None
