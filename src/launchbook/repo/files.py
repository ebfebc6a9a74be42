"""Files below a root, read safely, on first use; what was read is kept for the last few alone."""

from __future__ import annotations

import codecs
import os
import stat
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from launchbook.model import Origin, Where
from launchbook.redact import printable
from launchbook.repo.json_lines import load_json
from launchbook.repo.lined import Unreadable
from launchbook.repo.yaml_lines import load_yaml

#: Bytes that tell what kind of file one is that is too large to read.
HEAD = 100_000
#: Files, and bytes of them, whose content is kept: a document with its lines takes forty times its bytes.
KEPT_FILES, KEPT_BYTES = 32, 4_000_000


class File:
    """One file of the tree. Content is read on first use, never through a link, and dropped some files later.

    ``path`` is relative to the root with ``/``; ``shown`` is the same fit for output. ``origin`` tells source from
    generated, archived and document trees.
    """

    def __init__(self, root: str, path: str, origin: Origin) -> None:
        self._root, self.path, self.origin = root, path, origin
        self.shown = printable(path)
        self.name = path.rpartition("/")[2]
        self.folder = path.rpartition("/")[0]

    def __repr__(self) -> str:
        return f"File({self.shown!r})"

    def where(self, line: int = 0) -> Where:
        """This file, or a line of it, as a place."""
        return Where(file=self.shown, line=line)

    @cached_property
    def size(self) -> int:
        """Bytes. Raises Unreadable."""
        try:
            return os.lstat(self._full).st_size
        except (OSError, ValueError) as error:
            raise Unreadable(f"the file cannot be read: {_reason(error)}") from None

    @cached_property
    def data(self) -> bytes:
        """The content, UTF-16 as UTF-8. Raises Unreadable when it cannot be read or is not a regular file."""
        content = _as_utf8(self._read(-1))
        _keep(self, len(content))
        return content

    @cached_property
    def head(self) -> bytes:
        """The first bytes of the content, enough to tell what kind of file it is. Raises Unreadable."""
        _keep(self, HEAD)
        return _as_utf8(self._read(HEAD))

    def _read(self, count: int) -> bytes:
        try:
            # Non-blocking and not through a link: a FIFO or a link put there since the walk is refused, not waited for.
            handle = os.open(self._full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                status = os.fstat(handle)
                if not stat.S_ISREG(status.st_mode):
                    raise Unreadable("not a regular file")
                return _all_of(handle, status.st_size if count < 0 else count)
            finally:
                os.close(handle)
        except (OSError, ValueError) as error:
            raise Unreadable(f"the file cannot be read: {_reason(error)}") from None

    @cached_property
    def text(self) -> str:
        """The content as UTF-8, undecodable bytes replaced. Raises Unreadable for binary content."""
        if b"\0" in self.data[:8192]:
            raise Unreadable("binary content where text was expected")
        return self.data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text. Raises Unreadable."""
        return self.text.splitlines()

    @cached_property
    def yaml(self) -> list[Any]:
        """Every YAML document, with lines (:mod:`launchbook.repo.lined`). Raises Unreadable."""
        return load_yaml(self.text)

    @cached_property
    def json(self) -> Any:
        """The JSON document, with lines. Raises Unreadable."""
        return load_json(self.text)

    def forget(self) -> None:
        """Drop what was read; it is read again when it is asked for again."""
        for name in ("data", "head", "text", "lines", "yaml", "json"):
            self.__dict__.pop(name, None)

    @property
    def _full(self) -> str:
        return os.path.join(self._root, self.path)  # noqa: PTH118  # names are not always valid text


def _all_of(handle: int, count: int) -> bytes:
    """As many bytes, or fewer where the file ends; one call does for most files."""
    parts = [os.read(handle, count)]
    while parts[-1] and (left := count - sum(map(len, parts))) > 0:
        parts.append(os.read(handle, left))
    return b"".join(parts)


def _as_utf8(content: bytes) -> bytes:
    """Text that an editor of Windows saved as UTF-16, as every reader wants it; all else as it is."""
    if not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content
    try:
        return content[: len(content) & ~1].decode("utf-16").encode()
    except UnicodeError:
        return content


_kept: OrderedDict[File, int] = OrderedDict()


def _keep(file: File, size: int) -> None:
    """Keep a file's content, and drop what was read before the last few."""
    _kept.pop(file, None)
    _kept[file] = size
    while len(_kept) > KEPT_FILES or (len(_kept) > 1 and sum(_kept.values()) > KEPT_BYTES):
        _kept.popitem(last=False)[0].forget()


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


_BUNDLED = (".js", ".mjs", ".cjs", ".css")
#: Nobody writes lines of this length, on average, in a file of this size.
_LONG_LINES, _LARGE = 600, 20_000


def is_bundle(file: File) -> bool:
    """Whether a program wrote a script for browsers or to be shipped: by its name, or by lines that nobody writes."""
    if not file.name.endswith(_BUNDLED):
        return False
    if ".min." in file.name:
        return True
    try:
        if file.size < _LARGE:
            return False
        begins = file.head
    except Unreadable:
        return False  # said by the readers that want it
    return len(begins) > _LONG_LINES * (begins.count(b"\n") + 1)


class Tree:
    """All files that were walked, by path: how a reader reaches another file. Nothing outside the root is in it."""

    def __init__(self, files: Iterable[File]) -> None:
        self.files = {file.path: file for file in files}

    def get(self, path: str) -> File | None:
        """The file at a path from the root; ``..`` is resolved, and what leads out of the root is None."""
        clean = os.path.normpath(path)
        return None if clean.startswith(("..", "/")) else self.files.get(clean)

    def beside(self, file: File, path: str) -> File | None:
        """The file at a path relative to another file's folder."""
        return self.get(f"{file.folder}/{path}" if file.folder else path)

    def named(self, name: str) -> list[File]:
        """Every file of that name, in whatever folder."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[File]]:
        found: dict[str, list[File]] = {}
        for file in self.files.values():
            found.setdefault(file.name, []).append(file)
        return found

    @cached_property
    def by_folder(self) -> dict[str, list[File]]:
        """Files by the folder they lie in; the root is ``""``."""
        found: dict[str, list[File]] = {}
        for file in self.files.values():
            found.setdefault(file.folder, []).append(file)
        return found
