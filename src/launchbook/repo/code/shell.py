"""Commands of shell scripts and Makefiles, as far as text shows them: words, lines, variables with one value."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator, Mapping

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.redact import names_secret

#: A line, or a command over many lines, that is longer than this is no command that a person wrote.
LONGEST = 8000
_ASSIGNED = regex(
    r"^\s*(?:export\s+|readonly\s+|local\s+)?(?P<name>[A-Za-z_]\w*)\s*[:?]?=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s;&|#]*)"
)
_USED = regex(r"\$\{(?P<braced>\w+)\}|\$\((?P<made>\w+)\)|\$(?P<bare>\w+)")


@record()
class Command:
    """One command: its words as the shell would split them, and the line of each."""

    words: tuple[str, ...]
    lines: tuple[int, ...]


def assigned(text: str) -> dict[str, tuple[str, int]]:
    """Variables that are given one plain value in the file, with the line.

    One that is given two is left out, and so is one whose name says that it is a secret.
    """
    found: dict[str, tuple[str, int]] = {}
    twice: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        match = _ASSIGNED.match(line[:LONGEST])
        if match:
            value = match["value"].strip("\"'")
            name = match["name"]
            if name in found and found[name][0] != value:
                twice.add(name)
            found.setdefault(name, (value, number))
    plain = {name: held for name, held in found.items() if name not in twice and not names_secret(name)}
    return {name: held for name, held in plain.items() if not re.search(r"[`$]", held[0])}


def expanded(word: str, variables: Mapping[str, tuple[str, int]]) -> str:
    """A word with the known variables put in; unknown ones stay as written."""

    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["made"] or match["bare"]
        return variables[name][0] if name in variables else match.group()

    return _USED.sub(value, word)


def known(word: str) -> bool:
    """Whether nothing in the word is left to the run."""
    return not re.search(r"[$`]", word)


def commands(text: str, program: str) -> Iterator[Command]:
    """Every command of one program, continuations joined; what cannot be split into words is left out."""
    call = re.compile(rf"(?:^|[\s;&|(`@-]){re.escape(program)}\s+(?=[a-z$\"'-])")
    for joined, lines in _joined(text):
        if program not in joined or len(joined) > LONGEST:
            continue
        for match in list(call.finditer(joined))[:50]:
            words, starts = _words(joined, match.end())
            if words:
                yield Command(tuple(words), tuple(lines[min(at, len(lines) - 1)] for at in starts))


def _joined(text: str) -> Iterator[tuple[str, list[int]]]:
    """Lines with their continuations, and the line number of each character."""
    held = ""
    numbers: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not held and line.lstrip().startswith("#"):
            continue
        if len(line) > LONGEST or len(held) > LONGEST:
            held, numbers = "", []
            continue
        more = line.endswith("\\")
        part = line.removesuffix("\\") + (" " if more else "")
        held += part
        numbers += [number] * len(part)
        if not more:
            if held.strip():
                yield held, numbers
            held, numbers = "", []
    if held.strip():
        yield held, numbers


def _words(text: str, start: int) -> tuple[list[str], list[int]]:
    """The words from ``start`` to the end of the command, with the position of each."""
    # Make writes $(NAME) where the shell writes ${NAME}.
    stream = io.StringIO(re.sub(r"\$\((\w+)\)", r"${\1}", text[start:]))
    lexer = shlex.shlex(stream, posix=True, punctuation_chars=";|&()<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    starts: list[int] = []
    try:
        for word in lexer:
            if word and set(word) <= set(";|&()<>"):
                break
            words.append(word)
            starts.append(start + max(0, stream.tell() - len(word) - 2))
    except ValueError:  # an open quote: what was read before it stands
        pass
    return words, starts
