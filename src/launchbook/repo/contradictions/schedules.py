"""Schedules: a document that gives another rhythm than the rule or the job of that name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Fact, Facts, Finding
from launchbook.patterns import regex
from launchbook.repo.contradictions._ends import claims, differing, end, meant

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY = regex(r"(?:rate\(|every )?(\d*) ?(minute|hour|day|week)s?\)?", re.I)
_WORDS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800}


def contradict(facts: Facts) -> Iterator[Finding]:
    """A rule or job and each claim that shares a word with its name but not its rhythm."""
    timed = [
        (fact, path, text) for fact in facts for path, text in _schedule(fact) if fact.origin == "source"
    ]
    for claim in claims(facts, "schedule"):
        said = str(claim.attributes.get("value"))
        for fact, path, text in timed:
            real = seconds(text)
            if real and seconds(said) and real != seconds(said) and meant(claim, fact.name):
                why = f"{fact.name} runs {text}; a document says {said}"
                yield differing("schedule", why, fact.id, [end(fact, path, text), end(claim, "", said)])


def seconds(text: str) -> int:
    """The length of a rhythm (``rate(5 minutes)``, ``every hour``, ``*/5 * * * *``) in seconds; 0 when it has none."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    cron = text.removeprefix("cron(").removesuffix(")").split()
    if len(cron) >= 5:
        return _cron(cron[0], cron[1])
    match = _EVERY.fullmatch(text)
    return int(match.group(1) or 1) * _UNITS[match.group(2).lower()] if match else 0


def _cron(minute: str, hour: str) -> int:
    if minute == "*" and hour == "*":
        return 60
    step = re.fullmatch(r"(?:\*|0)/(\d+)", minute)
    if step and hour == "*":
        return int(step.group(1)) * 60
    if minute.isdigit():
        return 3600 if hour == "*" else 86_400 if hour.isdigit() else 0
    return 0


def _schedule(fact: Fact) -> Iterator[tuple[str, str]]:
    expression = fact.attributes.get("schedule_expression")
    if isinstance(expression, str):
        yield "schedule_expression", expression
    spec = fact.attributes.get("spec") if fact.type.startswith("kubernetes_cron_job") else None
    first = spec[0] if isinstance(spec, list) and spec else None
    schedule = first.get("schedule") if isinstance(first, dict) else None
    if isinstance(schedule, str):
        yield "spec.0.schedule", schedule
