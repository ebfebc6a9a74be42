"""One build stage: a directory that stands for the image's files, and its configuration."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from launchbook.errors import UnreadableInput

#: What the images of Docker Hub start with.
BASE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Note:
    """An instruction, or a part of one, that is not honoured, and why."""

    line: int
    instruction: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.instruction}: {self.why}"


@dataclass
class Stage:
    """A stage while it is built; ``files`` is the directory that stands for ``/``."""

    files: Path
    name: str = ""
    base: str = ""
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": BASE_PATH})
    arguments: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = ""
    entrypoint: list[str] | None = None
    command: list[str] | None = None
    shell: list[str] = field(default_factory=lambda: ["/bin/sh", "-c"])
    ports: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    healthcheck: dict[str, object] | None = None
    stop_signal: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """What ``$NAME`` means here: arguments, overruled by the environment."""
        return {**self.arguments, **self.environment}

    def path(self, inside: str) -> Path:
        """Where a path of the image is on this machine; relative ones start at the working directory.

        Raises UnreadableInput for a path that would leave the image.
        """
        absolute = PurePosixPath(self.workdir, inside)
        parts: list[str] = []
        for part in absolute.parts[1:]:
            if part == "..":
                parts = parts[:-1]
            else:
                parts.append(part)
        found = self.files.joinpath(*parts)
        anchor = next(p for p in (found, *found.parents) if p.exists())
        if not anchor.resolve().is_relative_to(self.files.resolve()):
            raise UnreadableInput(f"{inside} can't be used", "a link in the image leads out of it")
        return found

    def inherit(self, parent: Stage) -> None:
        """Begin as a copy of an earlier stage: its files and its configuration."""
        shutil.copytree(parent.files, self.files, symlinks=True, dirs_exist_ok=True)
        self.environment = dict(parent.environment)
        self.workdir, self.user, self.shell = parent.workdir, parent.user, list(parent.shell)
        self.entrypoint, self.command = parent.entrypoint, parent.command
        self.ports, self.labels = list(parent.ports), dict(parent.labels)
        self.healthcheck, self.stop_signal = parent.healthcheck, parent.stop_signal
