"""The saved output that an audit is given: every file of a folder, by name, with the age of the oldest."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from launchbook.errors import UsageError
from launchbook.redact import shown

_HINT = "launchbook commands   (prints a script that writes such a folder)"


def read_saved(given: tuple[str, ...]) -> tuple[dict[str, str], datetime | None]:
    """The texts by file name, and the age of the oldest; ``-`` is what comes in on stdin.

    Raises UsageError for a folder or file that cannot be read or holds nothing: what was asked for is never left out.
    """
    texts: dict[str, str] = {}
    oldest: float | None = None
    for one in given:
        if one == "-":
            texts["stdin"] = sys.stdin.read()
            continue
        root = Path(one)
        before = len(texts)
        for file in _files(root):
            try:
                text, written = _decoded(file.read_bytes()), file.stat().st_mtime
            except OSError as error:
                raise _unreadable(file, error) from None
            texts[_name(file, root, several=len(given) > 1)] = text
            oldest = min(oldest or written, written)
        if len(texts) == before:
            raise UsageError(f"nothing was pasted in {shown(one)}", "it holds no file", hint=_HINT)
    return texts, datetime.fromtimestamp(oldest, UTC) if oldest else None


def _decoded(content: bytes) -> str:
    """The text of a saved output: UTF-16 where its mark says so, as PowerShell's ``>`` writes it, else UTF-8."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if wide else "utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _files(root: Path) -> Iterator[Path]:
    try:
        folder = root.is_dir()
    except OSError as error:
        raise _unreadable(root, error) from None
    if not folder:
        yield root
        return

    def refused(error: OSError) -> None:
        raise _unreadable(Path(error.filename or root), error)

    for place, below, names in os.walk(root, onerror=refused):
        below.sort()
        yield from (path for name in sorted(names) if (path := Path(place, name)).is_file())


def _name(file: Path, root: Path, several: bool) -> str:
    """What a file is called in its evidence; of several folders, with its folder: each may have a file of that name."""
    if file == root:
        return file.as_posix() if several else file.name
    inside = file.relative_to(root).as_posix()
    return f"{root.as_posix()}/{inside}" if several else inside


def _unreadable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot read {shown(str(path))}", error.strerror or str(error), hint=_HINT)
