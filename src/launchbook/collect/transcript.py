"""Pasted terminal text as commands with their answers.

What people paste has prompts, noise between, several outputs in one file, JSON or ``--output table``, and lines cut
off in the middle. A command is recognised behind any prompt; what follows it, up to the next, is its answer.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from launchbook.collect.table import read_table

#: A command behind any prompt, or as a page lists it: ``- `aws …` ``.
_COMMAND = re.compile(
    r"^[^\S\n]*(?:[-*+][ \t]+`?|`|[^\n`|]{0,200}?[$#%>❯»][ \t]+`?)?(?P<command>aws[ \t]+[a-z0-9-]+[ \t]+[a-z0-9-]+.*)$",
    re.M,
)
#: What stands for a value that a shell or a person would have put there.
PLACEHOLDER = re.compile(r"^[\"']?[$<].*$", re.S)
#: The flag under which stands what an answer went through.
PIPE = "|"
_LINE = re.compile(
    r"""^[^\S\n]*["']?(?P<name>[A-Za-z][A-Za-z ]{2,40}?)["']?[ \t]*[:=][ \t]*(?P<value>[^\s{\[][^\n]{0,80})$""",
    re.M,
)


_HARMLESS = re.compile(
    r"true|false|yes|no|none|null|enabled|disabled|available|active|inactive|pending|success|failed|\d{1,6}",
    re.I,
)


@dataclass(frozen=True)
class Block:
    """One command and its answer.

    ``service`` and ``operation`` are the CLI's words (``sqs``, ``get-queue-attributes``), empty for JSON that stands
    alone. ``flags`` maps each flag to its values. ``answer`` is JSON, or None where ``problem`` says why not.
    """

    at: str
    service: str
    operation: str
    flags: dict[str, list[str]]
    answer: object = None
    problem: str = ""
    #: Whether the answer is from a table: its cells are text, and a list of one may be an object.
    table: bool = False
    #: ``Name: value`` lines that stand without a command, by name.
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def region(self) -> str:
        """The region that the command named; empty when it named none."""
        named = (self.flags.get("region") or [""])[0]
        return named if re.fullmatch(r"[a-z]{2}(-[a-z]+){1,3}-\d", named) else ""

    @property
    def query(self) -> str:
        """The ``--query`` of the command."""
        return " ".join(self.flags.get("query", []))


def read_transcript(text: str, name: str) -> list[Block]:
    """Every command of a text with its answer, and JSON documents without one. Never raises."""
    text = re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", text.replace("\r\n", "\n"))
    marks = [(match.start(), match.end(), match["command"]) for match in _COMMAND.finditer(text)]
    blocks: list[Block] = []
    blocks += _alone(text[: marks[0][0]] if marks else text, name, 0)
    for index, (start, end, command) in enumerate(marks):
        stop = marks[index + 1][0] if index + 1 < len(marks) else len(text)
        rest = text[end:stop]
        # A command continued with backslashes goes on below.
        while command.endswith("\\") and "\n" in rest:
            line, _, rest = rest.lstrip("\n").partition("\n")
            command = f"{command[:-1]} {line.strip()}"
        blocks.append(_block(command, rest, f"{name}:{text.count(chr(10), 0, start) + 1}"))
    return blocks


def _block(command: str, rest: str, at: str) -> Block:
    command = _plain(command)
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    service, operation, flags = words[1], words[2], _flags(words[3:])
    if (service, operation) == ("s3", "ls"):
        return _listing(words, rest, at)
    answer, problem, table = _answer(rest, flags)
    return Block(at, service, operation, flags, answer, problem, table)


def _plain(command: str) -> str:
    """A command without a page's closing backtick and without the commands inside it (``$(aws …)``)."""
    if command.count("`") % 2:
        command = command.rpartition("`")[0]
    while (start := command.find("$(")) >= 0:
        depth, end = 0, start + 1
        for end in range(start + 1, len(command)):  # the place where it closes
            depth += {"(": 1, ")": -1}.get(command[end], 0)
            if depth == 0:
                break
        command = f"{command[:start]}'<command>'{command[end + 1 :]}"
    return command


