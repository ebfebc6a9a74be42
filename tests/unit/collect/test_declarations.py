"""Every declaration names things that AWS has: operations, parameters, paths of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from launchbook.collect import Call, collectors
from launchbook.collect.keep import Keep, field_of

CALLS = [(one.name, call) for one in collectors().values() for call in one.calls]
IDS = [f"{name}-{call.operation}" for name, call in CALLS]


@cache
def operation(service: str, name: str) -> OperationModel:
    model: OperationModel = botocore.session.Session().get_service_model(service).operation_model(name)
    return model


def missing(shape: Shape | None, path: str) -> str:
    """The first part of a path that the shape does not have; empty when it has all."""
    for part in path.split(".") if path else ():
        if isinstance(shape, MapShape):
            return ""
        name = field_of(part)
        if not isinstance(shape, StructureShape) or name not in shape.members:
            return part
        shape = shape.members[name]
        if part.endswith("[]"):
            if not isinstance(shape, ListShape):
                return part
            shape = shape.member
    return ""


def ends(name: str, tree: Keep, shape: Shape | None) -> Iterator[tuple[str, Keep, Shape]]:
    """Each place where a tree of kept fields ends: its name, what is kept, and what AWS has there."""
    if isinstance(shape, ListShape) and tree.many:
        shape = shape.member
    if isinstance(shape, MapShape) and tree.fields:
        shape = shape.value
        yield from (found for field, below in tree.fields.items() for found in ends(field, below, shape))
    elif tree.fields and isinstance(shape, StructureShape):
        for field, below in tree.fields.items():
            yield from ends(field, below, shape.members.get(field))
    elif shape is not None:
        yield name, tree, shape


def fits(tree: Keep, shape: Shape) -> bool:
    """Whether what is kept of a value is what AWS gives: of a map its names, of a document all, else plain values."""
    if shape.name in DOCUMENTS:
        return tree.ends == "*"
    if isinstance(shape, ListShape):
        shape = shape.member
    return (
        tree.ends == "{}"
        if isinstance(shape, MapShape)
        else not isinstance(shape, StructureShape | ListShape)
    )


#: Texts that botocore's own hooks, and so the AWS CLI, give as data.
DOCUMENTS = ("policyDocumentType",)


@pytest.mark.parametrize(("name", "call"), CALLS, ids=IDS)
def test_every_path_exists_in_the_answer(name: str, call: Call) -> None:
    output = operation(call.service, call.operation).output_shape
    start = f"{call.each}[]" if call.each else ""
    paths = [".".join(part for part in (start, path) if part) for path in (*call.take.values(), *call.keep)]
    assert [(path, at) for path in paths if (at := missing(output, path))] == []


@pytest.mark.parametrize(("name", "call"), CALLS, ids=IDS)
def test_every_path_ends_in_what_it_keeps(name: str, call: Call) -> None:
    output = operation(call.service, call.operation).output_shape
    found = ends("", call.tree, output)
    assert [(field, shape.type_name) for field, tree, shape in found if not fits(tree, shape)] == []


@pytest.mark.parametrize(("name", "call"), CALLS, ids=IDS)
def test_what_is_always_given_is_kept(name: str, call: Call) -> None:
    assert set(call.always) <= {*call.take.values(), *call.keep}


@pytest.mark.parametrize(("name", "call"), CALLS, ids=IDS)
def test_every_parameter_exists_and_none_is_missing(name: str, call: Call) -> None:
    shape = operation(call.service, call.operation).input_shape
    members = shape.members if isinstance(shape, StructureShape) else {}
    assert set(call.given) <= set(members)
    assert set(getattr(shape, "required_members", ())) <= set(call.given)


@pytest.mark.parametrize("one", collectors().values(), ids=lambda one: one.name)
def test_a_collector_refers_only_to_earlier_calls(one: object) -> None:
    seen: set[str] = set()
    for call in one.calls:  # type: ignore[attr-defined]
        named = re.findall(r"\$(\w+)", str(call.given))
        assert set(named) <= seen, f"{call.operation} needs {named}"
        seen.add(call.operation)
