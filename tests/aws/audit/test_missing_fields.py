"""A field that an answer lacks never reads as better: each that is kept is taken out of all answers in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from launchbook.collect import Call, Collector, Reader, ReadFailed, Target
from launchbook.collect.engine import GLOBAL_REGION, read_region
from launchbook.collect.keep import field_of
from launchbook.model import Facts
from tests.aws.audit.conftest import REGIONS
from tests.aws.audit.test_no_false_ok import ALL, ASKED, judge, merged, unchanged
from tests.support.estate import Deployed


@dataclass
class Recorded:
    """What an account answered, given again; ``lacks`` is a call and the path that its answers lack."""

    reader: Reader
    pages: dict[str, list[Any] | ReadFailed] = field(default_factory=dict)
    lacks: tuple[Call, str] | None = None

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        key = repr((call, region, parameters))
        if key not in self.pages:
            try:
                self.pages[key] = list(self.reader.read(call, region, parameters))
            except ReadFailed as failure:
                self.pages[key] = failure
        held = self.pages[key]
        if isinstance(held, ReadFailed):
            raise held
        for page in held:
            yield without(page, self.lacks[1]) if self.lacks and self.lacks[0] is call else page

    def facts(self, one: Collector) -> Facts:
        regions = (GLOBAL_REGION,) if one.scope == "global" else REGIONS
        return merged(read_region(self, one, region, ASKED) for region in regions)


def without(page: Any, path: str) -> Any:
    """A copy of a page that lacks what is at a path, in each item of the lists on its way."""
    copy = deepcopy(page)
    _take(copy, path)
    return copy


def _take(node: Any, path: str) -> None:
    head, _, rest = path.partition(".")
    name = field_of(head)
    if isinstance(node, list):
        for item in node:
            _take(item, path)
    elif isinstance(node, dict) and not rest:
        node.pop(name, None)
    elif isinstance(node, dict) and name in node:
        _take(node[name], rest)


def paths(call: Call) -> list[str]:
    """Every path of the whole answer that a call keeps; the list of items itself is another test's."""
    start = f"{call.each}[]" if call.each else ""
    named = [path for path in dict.fromkeys([*call.take.values(), *call.keep]) if path]
    return [f"{start}.{path}".lstrip(".") for path in named]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["ready", "planted"])
def test_a_field_that_is_not_there_makes_nothing_better(which: str, request: pytest.FixtureRequest) -> None:
    deployed: Deployed = request.getfixturevalue(which)
    there = Recorded(Reader(Target(endpoint=deployed.endpoint), ALL))
    whole = {one.name: there.facts(one) for one in ALL}
    before, lines = judge(merged(whole.values()))
    wrong, tried = [], 0
    for one in ALL:
        if not len(whole[one.name]):
            continue
        for call in one.calls:
            for path in paths(call):
                there.lacks = (call, path)
                less = there.facts(one)
                there.lacks = None
                tried += 1
                if unchanged(less, whole[one.name]):
                    continue
                findings, told = judge(merged((whole | {one.name: less}).values()))
                wrong += [
                    f"{one.name} {call.operation} {path}: {key[0]} of {key[1]}"
                    for key, was in before.items()
                    if was.status == "FAIL" and key in findings and findings[key].status == "PASS"
                ]
                wrong += [
                    f"{one.name} {call.operation} {path}: {name} is OK"
                    for name, line in told.items()
                    if line.status == "OK" and lines[name].status != "OK"
                ]
    assert tried > 150
    assert not wrong, "\n".join(wrong)
