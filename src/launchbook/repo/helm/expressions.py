"""Expressions of Helm's templates: pipelines, fields, variables and calls, Unread where files do not decide them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from launchbook.model import Unread
from launchbook.repo.helm.functions import call
from launchbook.repo.helm.syntax import DEEPEST, Token

_WORDS = {"true": True, "false": False, "nil": None}
#: What gives a template's text: the name of the template, and what it sees as its dot.
Include = Callable[[str, Any], Any]


class Expression:
    """One pass over the words of an action, against a dot and its variables."""

    def __init__(
        self,
        tokens: list[Token],
        dot: Any,
        variables: Mapping[str, Any],
        include: Include,
        plain: Callable[[Any], Any],
    ) -> None:
        self.tokens, self.dot, self.variables = tokens, dot, variables
        self.include, self.plain = include, plain
        self.at = self.depth = 0

    def value(self) -> Any:
        """What the whole action comes to."""
        found = self._pipeline()
        return found if self.at >= len(self.tokens) else Unread("the template's action is not read")

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _pipeline(self) -> Any:
        value = self._command(None, False)
        while (token := self._next()) is not None and token.text == "|" and token.kind == "mark":
            self.at += 1
            value = self._command(value, True)
        return value

    def _command(self, piped: Any, has_piped: bool) -> Any:
        """A function with its operands, or one operand alone."""
        token = self._next()
        if token is None:
            return Unread("the template's action is not read")
        named = token.kind == "name" and not token.text.startswith("$") and token.text not in _WORDS
        if named:
            self.at += 1
        operands = []
        while (here := self._next()) is not None and not (
            here.kind == "mark" and here.text in ("|", ")", ",")
        ):
            operands.append(self._operand())
        if not named:
            return (
                operands[0] if len(operands) == 1 and not has_piped else Unread("the template calls a method")
            )
        given = [*operands, piped] if has_piped else operands
        if token.text in ("include", "template", "tpl"):
            return self._included(token.text, given)
        if token.text in ("toYaml", "toJson") and given and not isinstance(given[0], Unread):
            given = [self.plain(given[0])]
        return call(token.text, given)

    def _included(self, word: str, given: list[Any]) -> Any:
        if word == "tpl":
            text = given[0] if given else None
            return text if isinstance(text, str) and "{{" not in text else Unread("a template inside a value")
        name = given[0] if given else None
        return (
            self.include(name, given[1] if len(given) > 1 else None)
            if isinstance(name, str)
            else Unread("unnamed")
        )

    def _operand(self) -> Any:
        token = self.tokens[self.at]
        self.at += 1
        value: Any
        if token.kind == "string":
            value = token.text[1:-1] if token.text[0] == "`" else _unquoted(token.text)
        elif token.kind == "number":
            value = float(token.text) if "." in token.text else int(token.text[:40])
        elif token.kind == "field":
            value = reach(self.dot, token.text)
        elif token.text == "(":
            value = self._nested()
        elif token.text in _WORDS:
            value = _WORDS[token.text]
        elif token.text.startswith("$"):
            value = self.variables.get(token.text, Unread(f"{token.text} is not set in the template"))
        else:
            value = Unread(f"the template's function {token.text} is not read")
        while (
            (after := self._next()) is not None
            and after.kind == "field"
            and after.joined
            and token.kind != "field"
        ):
            self.at += 1
            value = reach(value, after.text)
        return value

    def _nested(self) -> Any:
        self.depth += 1
        value = self._pipeline() if self.depth < DEEPEST else Unread("it nests too deep")
        token = self._next()
        if token is not None and token.text == ")":
            self.at += 1
        self.depth -= 1
        return value


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def reach(held: Any, path: str) -> Any:
    """What lies at ``.a.b`` below a value; None where nothing does."""
    for name in path.split(".")[1:]:
        if not name:
            return held
        if isinstance(held, Unread):
            return held
        held = held.get(name) if isinstance(held, dict) else None
    return held
