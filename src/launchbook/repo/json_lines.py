"""JSON from files nobody vouches for, with the line of every entry and no recursion."""

from __future__ import annotations

from json import decoder
from typing import Any

from launchbook.patterns import regex
from launchbook.repo.lined import Map, Seq, Unreadable

DEEPEST = 200
_string = decoder.scanstring  # type: ignore[attr-defined]  # the parser's own, written in C
_SPACE = regex(r"[ \t\r\n]*")
_NUMBER = regex(r"-?(?:0|[1-9]\d{0,300})(?:\.\d{1,300})?(?:[eE][-+]?\d{1,5})?")
_WORDS = {"true": True, "false": False, "null": None}


class _Text:
    """A cursor over the text that knows its line."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.at, self.counted, self.line = 0, 0, 1

    def skip(self) -> str:
        """Move past white space and return the next character, empty at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.text[self.at : self.at + 1]

    def wrong(self, expected: str) -> Unreadable:
        return Unreadable(f"invalid JSON: expected {expected}", self.line)

    def string(self) -> str:
        try:
            value, self.at = _string(self.text, self.at + 1, True)
        except ValueError:
            raise self.wrong("the end of a string") from None
        return str(value)

    def scalar(self, first: str) -> Any:
        if first == '"':
            return self.string()
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        match = _NUMBER.match(self.text, self.at)
        if not match or match.end() == self.at:
            raise self.wrong("a value")
        self.at = match.end()
        number = match.group()
        return float(number) if set(number) & set(".eE") else int(number)


def load_json(text: str) -> Any:
    """The document as :class:`Map`, :class:`Seq` and scalars.

    Raises Unreadable with the line when the text is not JSON or nests too deep.
    """
    cursor = _Text(text)
    root = Seq(1)
    stack: list[Map | Seq] = [root]
    _value(cursor, cursor.skip(), stack)
    while len(stack) > 1:
        _entry(cursor, stack)
    if cursor.skip():
        raise cursor.wrong("the end of the file")
    return root[0]


def _value(cursor: _Text, first: str, stack: list[Map | Seq], key: str | None = None) -> None:
    """Read one value into the innermost container; a container becomes the innermost one itself."""
    line = cursor.line
    value: Any
    if first in ("{", "["):
        if len(stack) > DEEPEST:
            raise Unreadable(f"nested deeper than {DEEPEST}", line)
        cursor.at += 1
        value = Map(line) if first == "{" else Seq(line)
    else:
        value = cursor.scalar(first)
    inside = stack[-1]
    if isinstance(inside, Map):
        inside[key or ""] = value
    else:
        inside.append(value)
        inside.lines.append(line)
    if isinstance(value, Map | Seq):
        stack.append(value)


def _entry(cursor: _Text, stack: list[Map | Seq]) -> None:
    """Read the next entry of the innermost container, or its end."""
    inside = stack[-1]
    first = cursor.skip()
    if first == ("}" if isinstance(inside, Map) else "]"):
        cursor.at += 1
        stack.pop()
        return
    if inside:
        if first != ",":
            raise cursor.wrong("a comma or the end")
        cursor.at += 1
        first = cursor.skip()
    key = None
    if isinstance(inside, Map):
        if first != '"':
            raise cursor.wrong("a key")
        line = cursor.line
        key = cursor.string()
        inside.lines[key] = line
        if cursor.skip() != ":":
            raise cursor.wrong("a colon")
        cursor.at += 1
        first = cursor.skip()
    _value(cursor, first, stack, key)
