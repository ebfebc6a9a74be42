"""What a foreign image stands for: a command of this machine, kept in the state directory of one instance.

An embedded AWS pulls from its own ECR alone. A user who knows what should stand for ``nginx:1.27`` says so once, and
tasks that use the image run that command. ``{host}``, ``{port}`` and ``{ports}`` in it are the task's address, its
first container port and all of them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from launchbook.local.images.reference import Reference


def _file(state: Path) -> Path:
    return state / "images" / "aliases.json"


def read(state: Path) -> dict[str, list[str]]:
    """Every alias of an instance: pattern of names -> command."""
    try:
        found: dict[str, list[str]] = json.loads(_file(state).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def write(state: Path, pattern: str, command: list[str]) -> None:
    """Let a pattern of names stand for a command; an empty command takes the alias away."""
    known = read(state)
    known.pop(pattern, None)
    if command:
        known[pattern] = command
    path = _file(state)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"aliases.{os.getpid()}")
    new.write_text(json.dumps(known, indent=1), encoding="utf-8")
    new.replace(path)


def filled(command: Sequence[str], host: str, ports: Sequence[int]) -> list[str]:
    """The command for one task; a task without ports has port 80 in mind."""
    values = {"{host}": host, "{port}": str(next(iter(ports), 80)), "{ports}": ",".join(map(str, ports))}
    return [re.sub(r"\{(host|port|ports)\}", lambda found: values[found[0]], part) for part in command]


def command_for(state: Path, image: str) -> list[str] | None:
    """The command that stands for an image; the alias given last wins.

    A pattern fits the name as it is written in the task definition, with or without its tag, or in full
    (``docker.io/library/nginx:1.27``); ``*`` fits anything.
    """
    names = {image, image.partition("@")[0]}
    try:
        full = Reference.parse(image)
    except ValueError:
        pass
    else:
        plain = full.repository.removeprefix("library/")
        names |= {str(full), f"{full.registry}/{full.repository}", plain, f"{plain}:{full.tag}"}
        names |= {full.repository.rpartition("/")[2]} if full.registry == "docker.io" else set()
    for pattern, command in reversed(read(state).items()):
        if any(fnmatchcase(name, pattern) for name in names):
            return command
    return None
