"""Every time of an answer is known as one by its name: the AWS CLI's first version writes it as a number."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.model import ListShape, MapShape, Shape, StructureShape

from launchbook.collect import collectors
from launchbook.collect.shapes import fitted, has_numeric_time, output_shape


def times(shape: Shape, name: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of a model's fields that hold times, in any depth."""
    if shape.name in above:
        return
    within = (*above, shape.name)
    if shape.type_name == "timestamp":
        yield name
    if isinstance(shape, StructureShape):
        for member, inner in shape.members.items():
            yield from times(inner, member, within)
    elif isinstance(shape, ListShape):
        yield from times(shape.member, name, within)
    elif isinstance(shape, MapShape):
        yield from times(shape.value, name, within)


def test_every_time_of_every_declared_call_is_known_by_its_name() -> None:
    calls = {(call.service, call.operation) for one in collectors().values() for call in one.calls}
    shapes = [shape for service, operation in sorted(calls) if (shape := output_shape(service, operation))]
    named = {name for shape in shapes for name in times(shape)}
    assert len(named) > 30
    assert [name for name in sorted(named) if not has_numeric_time({name: 1780000000})] == []


def test_the_end_of_a_certificate_in_numbers_is_a_day() -> None:
    answer = {"Certificate": {"Status": "ISSUED", "NotAfter": 1780000000.0}}
    assert has_numeric_time(answer)
    shape = output_shape("acm", "DescribeCertificate")
    assert fitted(answer, shape)["Certificate"]["NotAfter"].startswith("2026-05-28")
