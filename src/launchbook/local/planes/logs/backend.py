"""moto's CloudWatch Logs with metric filters that emit, and a bound on what one stream keeps."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.logs import models
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException

from launchbook.local.plane import Host
from launchbook.local.planes.logs.patterns import InvalidPattern, Match, match

log = logging.getLogger(__name__)

#: Lines one stream keeps; the oldest go first.
MAX_LINES = 100_000


def install(host: Host) -> None:
    """Make moto create our backend in every region from now on."""
    CountingBackend.host = host
    vars(models)["EventMessageFilter"] = LineFilter
    models.LogGroup = CountedLogGroup  # type: ignore[misc]
    models.SubscriptionFilter = SubscriptionFilter  # type: ignore[misc]
    models.logs_backends.backend = CountingBackend
    for account in models.logs_backends.values():
        account.backend = CountingBackend
        account.clear()


class LineFilter:
    """What FilterLogEvents asks of each line, with our patterns."""

    def __init__(self, pattern: str) -> None:
        self._pattern = checked(pattern)

    def matches(self, message: str) -> bool:
        """True if the line passes."""
        return match(self._pattern, message) is not None


class CountedLogGroup(models.LogGroup):
    """A log group that says how many metric filters it has."""

    def to_describe_dict(self) -> dict[str, Any]:
        """The group as DescribeLogGroups answers it."""
        filters = models.logs_backends[self.account_id][self.region].filters
        mine = filters.get_matching_filters(log_group_name=self.name)
        kind = getattr(self, "launchbook_class", "STANDARD")
        return super().to_describe_dict() | {"metricFilterCount": len(mine), "logGroupClass": kind}


class SubscriptionFilter(models.SubscriptionFilter):
    """A subscription with its own distribution."""

    def to_json(self) -> dict[str, Any]:
        """The subscription as it is described."""
        told = super().to_json()
        return told | {"distribution": getattr(self, "launchbook_distribution", told["distribution"])}


class CountingBackend(models.LogsBackend):
    """CloudWatch Logs of one region."""

    #: Set once, before the first region exists.
    host: Host

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        #: Saved queries of Logs Insights by id, as they are answered.
        self.query_definitions: dict[str, dict[str, Any]] = {}

    @property
    def _url_module(self) -> Any:
        from moto.logs import urls

        return urls

    def put_metric_filter(
        self, filter_name: str, filter_pattern: str, log_group_name: str, metric_transformations: Any
    ) -> None:
        """Create a metric filter, or replace the one of that name."""
        if log_group_name not in self.groups:
            raise ResourceNotFoundException()
        checked(filter_pattern)
        self.filters.delete_filter(filter_name, log_group_name)
        super().put_metric_filter(filter_name, filter_pattern, log_group_name, metric_transformations)
        self.filters.metric_filters[-1]["creationTime"] = int(datetime.now(UTC).timestamp() * 1000)

    def delete_log_group(self, log_group_name: str) -> None:
        """Delete a log group with its metric filters and tags."""
        group = self.groups.get(log_group_name)
        super().delete_log_group(log_group_name)
        mine = [f for f in self.filters.metric_filters if f["logGroupName"] == log_group_name]
        for each in mine:
            self.filters.delete_filter(each["filterName"], log_group_name)
        if group is not None:
            self.tagger.delete_all_tags_for_resource(group.arn)

    def put_log_events(
        self, log_group_name: str, log_stream_name: str, log_events: list[dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        """Store lines and let the group's metric filters count them."""
        answer = super().put_log_events(log_group_name, log_stream_name, log_events)
        stream = self.groups[log_group_name].streams[log_stream_name]
        if len(stream.events) > MAX_LINES:
            del stream.events[: len(stream.events) - MAX_LINES]
        for each in self.filters.get_matching_filters(log_group_name=log_group_name):
            self._count(each, log_events)
        return answer

    def _count(self, metric_filter: Mapping[str, Any], lines: list[dict[str, Any]]) -> None:
        matched = False
        for line in lines:
            found = match(metric_filter["filterPattern"] or "", line["message"])
            if found is None:
                continue
            matched = True
            for transformation in metric_filter["metricTransformations"]:
                self._emit(transformation, found, line["timestamp"])
        if not matched and lines:
            for transformation in metric_filter["metricTransformations"]:
                if transformation.get("defaultValue") is not None:
                    value = float(transformation["defaultValue"])
                    self._record(transformation, value, {}, lines[-1]["timestamp"])

    def _emit(self, transformation: Mapping[str, Any], found: Match, timestamp: int) -> None:
        wanted = str(transformation.get("metricValue") or "1")
        value = found.value(wanted) if wanted.startswith("$") else wanted
        dimensions = {
            name: str(found.value(path)) for name, path in (transformation.get("dimensions") or {}).items()
        }
        if "None" in dimensions.values():
            return  # a line that lacks a dimension is not counted
        try:
            number = float(value)
        except (TypeError, ValueError):
            return  # neither is one whose value is no number
        self._record(transformation, number, dimensions, timestamp)

    def _record(
        self, transformation: Mapping[str, Any], value: float, dimensions: Mapping[str, str], timestamp: int
    ) -> None:
        self.host.metric(
            self.region_name,
            transformation["metricNamespace"],
            transformation["metricName"],
            value,
            dimensions=dimensions,
            unit=transformation.get("unit") or "None",
            at=datetime.fromtimestamp(timestamp / 1000, UTC),
        )


def checked(pattern: str | None) -> str:
    """The pattern, if it can be read; else the error that AWS answers."""
    text = (pattern or "").strip()
    try:
        for opening, closing in ("{}", "[]"):
            if text.startswith(opening) and not text.endswith(closing):
                raise InvalidPattern(f"a bracket is not closed: {text}")
        match(text, "")
    except (InvalidPattern, re.error) as error:  # between per cent signs is a regular expression
        raise InvalidParameterException(
            constraint="Invalid metric filter pattern", parameter="filterPattern", value=pattern
        ) from error
    return pattern or ""
