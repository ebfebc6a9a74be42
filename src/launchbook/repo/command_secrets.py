"""Commands as facts may keep them: what runs stays, and the arguments that only a secret would be do not."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from launchbook.patterns import regex
from launchbook.redact import HELD, names_identity, names_secret

#: One word of a shell: pieces in quotes (escaped ones, in a shell within a shell) and plain ones. Never tries twice.
#: The mark is a piece, too: what was held back once reads the same when it is looked at again.
_WORD = (
    rf"(?:{re.escape(HELD)}|"
    + r"\\\"(?:(?!\\\").)*+(?:\\\"|\Z)|\"(?:\\.|[^\"\\])*+(?:\"|\Z)|'[^']*+(?:'|\Z)|\\."
    r"|[^\s\"'|;&<>\\])++"
)
_START = r"(?<![\w-])"
# Repeats inside the patterns below have a limit: a hostile text takes no longer than one of its length may.
_HEADER_FLAG = r"-H|--header"
_USER_FLAG = r"-u|--user|--proxy-user"
_BODY_FLAG = r"-d|--data(?:-\w+)?|--json|--post-data|--form"
_NAMED_FLAG = r"--?[\w-]{0,60}(?:key|pass|pwd|token|secret)[\w-]{0,60}|--value|--from-literal"

_HEADER = regex(rf"{_START}((?:{_HEADER_FLAG})[=\s]*)({_WORD})", re.S)
_USER = regex(rf"{_START}((?:{_USER_FLAG})[=\s]*)({_WORD})", re.S)
_BODY = regex(rf"(?<!\[ )(?<!test ){_START}((?:{_BODY_FLAG})(?:[=\s]\s*|(?=\\?[\"'{{])))({_WORD})", re.S)
_FLAG = regex(rf"{_START}({_NAMED_FLAG})([=\s]\s*)({_WORD})", re.S | re.I)
#: Flags that mean a password to these programs alone.
_OWN_FLAG = regex(
    r"\b((?:docker|podman)\s+login\b[^|;&\n]{0,200}?\s-p\s+|redis-cli\b[^|;&\n]{0,200}?\s-a\s+|sshpass\s+-p\s*"
    rf"|(?:mysql|mariadb)\w*\b[^|;&\n]{{0,200}}?\s-p(?=\S))({_WORD})",
    re.S,
)
#: What is written to a file or piped into another program: a line of ``.env``, a password on standard input.
_ECHO = regex(rf"\b(echo|printf)((?:\s+{_WORD}){{1,200}}+)(?=\s*(?:\|(?!\|)|>(?!&)))", re.S)
_HERE = regex(rf"(<<<\s*)({_WORD})", re.S)
_EXPORT = regex(rf"\b(export)((?:[ \t]+{_WORD}){{1,200}}+)", re.S)
#: A variable that is given a value: as a text in quotes, which ends where they do, or as a word.
_ASSIGNED = regex(
    r"(?<![\w$\\-])(?P<quote>\\?[\"'])(?P<quoted>[A-Za-z_]\w*)=(?P<text>(?:(?!(?P=quote)).)*+)(?P=quote)"
    rf"|(?<![\w$-])(?P<name>[A-Za-z_]\w*)=(?P<word>{_WORD})",
    re.S,
)
_EACH_WORD = regex(_WORD, re.S)
#: A word that only refers to variables tells which, and no value.
_REFERENCE = regex(
    r"\\?\"?(?:(?:bearer|basic|token)\s+)?(?:\$\{[A-Z_]\w*\}|\$\([A-Z_]\w*\)|\$[A-Z_][A-Z0-9_]*|[:/])+\\?\"?",
    re.I,
)
_NAMED = regex(r"(\\?[\"']?)([\w.]+=)(.*?)(\\?[\"']?)", re.S)
_HEADER_VALUE = regex(r"(\\?[\"']?)([\w.-]+:(?!//)\s*)(.*?)(\\?[\"']?)", re.S)
_OPEN_HEADERS = frozenset(("accept", "content-type", "host", "user-agent"))
_LISTED = regex(r"\s*((?:[A-Z]+\s+)?)(\[.*\])\s*", re.S)


def without_arguments(text: str) -> str:
    """A command line, or several, with the arguments held back that only a secret would be."""
    listed = _LISTED.fullmatch(text)
    if listed and (items := _strings(listed[2])) is not None:
        return listed[1] + json.dumps(arguments_without_secrets(items), ensure_ascii=False)
    text = _ECHO.sub(lambda found: found[1] + _EACH_WORD.sub(_echoed, found[2]), text)
    text = _EXPORT.sub(lambda found: found[1] + _EACH_WORD.sub(_exported, found[2]), text)
    text = _HERE.sub(lambda found: found[1] + _held(found[2]), text)
    text = _HEADER.sub(lambda found: found[1] + _header(found[2]), text)
    text = _USER.sub(lambda found: found[1] + _user(found[2]), text)
    text = _BODY.sub(lambda found: found[1] + _held(found[2]), text)
    text = _OWN_FLAG.sub(lambda found: found[1] + _held(found[2]), text)
    text = _FLAG.sub(_flagged, text)
    return _ASSIGNED.sub(_assigned, text)


def _assigned(found: re.Match[str]) -> str:
    if found["name"]:
        return f"{found['name']}={_held(found['word'])}" if names_secret(found["name"]) else found[0]
    quote, name, value = found["quote"], found["quoted"], found["text"]
    value = _held(value) if names_secret(name) and value else _ASSIGNED.sub(_assigned, value)
    return f"{quote}{name}={value}{quote}"


def arguments_without_secrets(items: Sequence[Any]) -> list[Any]:
    """A command given word by word; a word may be a whole line for a shell. What is no text stays."""
    kept: list[Any] = []
    before = ""
    for item in items:
        kept.append(_argument(before, item) if isinstance(item, str) else item)
        before = item if isinstance(item, str) else ""
    return kept


def _argument(flag: str, item: str) -> str:
    if re.fullmatch(_HEADER_FLAG, flag):
        return _header(item)
    if re.fullmatch(_USER_FLAG, flag):
        return _user(item)
    if re.fullmatch(_BODY_FLAG, flag) or _takes_secret(flag):
        return _held(item)
    return without_arguments(item)


def _strings(text: str) -> list[str] | None:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return items if all(isinstance(item, str) for item in items) else None


def _takes_secret(flag: str) -> bool:
    name = flag.strip("-").replace("-", "_").lower()
    whole = re.fullmatch(_NAMED_FLAG, flag, re.I)
    return bool(whole) and not (name.startswith("no_") or name.endswith("stdin") or names_identity(name))


def _flagged(found: re.Match[str]) -> str:
    return found[1] + found[2] + _held(found[3]) if _takes_secret(found[1]) else found[0]


def _held(word: str) -> str:
    """The mark, but for the next flag, the name of a file with the body, and a reference to a variable."""
    return word if word.startswith(("-", "@")) or _REFERENCE.fullmatch(word) else HELD


def _header(word: str) -> str:
    found = _HEADER_VALUE.fullmatch(word)
    if found is None or found[2].partition(":")[0].lower() in _OPEN_HEADERS or _REFERENCE.fullmatch(found[3]):
        return word
    return found[1] + found[2] + HELD + found[4]


def _user(word: str) -> str:
    return _held(word) if ":" in word else word


def _echoed(word: re.Match[str]) -> str:
    return _exported(word) if _NAMED.fullmatch(word[0]) else _held(word[0])


def _exported(word: re.Match[str]) -> str:
    found = _NAMED.fullmatch(word[0])
    if found is None or _REFERENCE.fullmatch(found[3]):
        return word[0]
    return found[1] + found[2] + HELD + found[4]
