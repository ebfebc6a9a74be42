"""When a workflow runs by the clock, and which URLs its steps ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File

_ASKS = regex(r"\b(?:curl|wget|httpie|https?)\s")
#: What follows the host is read even where the host is known to the run alone.
_URL = regex(r"(?:https?://|\$\{?\w{1,80}\}?(?=/))[^\s\"'<>\\|;&)?#]{1,500}")
_EXPRESSION = regex(r"\$\{\{\s*(?:\w+\.){1,3}(?P<name>[\w-]{1,80})[^}]{0,80}\}\}")
_VARIABLE = regex(r"\$\{(\w{1,80})\}|\$(\w{1,80})")
_METHOD = regex(r"(?:-X|--request|--method)[=\s]{0,4}[\"']?(GET|POST|PUT|PATCH|DELETE|HEAD)", re.I)
_BODY = regex(r"\s(?:-d|--data(?:-\w{1,20})?|--post-data|--json)\b")
_LONGEST = 8000


@record()
class Call:
    """One request of a step: the method, the URL without its query (``https://${NAME}/…`` for an unknown host)."""

    method: str
    url: str
    line: int


def schedules(document: Any) -> list[tuple[str, int]]:
    """The cron expressions that start a workflow, with the line of each."""
    top = as_map(document)
    listed = dig(top.get("on") or top.get("true"), "schedule")  # YAML 1.1 reads a bare ``on`` as true
    return [
        (one["cron"], line_of(one, "cron")) for one in as_list(listed) if isinstance(dig(one, "cron"), str)
    ]


def calls(file: File, step: Map, places: list[Map]) -> Iterator[Call]:
    """What a step asks for by ``curl`` and its like, or by an action that is given a URL; ``places`` have ``env``."""
    known: dict[str, str] = {}
    for place in reversed(places):
        known |= {key: value for key, value in as_map(dig(place, "env")).items() if isinstance(value, str)}
    given = as_map(step.get("with"))
    if isinstance(given.get("url"), str):
        url = _url(given["url"], known)
        if url:
            yield Call(str(given.get("method") or "GET").upper(), url, line_of(step, "with", "url"))
    run = str(step.get("run") or "")[:_LONGEST]
    if not _ASKS.search(run):
        return
    for command in re.sub(r"\\\n\s*", " ", run).splitlines():
        if _ASKS.search(command) and not command.lstrip().startswith("#"):
            method = _METHOD.search(command)
            verb = method[1].upper() if method else "POST" if _BODY.search(command) else "GET"
            url = _url(command, known)
            if url:
                yield Call(verb, url, _line(file, url, line_of(step, "run")))


def _url(written: str, known: dict[str, str]) -> str:
    """The first URL in a text, as far as the file itself gives it; empty when there is none."""
    plain = _EXPRESSION.sub(lambda match: f"${{{match['name']}}}", written)
    match = _URL.search(plain)
    if match is None:
        return ""
    url = match.group()
    for _ in range(3):  # a variable of the step may be one of the workflow
        url = _VARIABLE.sub(lambda one: _value(one, known), url)
    url = url.split("?")[0].rstrip(".,")
    return url if url.startswith(("http://", "https://")) else f"https://{url}"


def _value(variable: re.Match[str], known: dict[str, str]) -> str:
    name = variable[1] or variable[2]
    value = _EXPRESSION.sub(lambda match: f"${{{match['name']}}}", known.get(name, ""))
    return value.rstrip("/") if re.fullmatch(r"[\w.:/${}-]{1,300}", value) else f"${{{name}}}"


def _line(file: File, url: str, first: int) -> int:
    """The line of a step's text that the URL's path stands on."""
    path = url.partition("://")[2].partition("/")[2]
    below = file.text.splitlines()[max(first - 1, 0) : first + 60]
    return next((first + number for number, text in enumerate(below) if f"/{path}" in text), first)


def as_attributes(
    when: list[tuple[str, int]], asked: list[Call]
) -> tuple[dict[str, Value], dict[str, int | str]]:
    """``schedule`` (a list where there are many) and ``calls``, as a cron job's fact has them, with their lines."""
    many = len(when) > 1
    attributes: dict[str, Value] = {"schedule": [cron for cron, _ in when] if many else when[0][0]}
    lines: dict[str, int | str] = {"schedule": when[0][1]}
    if many:
        lines |= {f"schedule.{number}": line for number, (_, line) in enumerate(when)}
    if asked:
        attributes["calls"] = [{"method": one.method, "url": one.url} for one in asked]
        lines |= {f"calls.{number}": one.line for number, one in enumerate(asked)}
    return attributes, lines
