"""What a container without a container runs: program, arguments, environment and working directory.

An image's files lie in a folder of the task. Where its configuration, its environment or its command names an
absolute path that the image has, the path in that folder is meant; everything else is this machine's.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from launchbook.local.planes.ecs.model import Program

#: An absolute path at the start of a word, after ``=``, ``:`` or a quote.
_PATH = re.compile(r"(?<![^\s=:,;'\"(])/[\w.@+-]+(?:/[\w.@+-]+)*")
_EVERY_ADDRESS = re.compile(r"(?<![\w.])(?:0\.0\.0\.0(?![\w./])|\[::\])")
_DEFAULTS = {"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
_OWN_HOST = re.compile(r"\b(localhost|127\.0\.0\.1)(?![\w.-])")


class NotFoundInPath(Exception):
    """The image's program is neither in the image nor on this machine."""


def inside(text: str, root: Path) -> str:
    """The text with each absolute path that the image has turned into its place in ``root``."""

    def place(found: re.Match[str]) -> str:
        path = root / found[0][1:]
        return str(path) if path.exists() or path.is_symlink() else found[0]

    return _PATH.sub(place, text)


def resolve(
    definition: Mapping[str, Any],
    image: Mapping[str, Any],
    root: Path,
    added: Mapping[str, str],
    secrets: Mapping[str, str],
    *,
    digest: str | None,
) -> Program:
    """Put a container's program together.

    ``definition`` is its container definition, ``image`` the image's configuration (Docker's ``config`` object),
    ``added`` what the platform adds (stronger than the image, weaker than the task definition, but for ``HOST``),
    ``secrets`` the values of the secrets by name. Raises NotFoundInPath.
    """
    environment = _environment(definition, image, root, added, secrets)
    entrypoint = definition.get("entryPoint") or image.get("Entrypoint") or []
    command = definition.get("command") or ([] if definition.get("entryPoint") else image.get("Cmd")) or []
    argv = [inside(part, root) for part in (*entrypoint, *command)]
    if not argv:
        raise NotFoundInPath("no command specified")
    argv[0] = _find(argv[0], environment["PATH"])
    workdir = Path(root, (definition.get("workingDirectory") or image.get("WorkingDir") or "/").lstrip("/"))
    workdir.mkdir(parents=True, exist_ok=True)
    return Program(argv, environment, workdir, str(image.get("StopSignal") or "SIGTERM"), digest, root)


def _environment(
    definition: Mapping[str, Any], image: Mapping[str, Any], root: Path, added: Mapping[str, str],
    secrets: Mapping[str, str],
) -> dict[str, str]:  # fmt: skip
    found = {key: inside(value, root) for key, value in _pairs(image.get("Env") or ())}
    path = dict(_pairs(image.get("Env") or ())).get("PATH", "")
    own = {
        pair["name"]: inside(str(pair.get("value", "")), root) for pair in definition.get("environment") or ()
    }
    host = {"HOST": added["HOST"]} if "HOST" in added else {}
    found = {**_DEFAULTS, "HOME": str(root), **found, **added, **own, **secrets, **host}
    packages = _packages(path, root) + ([found["PYTHONPATH"]] if found.get("PYTHONPATH") else [])
    if packages:
        found["PYTHONPATH"] = ":".join(packages)
    python = (image.get("Labels") or {}).get("launchbook.python")
    parts = [
        str(root / entry.lstrip("/")) for entry in path.split(":") if (root / entry.lstrip("/")).is_dir()
    ]
    parts += [str(Path(python).parent)] if python else []
    found["PATH"] = ":".join([*parts, os.environ.get("PATH", os.defpath)])
    return found


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (pair.partition("=") for pair in given)]


def _packages(path: str, root: Path) -> list[str]:
    """The Python packages beside each folder of programs that the image's PATH names."""
    homes = [root / entry.lstrip("/") / ".." for entry in path.split(":") if entry.endswith("bin")]
    return [str(found.resolve()) for home in homes for found in home.glob("lib/python*/site-packages")]


def _find(name: str, path: str) -> str:
    """The program on this machine: as given, else by its name (``/usr/local/bin/python`` is ``python`` on PATH)."""
    if (
        "/" in name
        and os.access(name, os.X_OK)
        and Path(name).is_file()
        and not name.startswith("/usr/local/")
    ):
        return name
    found = shutil.which(name.rpartition("/")[2], path=path)
    if found is None:
        raise NotFoundInPath(f'exec: "{name}": executable file not found in $PATH')
    return found


def at_home(command: Sequence[str], address: str) -> list[str]:
    """A health check's command with ``localhost`` and 127.0.0.1 turned into the task's own address."""
    return [_OWN_HOST.sub(address, part) for part in command]


def of_task(value: str, address: str, ports: Sequence[int]) -> str:
    """A value with the addresses of a network namespace turned into the task's own.

    "Every address" (0.0.0.0, ``[::]``) is the task's, and so is ``localhost:PORT`` where PORT is one that the task
    maps: what containers of one task call each other by.
    """
    for port in ports:
        value = re.sub(rf"\b(localhost|127\.0\.0\.1):{port}(?!\d)", f"{address}:{port}", value)
    return _EVERY_ADDRESS.sub(address, value)
