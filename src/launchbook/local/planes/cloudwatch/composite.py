"""Rules of composite alarms: ``ALARM("a") AND NOT (OK("b") OR INSUFFICIENT_DATA("c"))``."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

_TERM = re.compile(r"\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s()\"']+))\s*\)")
_WORDS = {"AND": " and ", "OR": " or ", "NOT": " not ", "TRUE": " True ", "FALSE": " False "}


class InvalidRule(ValueError):
    """A rule that can't be read."""


def evaluate(rule: str, states: Mapping[str, str]) -> bool:
    """True if the rule holds, given the states of alarms by name or ARN; an unknown alarm is in no state."""

    def term(match: re.Match[str]) -> str:
        name = match[2] or match[3] or match[4]
        return f" {states.get(name) == match[1]} "

    text = _TERM.sub(term, rule)
    text = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda m: _WORDS[m[1]], text)
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise InvalidRule(f"the alarm rule {rule!r} can't be read") from error


def alarms_in(rule: str) -> list[str]:
    """Names (or ARNs) of the alarms that a rule asks for."""
    return [m[2] or m[3] or m[4] for m in _TERM.finditer(rule)]


def _value(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _value(node.operand)
    if isinstance(node, ast.BoolOp):
        values = [_value(value) for value in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    raise ValueError(type(node).__name__)