def _flags(words: list[str]) -> dict[str, list[str]]:
    flags: dict[str, list[str]] = {}
    name = ""
    for place, word in enumerate(words):
        if word.startswith("--"):
            name, given, value = word[2:].partition("=")
            flags[name] = [value] if given else []
        elif word in ("|", "||", "&&", ";"):
            if word == "|":
                flags[PIPE] = words[place + 1 :]
            break
        elif name:
            flags[name].append(word)
    return flags


def _listing(words: list[str], rest: str, at: str) -> Block:
    """``aws s3 ls``, which knows no JSON: one bucket a line; through ``grep`` it is a part of them."""
    names = re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\S+)$", rest, re.M)
    flags = {"query": ["Buckets[?grep].{Name:Name}"]} if "grep" in words else {}
    answer: object = (
        [{"Name": name} for name in names] if flags else {"Buckets": [{"Name": name} for name in names]}
    )
    return Block(at, "s3api", "list-buckets", flags, answer)


def _answer(text: str, flags: dict[str, list[str]]) -> tuple[object, str, bool]:
    """The first JSON document, table or list of a text; else why there is none. True for a table."""
    error = re.search(r"An error occurred \((\w+)\)[^\n]*", text)
    if error:
        return None, f"{error[1]}: the command failed when it was run", False
    if flags.get("output") == ["text"]:
        return *_words(text, flags), False
    start = re.search(r"^[ \t]*([\[{\"]|null\b|\d+\s*$|true\b|false\b)", text, re.M)
    table = re.search(r"^[ \t]*[-+|]{3,}", text, re.M)
    if table and (not start or table.start() < start.start()):
        return *read_table(text[table.start() :]), True
    if not start:
        return None, _nothing(text), False
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start.start() :].lstrip())
    except ValueError:
        return None, "its output is cut off or is not JSON", False
    except RecursionError:
        return None, "its output is nested too deeply", False
    return found, "", False


def _nothing(text: str) -> str:
    """Why a text holds no answer."""
    if not text.strip():
        return "nothing was pasted below it"
    lines = _bare(text)
    if lines:
        return f"only lines of its output were pasted ({_said(lines)}): they do not say of what"
    return "its output is neither JSON nor a table"


def _words(text: str, flags: dict[str, list[str]]) -> tuple[object, str]:
    """A list of plain values from ``--output text``; with more than one column it has no names."""
    query = "".join(flags.get("query", [])).strip()
    if not re.search(r"\[(\?.*)?\](\.\w+)?$", query, re.S):
        return None, "text output has no names: paste it with --output json"
    words = text.split()
    if not words:
        return None, "nothing was pasted below it"
    # A prompt or a remark behind the values is no value: all of a list look alike.
    lines = [line.split() for line in text.strip().splitlines()]
    alike = [word for line in lines if all(one.startswith(words[0][:3]) for one in line) for word in line]
    return alike, ""


def _bare(text: str) -> tuple[tuple[str, str], ...]:
    """``Name: value`` lines: what people copy when they are asked for the status alone."""
    return tuple((match["name"].strip(), match["value"].strip(" ,\"'")) for match in _LINE.finditer(text))


def _said(lines: tuple[tuple[str, str], ...]) -> str:
    """The lines in words; a value only where it is a switch, a count or a state, which no secret is."""
    said = (f"{name} {value}" if _HARMLESS.fullmatch(value) else name for name, value in lines[:4])
    return ", ".join(said) + (" …" if lines[4:] else "")


def _alone(text: str, name: str, offset: int) -> Iterator[Block]:
    """JSON documents that stand without a command: told apart later by what they hold."""
    decoder = json.JSONDecoder()
    position = 0
    while match := re.compile(r"^[ \t]*[\[{]", re.M).search(text, position):
        line = text.count("\n", 0, match.start()) + 1 + offset
        begin = match.end() - 1
        try:
            found, length = decoder.raw_decode(text[begin:])
        except (ValueError, RecursionError):
            yield Block(f"{name}:{line}", "", "", {}, None, "JSON that is cut off or does not parse")
            return
        yield Block(f"{name}:{line}", "", "", {}, found)
        position = begin + length
    lines = _bare(text) if position == 0 else ()
    if lines:
        problem = f"lines without their command ({_said(lines)}): they do not say of what"
        yield Block(f"{name}:{1 + offset}", "", "", {}, None, problem, lines=lines)
