"""CloudWatch Logs operations that moto lacks: saved queries, and the test of filter patterns."""

from __future__ import annotations

import json
import time
from typing import Any, cast
from uuid import uuid4

from moto.logs import urls
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from launchbook.local.planes.logs.backend import CountingBackend, checked
from launchbook.local.planes.logs.patterns import match


def install() -> None:
    """Route every CloudWatch Logs call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch


class Response(LogsResponse):
    """moto's operations, and those it lacks."""

    def create_log_group(self) -> str:
        """Create a group of its class."""
        answer = super().create_log_group()
        made: Any = self._backend.groups[self._get_param("logGroupName")]
        made.launchbook_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

    def put_subscription_filter(self) -> str:
        """Send lines on, with the distribution that was asked for."""
        answer = super().put_subscription_filter()
        group: Any = self._backend.groups[self._get_param("logGroupName")]
        made = group.subscription_filters[self._get_param("filterName")]
        made.launchbook_distribution = self._get_param("distribution") or "ByLogStream"
        return answer

    def test_metric_filter(self) -> str:
        """Which of these lines a pattern matches."""
        matches = []
        for number, line in enumerate(self._get_param("logEventMessages") or [], 1):
            found = match(checked(self._get_param("filterPattern")), line)
            if found is not None:
                values = {name: str(value) for name, value in found.values.items() if name.startswith("$")}
                matches.append({"eventNumber": number, "eventMessage": line, "extractedValues": values})
        return json.dumps({"matches": matches})

    def put_query_definition(self) -> str:
        """Save a query, or replace the one of that id."""
        given = self._get_param("queryDefinitionId")
        if given and given not in self._backend.query_definitions:
            raise ResourceNotFoundException("The specified query definition does not exist.")
        wanted = given or str(uuid4())
        saved = {
            "queryDefinitionId": wanted,
            "name": self._get_param("name"),
            "queryString": self._get_param("queryString"),
            "logGroupNames": self._get_param("logGroupNames") or [],
            "lastModified": int(time.time() * 1000),
        }
        self._backend.query_definitions[wanted] = saved
        return json.dumps({"queryDefinitionId": wanted})

    def describe_query_definitions(self) -> str:
        """Saved queries whose name starts as asked."""
        prefix = self._get_param("queryDefinitionNamePrefix") or ""
        saved = list(self._backend.query_definitions.values())
        return json.dumps({"queryDefinitions": [each for each in saved if each["name"].startswith(prefix)]})

    def delete_query_definition(self) -> str:
        """Delete a saved query."""
        if self._backend.query_definitions.pop(self._get_param("queryDefinitionId"), None) is None:
            raise ResourceNotFoundException("The specified query definition does not exist.")
        return json.dumps({"success": True})

    @property
    def _backend(self) -> CountingBackend:
        return cast(CountingBackend, self.logs_backend)
