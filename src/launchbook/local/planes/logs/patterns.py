"""Filter patterns of CloudWatch Logs: terms, JSON selectors, space-delimited fields. Pure."""

from __future__ import annotations

import fnmatch
import json
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ABSENT = object()
_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))')
_TOKEN = re.compile(
    r'\s*(\(|\)|&&|\|\||!=|>=|<=|=|>|<|%[^%]+%|"(?:[^"\\]|\\.)*"|'
    r"\$(?:\.[A-Za-z0-9_\-]+|\[(?:'[^']+'|\"[^\"]+\"|\d+|\*)\])*|[^\s()&|!=<>]+)"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_FIELD = re.compile(r'\[[^\]]*\]|"(?:[^"\\]|\\.)*"|\S+')


class InvalidPattern(ValueError):
    """A filter pattern that can't be read."""


@dataclass(frozen=True, slots=True)
class Match:
    """A log line that a pattern accepts, and what metric values and dimensions may refer to in it."""

    #: JSON document, or fields by ``$name``; empty for plain terms.
    values: dict[str, Any]

    def value(self, reference: str) -> Any:
        """What ``$.latency`` or ``$bytes`` stands for; None when the line has no such value."""
        if reference.startswith(("$.", "$[")):
            found = _select(reference, self.values)
            return None if found is _ABSENT else found
        return self.values.get(reference)


def match(pattern: str, line: str) -> Match | None:
    """The match of a pattern on one log line, or None. Raises InvalidPattern."""
    return _compiled(pattern.strip())(line)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Callable[[str], Match | None]:
    if pattern.startswith("{") and pattern.endswith("}"):
        return _json_matcher(pattern[1:-1])
    if pattern.startswith("[") and pattern.endswith("]"):
        return _fields_matcher(pattern[1:-1])
    return _terms_matcher(pattern)


def _terms_matcher(pattern: str) -> Callable[[str], Match | None]:
    required: list[Callable[[str], bool]] = []
    optional: list[Callable[[str], bool]] = []
    excluded: list[Callable[[str], bool]] = []
    for sign, quoted, expression, word in _TERM.findall(pattern):
        term = _contains(re.sub(r"\\(.)", r"\1", quoted) or word, expression)
        {"?": optional, "-": excluded}.get(sign, required).append(term)

    def matcher(line: str) -> Match | None:
        accepted = (
            all(term(line) for term in required)
            and not any(term(line) for term in excluded)
            and (not optional or bool(required) or any(term(line) for term in optional))
        )
        return Match({}) if accepted else None

    return matcher


def _contains(text: str, expression: str) -> Callable[[str], bool]:
    if expression:
        found = re.compile(expression)
        return lambda line: found.search(line) is not None
    return lambda line: text in line


def _json_matcher(body: str) -> Callable[[str], Match | None]:
    tokens = _tokens(body)
    condition, rest = _any_of(tokens)
    if rest:
        raise InvalidPattern(f"not a filter pattern: {{{body}}}")

    def matcher(line: str) -> Match | None:
        try:
            document = json.loads(line)
        except ValueError:
            return None
        return Match(document) if isinstance(document, dict) and condition(document) else None

    return matcher


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if found is None:
            raise InvalidPattern(f"not a filter pattern: {text.strip()}")
        tokens.append(found[1])
        position = found.end()
    return tokens


Condition = Callable[[Any], bool]


def _any_of(tokens: list[str]) -> tuple[Condition, list[str]]:
    first, rest = _all_of(tokens)
    if rest and rest[0] == "||":
        other, rest = _any_of(rest[1:])
        return (lambda document: first(document) or other(document)), rest
    return first, rest


def _all_of(tokens: list[str]) -> tuple[Condition, list[str]]:
    first, rest = _one(tokens)
    if rest and rest[0] == "&&":
        other, rest = _all_of(rest[1:])
        return (lambda document: first(document) and other(document)), rest
    return first, rest


def _one(tokens: list[str]) -> tuple[Condition, list[str]]:
    if tokens and tokens[0] == "(":
        inner, rest = _any_of(tokens[1:])
        if not rest or rest[0] != ")":
            raise InvalidPattern("a bracket is not closed")
        return inner, rest[1:]
    if len(tokens) < 3:
        raise InvalidPattern("a condition needs a field, an operator and a value")
    selector, sign, value = tokens[:3]
    if sign in _COMPARE:
        return _comparison(lambda document: _select(selector, document), sign, value), tokens[3:]
    words = [word.upper() for word in tokens[1:4]]
    if words[:2] == ["NOT", "EXISTS"]:
        return (lambda document: _select(selector, document) is _ABSENT), tokens[3:]
    if words[0] == "IS" and words[1] in ("TRUE", "FALSE", "NULL"):
        wanted = {"TRUE": True, "FALSE": False, "NULL": None}[words[1]]
        return (lambda document: _select(selector, document) is wanted), tokens[3:]
    raise InvalidPattern(f"not a condition: {' '.join(tokens[:3])}")


def _comparison(find: Callable[[Any], Any], sign: str, text: str) -> Condition:
    if text.startswith("%") and text.endswith("%") and len(text) > 2:
        expression = re.compile(text[1:-1])
        return lambda document: (
            isinstance(find(document), str)
            and (expression.search(find(document)) is not None) == (sign == "=")
        )
    wanted = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
    number = None if text.startswith('"') else _number(text)

    def holds(document: Any) -> bool:
        found = find(document)
        options = found if isinstance(found, list) else [found]
        return any(_holds(sign, option, wanted, number) for option in options)

    return holds


def _holds(sign: str, found: Any, wanted: str, number: float | None) -> bool:
    if found is _ABSENT:
        return False
    if number is not None:
        value = _number(found)
        return value is not None and _COMPARE[sign](value, number)
    if sign not in ("=", "!=") or not isinstance(found, str):
        return False
    return fnmatch.fnmatchcase(found, wanted.replace("[", "[[]")) == (sign == "=")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _select(selector: str, document: Any) -> Any:
    value = document
    for name, quoted, index in re.findall(
        r"\.([A-Za-z0-9_\-]+)|\[['\"]([^'\"]+)['\"]\]|\[(\d+|\*)\]", selector
    ):
        if name or quoted:
            value = value.get(name or quoted, _ABSENT) if isinstance(value, dict) else _ABSENT
        elif index == "*":
            value = value if isinstance(value, list) else _ABSENT
        else:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else _ABSENT
        if value is _ABSENT:
            break
    return value


def _fields_matcher(body: str) -> Callable[[str], Match | None]:
    parts = [part.strip() for part in body.split(",")]
    conditions = [_field_condition(part) for part in parts]
    ellipsis = next((i for i, part in enumerate(parts) if part == "..."), None)

    def matcher(line: str) -> Match | None:
        fields = [field[1:-1] if field[0] in '["' else field for field in _FIELD.findall(line)]
        wanted = list(conditions)
        if ellipsis is not None:
            spare = len(fields) - (len(wanted) - 1)
            wanted[ellipsis : ellipsis + 1] = [("", None)] * max(0, spare)
        if len(wanted) != len(fields):
            return None
        pairs = list(zip(wanted, fields, strict=True))
        if not all(condition is None or condition(field) for (_, condition), field in pairs):
            return None
        return Match({f"${name}": field for (name, _), field in pairs if name})

    return matcher


def _field_condition(part: str) -> tuple[str, Condition | None]:
    tokens = _tokens(part) if part != "..." else []
    if len(tokens) <= 1:
        return (tokens[0] if tokens else ""), None
    name = tokens[0]
    # ``status = 5* || status = 429`` names the same field again: one value answers them all.
    condition, rest = _any_of([f"$.{t}" if t == name else t for t in tokens])
    if rest:
        raise InvalidPattern(f"not a field condition: {part}")
    return name, lambda field: condition({name: field})
