"""Whether what CDK synthesized still is what its source says: constructs that it lacks are a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Fact, Facts, Gap, Where

#: Code that constructs; a template, a manifest or a task definition beside it does not.
_CODE = (".ts", ".mts", ".js", ".py")
#: Constructs of the source that are named.
_NAMED = 6


def relate(facts: Facts) -> Iterator[Gap]:
    """One gap for each application whose templates lack what its code constructs."""
    for link in facts.relations:
        if link.kind != "cdk-output" or not link.resolved:
            continue
        app, output = link.where.file.rpartition("/")[0], link.target.rpartition("/")[0]
        made = _made(facts, output)
        lacking = [fact for fact in facts if _constructed(fact, app) and not _is_made(fact, made)]
        if lacking:
            hidden = tuple(dict.fromkeys(fact.type for fact in lacking))
            named = ", ".join(f"{fact.name} ({fact.where})" for fact in lacking[:_NAMED])
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            what = (
                f"{output} is generated and may be older than the source, which constructs what it lacks: "
                f"{named}{more}"
            )
            yield Gap(where=Where(file=link.target), what=what, hint="cdk synth", hides=hidden)


def _made(facts: Facts, output: str) -> dict[str, set[str]]:
    """The logical ids of a synthesized application by type."""
    found: dict[str, set[str]] = {}
    for fact in facts:
        if fact.origin == "generated" and fact.where.file.startswith(f"{output}/"):
            found.setdefault(fact.type, set()).add(_plain(fact.id.partition("#")[2]))
    return found


def _constructed(fact: Fact, app: str) -> bool:
    """Whether a fact is a construct of the application's code that is made in any case."""
    return (
        fact.type.startswith("aws_")
        and fact.type != "aws_cloudformation_stack"
        and fact.origin == "source"
        and fact.created is True
        and not fact.whole
        and fact.where.file.endswith(_CODE)
        and fact.where.file.startswith(f"{app}/" if app else "")
        and re.search(r"[.:]", fact.id.partition("#")[2]) is None  # what a construct adds by a call has no id
    )


def _is_made(fact: Fact, made: dict[str, set[str]]) -> bool:
    """A logical id is made of the names on the way to a construct: it holds the last one's."""
    name = _plain(fact.id.partition("#")[2].partition("~")[0])
    return any(name in logical for logical in made.get(fact.type, ()))


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)
