"""Reads a Dockerfile into instructions: continuations, comments, directives, here-documents, flags, variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from launchbook.errors import UnreadableInput

KNOWN = frozenset(
    {
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
        "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    }
)  # fmt: skip
_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
_HEREDOC = re.compile(r"<<-?(['\"]?)(\w+)\1")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s+")
_VARIABLE = re.compile(r"\\(\$)|\$(?:(\w+)|\{(\w+)(?:(:[-+])([^}]*))?\})")
_WORD = re.compile(r"""(?:\\.|[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+""")


@dataclass(frozen=True)
class Instruction:
    """One instruction with the line it starts on; ``documents`` are its here-documents by name."""

    name: str
    value: str
    line: int
    flags: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)

    @property
    def listed(self) -> list[str] | None:
        """The JSON (exec) form as a list; None for the shell form."""
        if not self.value.startswith("["):
            return None
        try:
            found = json.loads(self.value)
        except ValueError:
            return None
        return found if all(isinstance(item, str) for item in found) else None

    def __str__(self) -> str:
        shown = " ".join(self.value.split())
        return f"{self.name} {shown[:70]}{'…' if len(shown) > 70 else ''}"


def parse(text: str, name: str = "Dockerfile") -> list[Instruction]:
    """The instructions in order. Raises UnreadableInput, with the line, for what is no Dockerfile."""
    found = list(_instructions(text, name))
    first = next((i for i in found if i.name != "ARG"), None)
    if first is None or first.name != "FROM":
        where = f"{name}:{first.line}" if first else name
        raise UnreadableInput(f"{where} can't be read", "a Dockerfile begins with FROM")
    return found


def _instructions(text: str, name: str) -> Iterator[Instruction]:
    lines = text.removeprefix("\ufeff").splitlines()
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        start, (logical, at) = at, _logical(lines, at, escape)
        word, _, rest = logical.partition(" ")
        verb = word.upper()
        if verb not in KNOWN:
            raise UnreadableInput(f"{name}:{start + 1} can't be read", f"unknown instruction {word}")
        documents: dict[str, str] = {}
        if verb in ("RUN", "COPY", "ADD"):
            for found in _HEREDOC.finditer(rest):
                documents[found[2]], at = _document(lines, at, found[2], f"{name}:{start + 1}")
        flags, value = _flags(rest.strip()) if verb != "ENV" else ({}, rest.strip())
        yield Instruction(verb, value, start + 1, flags, documents)


def _escape(lines: list[str]) -> str:
    for line in lines:
        found = _DIRECTIVE.match(line)
        if not found:
            return "\\"
        if found[1].lower() == "escape":
            return found[2]
    return "\\"


def _logical(lines: list[str], at: int, escape: str) -> tuple[str, int]:
    """One logical line from ``at`` on, and where the next begins; comments inside a continuation are dropped."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        if line.startswith("#") or (not line and parts):
            continue
        if not line.endswith(escape):
            return " ".join([*parts, line]).strip(), at
        parts.append(line[: -len(escape)].strip())
    return " ".join(parts).strip(), at


def _document(lines: list[str], at: int, end: str, where: str) -> tuple[str, int]:
    for last in range(at, len(lines)):
        if lines[last].strip() == end:
            return "\n".join(lines[at:last]) + "\n", last + 1
    raise UnreadableInput(f"{where} can't be read", f"the here-document {end} has no end")


def _flags(rest: str) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while found := _FLAG.match(rest):
        flags[found[1]] = found[2] if found[2] is not None else "true"
        rest = rest[found.end() :]
    return flags, rest


def expand(text: str, variables: Mapping[str, str]) -> str:
    """``$NAME``, ``${NAME}``, ``${NAME:-otherwise}`` and ``${NAME:+instead}``; what is unset is empty."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        known = variables.get(found[2] or found[3], "")
        if found[4] == ":-":
            return known or expand(found[5], variables)
        if found[4] == ":+":
            return expand(found[5], variables) if known else ""
        return known

    return _VARIABLE.sub(value, text)


def words(text: str) -> list[str]:
    """Words of an instruction, quotes removed."""
    return [_unquoted(word) for word in _WORD.findall(text)]


def pairs(text: str) -> dict[str, str]:
    """``KEY=value KEY2="two words"``, or the old form ``KEY value`` with one space."""
    first, _, rest = text.partition(" ")
    if "=" not in first:
        return {first: rest.strip()}
    found = (word.partition("=") for word in _WORD.findall(text))
    return {key: _unquoted(value) for key, _, value in found}


def _unquoted(word: str) -> str:
    plain = re.sub(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'", lambda m: m[1] if m[1] is not None else m[2], word)
    return re.sub(r"\\([\s\"'\\])", r"\1", plain)
