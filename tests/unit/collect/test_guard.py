"""An audit cannot write: the guard refuses every operation of every service that no collector declared."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore.model import ServiceModel

from launchbook.collect import Call, Reader, Target, collectors
from launchbook.collect.declare import COLLECTORS, Collector, Row, Seen
from launchbook.collect.policy import actions
from launchbook.collect.reader import CREDENTIAL_OPERATIONS, SECRET_OPERATIONS
from launchbook.errors import WriteRefused

#: Action to the level that AWS itself gives it, copied from its Service Authorization Reference. Whoever declares a
#: new call looks its actions up there and adds them.
LEVELS = tomllib.loads((Path(__file__).parent / "access_levels.toml").read_text("utf-8"))


def nothing(row: Row) -> Seen | None:
    return None


@cache  # it reads the models of some four hundred services
def every_operation() -> frozenset[tuple[str, str]]:
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    found = []
    for service in loader.list_available_services("service-2"):
        model = loader.load_service_model(service, "service-2")
        found += [(service, operation) for operation in model["operations"]]
    return frozenset(found)


def guard_answers(reader: Reader, service: str, operation: str) -> bool:
    """Whether the guard lets an operation through; the model is the least that it looks at."""
    model = ServiceModel({"metadata": {}, "operations": {operation: {"name": operation}}}, service)
    try:
        reader._guard(model.operation_model(operation))
    except WriteRefused:
        return False
    return True


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Target(endpoint="http://127.0.0.1:1"), collectors().values())


@pytest.mark.slow
def test_every_undeclared_operation_of_every_service_is_refused(reader: Reader) -> None:
    declared = {(call.service, call.operation) for one in COLLECTORS.values() for call in one.calls}
    operations = every_operation()
    assert len(operations) > 15_000
    passed = {one for one in operations if guard_answers(reader, *one)}
    assert passed == (declared | CREDENTIAL_OPERATIONS) & operations


def test_every_declared_operation_exists() -> None:
    operations = every_operation()
    for one in collectors().values():
        for call in one.calls:
            assert (call.service, call.operation) in operations, f"{one.name} declares what does not exist"


def test_every_declared_operation_is_a_read_by_aws_s_own_access_level() -> None:
    declared = actions(collectors().values())
    assert [one for one in declared if one not in LEVELS] == [], "look the level up, and add it to the table"
    assert {one: LEVELS[one] for one in declared if LEVELS[one] not in ("List", "Read")} == {}


def test_an_operation_that_hands_out_secrets_is_refused_even_if_declared() -> None:
    declared = [
        Collector(f"secret-{number}", "x", (Call(*one),), nothing)
        for number, one in enumerate(SECRET_OPERATIONS)
    ]
    reader = Reader(Target(endpoint="http://127.0.0.1:1"), declared)
    assert [one for one in SECRET_OPERATIONS if guard_answers(reader, *one)] == []


def test_a_client_of_the_reader_cannot_write(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pytest.raises(WriteRefused, match="sqs:DeleteQueue"):
        next(reader.read(Call("sqs", "DeleteQueue"), "eu-west-1", {"QueueUrl": "http://127.0.0.1:1/x"}))
