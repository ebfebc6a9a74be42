"""The text of a Helm template as a tree: text, actions, and the blocks that ``if``, ``with`` and ``range`` open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.lined import Unreadable

#: Blocks inside one another, and parentheses; nobody comes near.
DEEPEST = 60
_ACTION = regex(r"\{\{(?P<left>-(?=\s))?(?P<inside>.*?)(?P<right>(?<=\s)-)?\}\}", re.S)
_COMMENT = regex(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.S)
_TOKEN = regex(
    r"\s+|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`)|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>\$?[A-Za-z_]\w*|\$)"
    r"|(?P<field>(?:\.[A-Za-z_]\w*)+|\.)|(?P<mark>:=|[()|,=])|(?P<other>.)",
    re.S,
)


@record()
class Token:
    """A word of an action; ``joined`` when nothing stands between it and the one before."""

    kind: str
    text: str
    joined: bool


@dataclass
class Text:
    """What stands outside the actions, with the line that it begins on."""

    text: str
    line: int


@dataclass
class Action:
    """``{{ … }}`` that gives text, or sets a variable."""

    tokens: list[Token]
    line: int


@dataclass
class Block:
    """``if``, ``with``, ``range`` or ``define`` with its branches; the tokens of ``else`` alone are empty."""

    kind: str
    line: int
    branches: list[tuple[list[Token], list[Node]]] = field(default_factory=list)


Node = Text | Action | Block


def tokens_of(text: str, line: int) -> list[Token]:
    """The words of an action. Raises Unreadable."""
    found: list[Token] = []
    spaced = True
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "other":
            raise Unreadable(f"{match.group()!r} has no meaning in a template", line)
        if kind is not None:
            found.append(Token(kind, match.group(), not spaced))
        spaced = kind is None
    return found


def parse(text: str) -> list[Node]:
    """The tree of a template. Raises Unreadable where blocks are not closed or nest too deep."""
    root = Block("root", 1, [([], [])])
    open_blocks = [root]
    for piece in _pieces(text):
        body = open_blocks[-1].branches[-1][1]
        if isinstance(piece, Text):
            body.append(piece)
            continue
        word = piece.tokens[0].text if piece.tokens else ""
        if word in ("if", "with", "range", "define", "block"):
            if len(open_blocks) > DEEPEST:
                raise Unreadable(f"blocks nest deeper than {DEEPEST}", piece.line)
            block = Block(word, piece.line, [(piece.tokens[1:], [])])
            body.append(block)
            open_blocks.append(block)
        elif word in ("else", "end") and len(open_blocks) == 1:
            raise Unreadable(f"{word} closes nothing", piece.line)
        elif word == "else":
            rest = piece.tokens[1:]
            condition = rest[1:] if rest and rest[0].text in ("if", "with") else []
            open_blocks[-1].branches.append((condition, []))
        elif word == "end":
            open_blocks.pop()
        elif piece.tokens:
            body.append(piece)
    if len(open_blocks) > 1:
        raise Unreadable(f"the {open_blocks[-1].kind} that begins here has no end", open_blocks[-1].line)
    return root.branches[0][1]


def _pieces(text: str) -> Iterator[Text | Action]:
    """Text and actions in turn, with the space taken off that ``{{-`` and ``-}}`` take off."""
    text = _COMMENT.sub(_without, text)
    at, line, trimmed = 0, 1, False
    for match in _ACTION.finditer(text):
        before = text[at : match.start()]
        yield _text(before, line, trimmed, match["left"] is not None)
        line += before.count("\n")
        yield Action(tokens_of(match["inside"], line), line)
        line += match.group().count("\n")
        at, trimmed = match.end(), match["right"] is not None
    rest = text[at:]
    if "{{" in rest:
        raise Unreadable("an action is not closed", line + rest[: rest.index("{{")].count("\n"))
    yield _text(rest, line, trimmed, False)


def _without(match: re.Match[str]) -> str:
    """A comment as an action that says nothing, with its lines and its marks."""
    held = match.group()
    left, right = ("{{- " if held.startswith("{{-") else "{{ "), (" -}}" if held.endswith("-}}") else " }}")
    return left + "\n" * held.count("\n") + right


def _text(text: str, line: int, left: bool, right: bool) -> Text:
    if left:
        kept = text.lstrip()
        line += text[: len(text) - len(kept)].count("\n")
        text = kept
    return Text(text.rstrip() if right else text, line)
