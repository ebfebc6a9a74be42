"""`launchbook discover --json` of every example has each expected fact, endpoint, relation, contradiction and gap.

The expectations are data (``tests/unit/expected``), written from the examples before any reader. What is not found yet
stands in ``not_yet.txt``, one line each: a line that is found after all fails the test as well, so the list only
shrinks. ``python -m tests.unit.repo.test_expected`` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from launchbook.repo import discover
from launchbook.repo.as_json import as_json
from tests.unit.expected import reline

EXPECTED = sorted(path for path in reline.HERE.glob("*.json") if "facts" in path.read_text("utf-8"))
NOT_YET = Path(__file__).with_name("not_yet.txt")
Data = dict[str, Any]


@cache
def discovered(root: str) -> Data:
    return json.loads(json.dumps(as_json(discover(reline.REPOSITORY / root))))


def value(attributes: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(attributes, list) and part.isdigit() and int(part) < len(attributes):
            attributes = attributes[int(part)]
        elif isinstance(attributes, dict) and part in attributes:
            attributes = attributes[part]
        else:
            return None
    return attributes


def is_fact(fact: Data, want: Data) -> bool:
    where = fact["where"]
    return (
        fact["type"] == want.get("type", fact["type"])
        and fact["name"] == want.get("name", fact["name"])
        and where["file"] == want.get("file", where["file"])
        and where["line"] == want.get("line", where["line"])
        and fact["origin"] == want.get("origin", fact["origin"])
        and want.get("condition", "") in fact["condition"]
        and all(value(fact["attributes"], path) == item for path, item in want.get("attributes", {}).items())
    )


def is_endpoint(endpoint: Data, want: Data) -> bool:
    return all(endpoint.get(key) == item for key, item in want.items() if key not in ("anchor", "after"))


def labels(found: Data, identity: str) -> set[str]:
    """What an expectation may call the end of a relation: the id, ``TYPE NAME``, the file, the text as written."""
    named = {identity}
    for fact in found["facts"]:
        if fact["id"] == identity:
            local = identity.partition("#")[2].rpartition(".")[2]
            kind = fact["type"]
            named |= {f"{kind} {fact['name']}", f"{kind} {local}", fact["name"], fact["where"]["file"]}
    return named


def is_relation(found: Data, relation: Data, want: Data) -> bool:
    where = relation["where"]
    return (
        relation["kind"] == want["kind"]
        and (where["file"], where["line"]) == (want["file"], want["line"])
        and relation["resolved"] == want.get("resolved", relation["resolved"])
        and want["from"] in labels(found, relation["from"])
        and want["to"] in labels(found, relation["to"])
    )


def is_contradiction(contradiction: Data, want: Data) -> bool:
    ends = {(end["file"], end["line"]) for end in contradiction["ends"]}
    return contradiction["about"] == want["about"] and {(e["file"], e["line"]) for e in want["ends"]} <= ends


def missing(data: Data) -> Iterator[str]:
    found = discovered(data["root"])
    for part in (data, data.get("also", {}), *data.get("bullets", ())):
        for want in part.get("facts", ()):
            if not any(is_fact(fact, want) for fact in found["facts"]):
                yield f"fact {want['type']} {want.get('name', '-')} {want['file']}:{want['line']}"
        for want in part.get("endpoints", ()):
            if not any(is_endpoint(endpoint, want) for endpoint in found["endpoints"]):
                yield f"endpoint {want['method']} {want['path']} {want['file']}:{want['line']}"
        for want in part.get("relations", ()):
            if not any(is_relation(found, relation, want) for relation in found["relations"]):
                yield f"relation {want['kind']} {want['from']} -> {want['to']} {want['file']}:{want['line']}"
        for want in part.get("contradictions", ()):
            if not any(is_contradiction(one, want) for one in found["contradictions"]):
                yield f"contradiction {want['about']} {want['ends'][0]['file']}:{want['ends'][0]['line']}"
    for want in data.get("gaps", ()):
        if "id" not in want and not any(gap["file"] == want["file"] for gap in found["gaps"]):
            yield f"gap {want['file']}:{want['line']}"


def not_yet(example: str) -> list[str]:
    lines = NOT_YET.read_text("utf-8").splitlines()
    return sorted(line.partition(": ")[2] for line in lines if line.startswith(f"{example}: "))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_discovery_finds_what_is_expected(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    assert sorted(set(missing(data))) == not_yet(path.stem)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_discovery_makes_no_fact_of_what_is_none(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    real = [fact for fact in discovered(data["root"])["facts"] if fact["origin"] == "source"]
    wrong = [want for want in data.get("not_facts", ()) if any(is_fact(fact, want) for fact in real)]
    assert wrong == []


if __name__ == "__main__":
    lines = [
        f"{path.stem}: {line}"
        for path in EXPECTED
        for line in sorted(set(missing(json.loads(path.read_text("utf-8")))))
    ]
    NOT_YET.write_text("".join(f"{line}\n" for line in lines), "utf-8")
