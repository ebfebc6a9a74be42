"""``.dockerignore``: which files of a build context are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


class Ignore:
    """The patterns of one ``.dockerignore``; the last that matches decides, ``!`` brings a file back."""

    def __init__(self, text: str) -> None:
        lines = (line.strip() for line in text.splitlines())
        given = [line for line in lines if line and not line.startswith("#")]
        self._rules = [(not line.startswith("!"), _pattern(line.removeprefix("!"))) for line in given]

    @classmethod
    def of(cls, context: Path) -> Ignore:
        """The context's own ``.dockerignore``, or none."""
        path = context / ".dockerignore"
        return cls(path.read_text(encoding="utf-8") if path.is_file() else "")

    def __call__(self, name: str) -> bool:
        """Whether the file of this name (relative, with ``/``) is left out."""
        steps = [str(PurePosixPath(*PurePosixPath(name).parts[: n + 1])) for n in range(name.count("/") + 1)]
        out = False
        for leave_out, pattern in self._rules:
            if any(pattern.fullmatch(step) for step in steps):
                out = leave_out
        return out

    def files(self, root: Path, under: Path) -> Iterator[Path]:
        """The files and links at ``under`` that stay, in order of their names; ``.git`` never does."""
        paths = sorted(under.rglob("*")) if under.is_dir() and not under.is_symlink() else [under]
        for path in paths:
            name = path.relative_to(root).as_posix()
            if (path.is_file() or path.is_symlink()) and not self(name) and ".git" not in path.parts:
                yield path


def _pattern(glob: str) -> re.Pattern[str]:
    translated = ""
    for part in re.findall(r"\*\*/?|\*|\?|\[[^]]*\]|.", glob.strip("/").removeprefix("./")):
        if part.startswith("**"):
            translated += ".*"
        elif part == "*":
            translated += "[^/]*"
        elif part == "?":
            translated += "[^/]"
        else:
            translated += part if part.startswith("[") else re.escape(part)
    return re.compile(translated)
