"""RUN without a container: Python installs, virtual environments and folders are honoured, all else is said.

Nothing of the user's machine is changed: a command runs only if it is known to write inside the image, so an
``apt-get`` in a Dockerfile can't reach the machine that reads it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from launchbook.local.images import python_install
from launchbook.local.images.dockerfile import Instruction, expand
from launchbook.local.images.stage import Note, Stage

#: What does nothing that a process without a container would miss.
_HARMLESS = frozenset({":", "set", "true", "echo", "cd", "export"})
_WHY = {
    "apt-get": "the system packages of this machine are used",
    "apt": "the system packages of this machine are used",
    "apk": "the system packages of this machine are used",
    "yum": "the system packages of this machine are used",
    "dnf": "the system packages of this machine are used",
    "microdnf": "the system packages of this machine are used",
    "useradd": "processes run as the user of the embedded AWS",
    "adduser": "processes run as the user of the embedded AWS",
    "groupadd": "processes run as the user of the embedded AWS",
    "addgroup": "processes run as the user of the embedded AWS",
    "chown": "processes run as the user of the embedded AWS",
}
#: What pip may be told to do; of these only install and wheel have something to do in an image here.
_PIP_VERBS = frozenset({"install", "wheel", "uninstall", "check", "cache", "list"})
_CACHES = {("var", "cache"), ("var", "lib")}
_UNKNOWN = "commands that could change this machine are not run"


def honour(instruction: Instruction, stage: Stage, python: str) -> Iterator[Note]:
    """Carry out one RUN in the stage; yields a note per command that is not honoured."""
    texts = list(instruction.documents.values())
    text = "\n".join(texts) if texts else instruction.value
    commands = [instruction.listed] if instruction.listed else list(_commands(text))
    prefix: str | None = None
    for command in commands:
        line = [expand(word, stage.variables) for word in command]
        activated = _activated(line)
        if activated:
            prefix = activated
        for why in _one(line, stage, python, prefix) if line and not activated else ():
            yield Note(instruction.line, f"RUN {shlex.join(line)[:70]}", why)


def _commands(text: str) -> Iterator[list[str]]:
    """The simple commands of a shell line; a separator ends one, quotes are kept together."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.commenters = "#"
    current: list[str] = []
    try:
        for token in lexer:
            if set(token) <= set(";&|\n()"):
                yield current
                current = []
            else:
                current.append(token)
    except ValueError:
        yield [text.strip()]
        return
    yield current


def _activated(line: list[str]) -> str | None:
    """The virtual environment that ``. DIR/bin/activate`` enters."""
    if len(line) == 2 and line[0] in (".", "source") and line[1].endswith("/bin/activate"):
        return line[1].removesuffix("/bin/activate")
    return None


def _one(line: list[str], stage: Stage, python: str, prefix: str | None) -> Iterator[str]:
    line = [word for n, word in enumerate(line) if n or "=" not in word] or [":"]
    program = PurePosixPath(line[0]).name
    if program in _HARMLESS:
        return
    if program == "mkdir":
        for folder in (word for word in line[1:] if not word.startswith("-")):
            stage.path(folder).mkdir(parents=True, exist_ok=True)
        return
    if program == "rm" and _only_caches(line[1:]):
        return
    module = line[2:] if program.startswith("python") and line[1:2] == ["-m"] else []
    if module[:1] == ["venv"] or line[:2] == ["uv", "venv"]:
        for folder in (word for word in (module or line[1:])[1:] if not word.startswith("-")):
            python_install.environment(stage, folder, python)
        return
    pip = _pip(module or line[1:] if module or program == "uv" else [program, *line[1:]])
    if pip is None:
        yield _WHY.get(program, _UNKNOWN)
        return
    verb, arguments, named = pip
    home = named or prefix or (str(PurePosixPath(line[0]).parent.parent) if "/" in line[0] else None)
    if verb == "install":
        yield from python_install.install(stage, arguments, python, home)
    elif verb == "wheel":
        yield from python_install.wheel(stage, arguments, python)


def _pip(words: list[str]) -> tuple[str, list[str], str | None] | None:
    """(verb, its arguments, the environment that ``--python`` names) of a pip command; None for another command."""
    if not words or not words[0].startswith("pip"):
        return None
    named: str | None = None
    rest = iter(words[1:])
    for word in rest:
        if word == "--python":
            named = next(rest, None)
        elif word.startswith("--python="):
            named = word.partition("=")[2]
        elif word in _PIP_VERBS:
            return word, list(rest), named
        elif not word.startswith("-"):
            return None
    return None


def _only_caches(words: list[str]) -> bool:
    folders = [PurePosixPath(word).parts for word in words if not word.startswith("-")]
    return all(parts[1:3] in _CACHES or parts[1:2] == ("tmp",) or ".cache" in parts for parts in folders)
