"""Small repositories under ``cases/`` with what discovery must find in each, as data.

``cases/NAME.toml`` lies beside the folder ``cases/NAME``; with ``example`` it is about that folder of ``examples``, and
about what ``cases/NAME`` adds to it. Every ``[[fact]]``, ``[[gap]]``, ``[[relation]]`` and
``[[contradiction]]``
of it must be found; every ``[[absent]]`` (same keys as a fact) and ``[[unrelated]]`` (as a relation) must not.
``unused`` and ``read_by_others`` are all settings that the report names so.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from launchbook.model import Fact, NotKnown, plain
from launchbook.repo import Discovery, discover
from launchbook.repo.setting_uses import read_by_others, settings, unused

CASES = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parents[3] / "examples"
Data = dict[str, Any]


def cases() -> list[Path]:
    return sorted(CASES.glob("*.toml"))


def value(fact: Fact, path: str) -> object:
    try:
        return plain(fact.get(path))
    except NotKnown as unknown:
        return {"unread": unknown.reason}


def matches(fact: Fact, wanted: Data) -> bool:
    """Whether the fact has every key of ``wanted``: own fields, attributes by path, and lines by path."""
    own = {key: want for key, want in wanted.items() if key not in ("attributes", "at", "not")}
    said = {"where": str(fact.where), "region": fact.where.region}
    return (
        all(want == (said[key] if key in said else getattr(fact, key)) for key, want in own.items())
        and all(value(fact, path) == want for path, want in wanted.get("attributes", {}).items())
        and all(fact.source(path) == want for path, want in wanted.get("at", {}).items())
    )


def missing(found: Discovery, expected: Data) -> list[str]:
    """Every expected thing that was not found, in words, with the nearest that was."""
    wrong = []
    for want in expected.get("fact", ()):
        if not any(matches(fact, want) for fact in found.facts.all):
            near = [fact for fact in found.facts.all if fact.type == want.get("type", fact.type)]
            wrong.append(f"no fact {want}\n  of: " + "\n      ".join(map(described, near)))
    for want in expected.get("absent", ()):
        wrong += [f"unexpected {described(fact)}" for fact in found.facts.all if matches(fact, want)]
    for want in expected.get("gap", ()):
        if not any(
            str(gap.where) == want["where"] and re.search(want["what"], gap.what) for gap in found.facts.gaps
        ):
            wrong.append(f"no gap {want}\n  of: {found.facts.gaps}")
    links = [
        {"kind": r.kind, "from": r.source, "to": r.target, "at": str(r.where)} for r in found.facts.relations
    ]
    for want in expected.get("relation", ()):
        if not any(want.items() <= link.items() for link in links):
            wrong.append(f"no relation {want}\n  of: " + "\n      ".join(map(str, links)))
    for want in expected.get("unrelated", ()):
        wrong += [f"unexpected relation {link}" for link in links if want.items() <= link.items()]
    return wrong + missing_contradictions(found, expected)


def missing_contradictions(found: Discovery, expected: Data) -> list[str]:
    known = [(f.check, {e.source for e in f.evidence}) for f in found.contradictions]
    wanted = [(want["about"], set(want["ends"])) for want in expected.get("contradiction", ())]
    return [f"no contradiction {want}\n  of: {known}" for want in wanted if want not in known]


def described(fact: Fact) -> str:
    return f"{fact.type} {fact.id} {fact.name!r} {plain(dict(fact.attributes))} {dict(fact.sources)} {fact.condition!r}"


@pytest.mark.parametrize("case", cases(), ids=lambda path: path.stem)
def test_discovery_finds_what_the_case_holds(case: Path, tmp_path: Path) -> None:
    expected = tomllib.loads(case.read_text("utf-8"))
    folder = case.with_suffix("")
    if "example" in expected:
        for part in (EXAMPLES / expected["example"], folder):
            if part.exists():
                folder = shutil.copytree(part, tmp_path / "example", dirs_exist_ok=True)
    found = discover(folder, expected.get("environment", ""))
    wrong = missing(found, expected)
    if expected.get("no_gaps"):
        wrong += [f"unexpected gap {gap}" for gap in found.facts.gaps]
    if expected.get("no_contradictions"):
        wrong += [f"unexpected contradiction {one.why}" for one in found.contradictions]
    for key, chosen in (("unused", unused), ("read_by_others", read_by_others)):
        names = [use.name for use in chosen(settings(found.facts))]
        if names != expected.get(key, names):
            wrong.append(f"{key}: {names}")
    assert not wrong, "\n".join(wrong)


def test_every_case_has_its_expectations() -> None:
    folders = {path.name for path in CASES.iterdir() if path.is_dir()}
    alone = {path.stem for path in cases() if "example" in tomllib.loads(path.read_text("utf-8"))}
    assert folders | alone == {path.stem for path in cases()}
