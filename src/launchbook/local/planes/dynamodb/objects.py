"""Contributor insights and streams to Kinesis: settings of a table that moto lacks. Nothing is measured or sent."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb import urls
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.responses import DynamoHandler


class Response(DynamoHandler):
    """moto's operations, and these settings."""

    def update_contributor_insights(self) -> ActionResult:
        """Switch them on or off, of a table or an index."""
        enabled = self._get_param("ContributorInsightsAction") == "ENABLE"
        self._kept("insights")[self._get_param("IndexName") or ""] = "ENABLED" if enabled else "DISABLED"
        return self.describe_contributor_insights()

    def describe_contributor_insights(self) -> ActionResult:
        """Whether they are on."""
        index = self._get_param("IndexName")
        told = {"TableName": self._table().name, "IndexName": index}
        return ActionResult(
            {**told, "ContributorInsightsStatus": self._kept("insights").get(index or "", "DISABLED")}
        )

    def enable_kinesis_streaming_destination(self) -> ActionResult:
        """Name a stream that is to get the changes; none is sent."""
        return self._streaming("ACTIVE")

    def disable_kinesis_streaming_destination(self) -> ActionResult:
        """Take it back."""
        return self._streaming("DISABLED")

    def describe_kinesis_streaming_destination(self) -> ActionResult:
        """The streams that were named."""
        told = [
            {"StreamArn": arn, "DestinationStatus": state} for arn, state in self._kept("streams").items()
        ]
        return ActionResult({"TableName": self._table().name, "KinesisDataStreamDestinations": told})

    def create_table(self) -> ActionResult:
        """Make a table with the limits of its throughput on demand."""
        answer = super().create_table()
        self._limit(self.body)
        return answer

    def update_table(self) -> ActionResult:
        """Change a table and those limits."""
        answer = super().update_table()
        self._limit(self.body)
        return answer

    def describe_table(self) -> ActionResult:
        """A table with its limits."""
        answer = super().describe_table()
        limits = getattr(self._table(), "launchbook_limits", None)
        told: Any = answer.result
        if limits:
            told["Table"]["OnDemandThroughput"] = limits
        return answer

    def _limit(self, given: Any) -> None:
        if given.get("OnDemandThroughput"):
            self._table().launchbook_limits = given["OnDemandThroughput"]

    def _streaming(self, state: str) -> ActionResult:
        arn = self._get_param("StreamArn")
        self._kept("streams")[arn] = state
        told = {"TableName": self._table().name, "StreamArn": arn}
        return ActionResult({**told, "DestinationStatus": state})

    def _table(self) -> Any:
        name = self._get_param("TableName")
        table = self.dynamodb_backend.tables.get(name.rpartition("/")[2])
        if table is None:
            raise ResourceNotFoundException(table_name=name)
        return table

    def _kept(self, kind: str) -> dict[str, str]:
        every: dict[str, dict[str, str]] = vars(self._table()).setdefault("launchbook_kept", {})
        return every.setdefault(kind, {})


def install() -> None:
    """Put this in moto's place."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
