"""EventBridge operations that moto leaves empty."""

from __future__ import annotations

import json

from moto.events import urls
from moto.events.exceptions import InvalidEventPatternException, ValidationException
from moto.events.models import EventPattern
from moto.events.responses import EventsHandler

from launchbook.local.planes.events.pattern import matches


def install() -> None:
    """Route every EventBridge call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch


class Response(EventsHandler):
    """moto's operations, and the test of patterns."""

    def test_event_pattern(self) -> str:  # type: ignore[override]
        """Whether a pattern matches an event."""
        try:
            event = json.loads(self._get_param("Event"))
        except (TypeError, ValueError) as error:
            raise ValidationException(f"Parameter Event is not valid. Reason: {error}") from error
        pattern = EventPattern.load(self._get_param("EventPattern")).get_pattern()
        if not pattern:
            raise InvalidEventPatternException(reason="Empty patterns are not allowed")
        return json.dumps({"Result": matches(pattern, event)})
