"""The door that writes: exactly the operations that a person saw and approved, told by their digest, and nothing else.

A list of operations is plain data. Whoever shows it shows its digest; the writer is made with the list and the digest
that was approved, and refuses every call that is not on the list, whatever code asks for it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel

from launchbook.errors import WriteRefused


@dataclass(frozen=True)
class Operation:
    """One call that changes something, by botocore's names: ``Operation("ec2", "ReleaseAddress", "eu-west-1", …)``.

    ``parameters`` are JSON: texts, numbers, booleans, lists and objects.
    """

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As data, for a file or a digest."""
        return {
            "service": self.service,
            "operation": self.operation,
            "region": self.region,
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Operation:
        """What :meth:`to_json` gave. Raises KeyError and TypeError for anything else."""
        return cls(
            str(data["service"]), str(data["operation"]), str(data["region"]), dict(data["parameters"])
        )

    @property
    def canonical(self) -> str:
        """The one text that stands for it."""
        return canonical(self.to_json())

    def __str__(self) -> str:
        values = ", ".join(f"{name}={_short(value)}" for name, value in self.parameters.items())
        return f"{self.service}:{self.operation} {self.region} {values}"


def canonical(data: object) -> str:
    """JSON with sorted keys and no blanks: equal data, equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def digest_of(operations: Sequence[Operation]) -> str:
    """The digest of a list of operations, in its order."""
    return digest([one.to_json() for one in operations])


class WriteFailed(Exception):
    """An approved operation that AWS refused: ``code`` is AWS's."""

    def __init__(self, operation: Operation, code: str, why: str) -> None:
        self.operation, self.code, self.why = operation, code, why
        super().__init__(f"{operation.service}:{operation.operation}: {code}: {why}")


class Door(Protocol):
    """Which account: a profile or the environment's credentials, or an embedded AWS and what it takes for them."""

    @property
    def profile(self) -> str | None:
        """A profile of the AWS configuration."""
        ...

    @property
    def endpoint(self) -> str | None:
        """An embedded AWS."""
        ...

    @property
    def dummy(self) -> tuple[str, str] | None:
        """The credentials of an embedded AWS."""
        ...


class Writer:
    """Sends approved operations. Not to be shared between threads: it sends one after the other."""

    def __init__(self, door: Door, operations: Sequence[Operation], approved: str) -> None:
        """Raises WriteRefused when the operations are not those whose digest was approved."""
        if digest_of(operations) != approved:
            raise WriteRefused(
                "nothing was sent", "the operations are not those that were approved",
                hint="make the list again, look at it, and approve that",
            )  # fmt: skip
        self._allowed = frozenset(one.canonical for one in operations)
        self._endpoint = door.endpoint
        self._session = botocore.session.Session(profile=door.profile)
        if door.dummy:
            self._session.set_credentials(*door.dummy)
        self._session.register("provide-client-params", self._guard, unique_id="launchbook-approved")
        self._session.register("before-call", self._guard_sent, unique_id="launchbook-sent")
        self._clients: dict[tuple[str, str], Any] = {}
        self._passed = threading.local()

    def send(self, operation: Operation) -> None:
        """Do one of the approved operations. Raises WriteRefused for any other, WriteFailed when AWS refuses."""
        if operation.canonical not in self._allowed:
            raise _refused(operation.service, operation.operation)
        client = self.client(operation.service, operation.region)
        method = getattr(client, botocore.xform_name(operation.operation))
        try:
            answer = method(**operation.parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise WriteFailed(
                operation, str(details.get("Code", "Unknown")), str(details.get("Message", error))
            ) from None
        except BotoCoreError as error:
            raise WriteFailed(operation, type(error).__name__, str(error)) from None
        for one in answer.get("Errors") or answer.get("failures") or answer.get("Unsuccessful") or ():
            code = next((one[name] for name in ("Code", "failureCode", "reason") if name in one), "Failed")
            raise WriteFailed(operation, str(code), str(one))

    def client(self, service: str, region: str) -> Any:
        """A client that can send the approved operations alone: the guard sits on the session that made it."""
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.create_client(
                service, region_name=region, endpoint_url=self._endpoint, config=_CONFIG
            )
        return self._clients[service, region]

    def _guard(
        self, params: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any], **_: Any
    ) -> None:
        service, region = model.service_model.service_name, str(context.get("client_region"))
        region = "us-east-1" if region.endswith("-global") else region  # a client's own word for IAM's place
        if Operation(service, model.name, region, params).canonical not in self._allowed:
            raise _refused(service, model.name)
        self._passed.call = (service, model.name)

    def _guard_sent(self, model: OperationModel, **_: Any) -> None:
        """Nothing is sent that did not come through the first guard, by whatever way a client sends it."""
        call = (model.service_model.service_name, model.name)
        if getattr(self._passed, "call", None) != call:
            raise _refused(*call)
        self._passed.call = None


def _refused(service: str, operation: str) -> WriteRefused:
    return WriteRefused(
        f"{service}:{operation} was not sent", "it is not among the operations that were approved",
        hint="launchbook sweep --plan FILE   (lists what would be sent)",
    )  # fmt: skip


def _short(value: object) -> str:
    said = value if isinstance(value, str) else canonical(value)
    return said if len(said) <= 100 else f"{said[:97]}…"


_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 6},
    connect_timeout=15,
    read_timeout=60,
    user_agent_extra="launchbook-writer",
)
