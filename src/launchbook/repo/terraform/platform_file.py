"""The variables that ``launchbook.toml`` gives its Terraform roots: with them, and no others, an apply runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from posixpath import normpath
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Found

FILE = "launchbook.toml"
_TABLE = regex(r"\s*\[\s*platform\s*\.\s*root\s*\.\s*(\w+)\s*\]")
_INLINE = regex(r"\s*(\w+)\s*[.=]")
_ROOT = regex(r"\s*\[\[\s*platform\s*\.\s*root\s*\]\]")
#: Tables of a root: those of an account of AWS count over the common ones, those of an embedded one do not.
_TABLES = ("variables", "aws")


def given_by_platform(folder: str, found: Found) -> dict[str, tuple[Value, str]]:
    """Of each variable that the root in ``folder`` is given its value, and the place where that is written."""
    file = found.tree.get(FILE)
    if file is None:
        return {}
    try:
        platform = _map(tomllib.loads(file.text).get("platform"))
    except Unreadable as error:
        found.gap(file, error.what, f"correct {FILE}", error.line, hides=())
        return {}
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found.gap(file, f"it does not parse: {error}", f"correct {FILE}", hides=())
        return {}
    given: dict[str, tuple[Value, str]] = {}
    for number, root in _roots(platform):
        if normpath(str(root.get("path", ""))) != (folder or "."):
            continue
        if isinstance(region := platform.get("region"), str):
            given["region"] = (region, f"{file.shown}:{_line(file, 'region')}")
        for table in _TABLES:
            for name, value in _map(root.get(table)).items():
                given[name] = (_value(value), f"{file.shown}:{_line(file, name, number, table)}")
    return given


def _roots(platform: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    listed = platform.get("root")
    for number, root in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(root, dict):
            yield number, root


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(value: Any) -> Value:
    """As Terraform is given it: TOML has days and times, which become texts."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_value(one) for one in value]
    return {key: _value(one) for key, one in value.items()} if isinstance(value, dict) else value


def _line(file: File, name: str, number: int = -1, table: str = "") -> int:
    """The line on which a variable stands in a table of the root of this number, else its root's own line. Without them
    that of a key of the platform itself."""
    at, start, inside = -1, 1, True
    named = re.compile(rf"(?:^|[\s{{.,])[\"']?{re.escape(name)}[\"']?\s*=")
    for line, text in enumerate(file.text.splitlines(), 1):
        if text.lstrip().startswith("["):
            at += bool(_ROOT.match(text))
            start = line if at == number and _ROOT.match(text) else start
            inside = at < 0 or bool((of := _TABLE.match(text)) and of[1] == table)
        elif at == number and named.search(text):
            inline = _INLINE.match(text)
            if inside or (inline and inline[1] == table):
                return line
    return start
