"""Ask a target's own services, and show each answer as evidence: ``service:Operation region account time``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import RunFailed
from launchbook.lifecycle.target import Target
from launchbook.model import Evidence, Level
from launchbook.redact import each_string, shown


class Unanswered(Exception):
    """A read that failed: which one, and why. It makes something unknown, never a failure."""

    def __init__(self, operation: str, why: str) -> None:
        self.operation, self.why = operation, why
        super().__init__(f"{operation}: {why}")


class Aws:
    """The clients of one target, each made once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._clients: dict[str, Any] = {}

    @property
    def level(self) -> Level:
        """How real its answers are."""
        return "emulated" if self.target.endpoint else "live"

    @property
    def pause(self) -> float:
        """Seconds between two looks at something that is waited for; AWS limits how often one may ask."""
        return 0.2 if self.target.endpoint else 3.0

    def client(self, service: str) -> Any:
        """The botocore client of a service."""
        if service not in self._clients:
            self._clients[service] = self.target.client(service)
        return self._clients[service]

    def read(self, service: str, operation: str, /, **parameters: Any) -> Any:
        """One answer of a read, by botocore's method name. Raises Unanswered."""
        try:
            return getattr(self.client(service), operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise Unanswered(f"{service}:{_camel(operation)}", _why(error)) from None

    def change(self, service: str, operation: str, hint: str, /, **parameters: Any) -> Any:
        """One answer of a call that changes something. Raises RunFailed with ``hint``."""
        try:
            return getattr(self.client(service), operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            what = f"{service}:{_camel(operation)} was refused"
            raise RunFailed(what, str(shown(_why(error))), hint=hint) from None

    def evidence(self, service: str, operation: str, value: object) -> Evidence:
        """What a read showed, now."""
        return Evidence(self.source(f"{service}:{_camel(operation)}"), self.level, each_string(value, shown))

    def source(self, what: str) -> str:
        """Where and when something was seen."""
        return f"{what} {self.target.region} {self.target.account} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def needed(hint: str) -> Iterator[None]:
    """Where a step can't go on without a read's answer: Unanswered becomes RunFailed with ``hint``."""
    try:
        yield
    except Unanswered as failure:
        raise RunFailed(f"{failure.operation} gave no answer", str(shown(failure.why)), hint=hint) from None


def batches(names: list[str], size: int, ask: Callable[[list[str]], list[Any]]) -> list[Any]:
    """The answers for many names from an operation that takes ``size`` of them at a time."""
    return [one for start in range(0, len(names), size) for one in ask(names[start : start + size])]


def _camel(operation: str) -> str:
    return "".join(part.capitalize() for part in operation.split("_"))


def _why(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return f"{said.get('Code', 'Unknown')}: {said.get('Message', '')}".rstrip(": ")
    return f"{type(error).__name__}: {error}"
