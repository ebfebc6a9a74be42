"""Say why a check matters, how it judges, and how to fix what it finds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from launchbook.errors import UsageError

if TYPE_CHECKING:
    from launchbook.check import Check


@click.command("explain")
@click.argument("check", required=False)
def command(check: str | None) -> None:
    """Say why a check matters, how it judges, and how to fix what it finds. Without CHECK, list them all.

    CHECK is an id as a report shows it, or a word of one.
    """
    from launchbook.checks import checks

    known = checks()
    if check is None:
        for one in sorted(known.values(), key=lambda one: one.id):
            click.echo(f"{one.id:<42} {one.title}")
        click.echo("next: launchbook explain CHECK", err=True)
        return
    if check not in known:
        near = _near(check, known)
        why = f"did you mean {', '.join(near)}?" if near else "no check has that id, nor a word of it"
        hint = f"launchbook explain {near[0]}" if near else "launchbook explain   (lists them all)"
        raise UsageError(f"there is no check {check[:80]!r}", why, hint=hint)
    click.echo("\n".join(_lines(known[check])))
    click.echo("next: launchbook audit", err=True)


def _near(asked: str, known: Mapping[str, Check], most: int = 4) -> list[str]:
    """The checks that were perhaps meant: nearly the same id, then ids or titles with the words asked for."""
    asked = asked.lower()
    close = get_close_matches(asked, known, most)
    words = [word for word in asked.replace("_", "-").replace(" ", "-").split("-") if len(word) > 2]
    holding = [
        name
        for name, one in sorted(known.items())
        if words and all(word in f"{name} {one.title.lower()}" for word in words)
    ]
    return list(dict.fromkeys([*close, *holding]))[:most]


def _lines(one: Check) -> Iterator[str]:
    yield f"{one.id} ({one.severity})"
    yield f"{one.title}.\n"
    yield f"why      {' '.join((inspect.getdoc(one.body) or '').split())}"
    yield f"judged   each {one.kind}, one at a time: PASS or FAIL with the places it rests on"
    if one.present:
        yield "         one that fits is enough; it fails only when every one was listed and none fits"
    yield "         UNKNOWN where something it needs was not read: the report says which command or permission helps"
    yield f"rests on {_sources(one)}"
    for line in _asked_by(one.id):
        yield f"asked by {line}"
    yield f"fix      {one.fix}"
    yield "accept   [[waiver]] in launchbook.toml, with an owner, a reason and a day (docs/reference/settings.md)"


def _sources(one: Check) -> str:
    """Where facts of the check's kind come from, and which permission reads them from an account."""
    from launchbook.collect import collectors
    from launchbook.collect.actions import iam_actions
    from launchbook.model import kinds

    wanted = set(kinds(one.of))
    reads = [each for each in collectors().values() if each.kind in wanted]
    actions = dict.fromkeys(
        action
        for each in reads
        for call in each.calls
        for action in iam_actions(call.service, call.operation)
    )
    files = any(kind.startswith("aws_") for kind in wanted) or not reads
    said = [*(["files"] if files else []), *(["pasted output"] if reads else [])]
    said += [f"the account ({', '.join(actions)})"] if reads else []
    return ", ".join(said)


def _asked_by(check: str) -> Iterator[str]:
    from launchbook.checklist import built_in, load

    for name in built_in():
        for line in load(name).lines:
            if check in line.checks:
                yield f"{name}: {line.title}"
