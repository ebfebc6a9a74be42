"""Walk a directory nobody vouches for: prune and name vendored trees, mark generated, archived and document ones.

Symbolic links are never followed, so that a loop ends and nothing outside the root is read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from launchbook.model import Gap, Origin, Where
from launchbook.model.records import record
from launchbook.redact import printable
from launchbook.repo.installed import installed_names
from launchbook.repo.trees import (
    BACKUPS,
    RANK,
    REPOSITORY,
    VENDOR_MARKS,
    VENDORED,
    file_origin,
    folder_origin,
)


@record(slots=True)
class Entry:
    """A regular file below the root: its path from there, as the file system gives it, and its kind of tree."""

    path: str
    origin: Origin


@dataclass(slots=True)
class Walk:
    """What a walk found: the files to read, what was skipped (by reason, counted) and what could not be listed."""

    files: list[Entry] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    vendored: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def skip(self, reason: str) -> None:
        """Count one more entry that is not read, by reason."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1

    def vendor(self, path: str) -> None:
        """Name a vendored tree or module. Files are not counted: to open all those folders took a tenth of the time."""
        self.vendored.append(printable(path))
        self.skip("vendored_trees")


def walk(root: str) -> Walk:
    """List every file below ``root`` in order of names. Reads directories only."""
    found = Walk()
    stack: list[tuple[str, Origin]] = [("", "source")]
    while stack:
        folder, origin = stack.pop()
        entries = _listing(root, folder, found)
        names = frozenset(entry.name for entry in entries)
        installed = installed_names(root, folder, names)
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                _link(root, path, found)
            elif (
                entry.name in installed
            ):  # a package, or a module of one, that lies beside somebody's own code
                found.vendor(path)
            elif entry.is_dir(follow_symlinks=False):
                below = _folder(root, path, entry.name, origin, names, found)
                if below:
                    stack.append((path, below))
            elif entry.is_file(follow_symlinks=False):
                found.files.append(Entry(path, file_origin(entry.name, origin, names)))
            else:
                found.skip("special_files")
    found.files.sort(key=lambda entry: entry.path)
    return found


def _listing(root: str, folder: str, found: Walk) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.join(root, folder)) as entries:  # noqa: PTH118  # names are not always valid text
            return list(entries)
    except OSError as error:
        where = Where(file=printable(folder) or ".")
        what = f"the folder cannot be listed: {error.strerror}"
        found.gaps.append(Gap(where=where, what=what, hint="give read permission and run again"))
        return []


def _folder(
    root: str, path: str, name: str, origin: Origin, siblings: frozenset[str], found: Walk
) -> Origin | None:
    """The origin of what lies in a folder; None when it is pruned."""
    if name in REPOSITORY:
        found.skip("repository_folders")
        return None
    if _is_vendored(root, path, name, siblings):
        found.vendor(path)
        return None
    own = "archived" if _holds_copies(root, path, name, siblings) else folder_origin(path, name, siblings)
    return max(origin, own, key=RANK.index)


def _holds_copies(root: str, path: str, name: str, siblings: frozenset[str]) -> bool:
    """A folder called ``backup`` is about backups, unless all it holds lies beside it as well.

    Terraform's files have the same names in every folder, and so tell nothing.
    """
    inside = _names(root, path) if name.lower() in BACKUPS else []
    return bool(inside) and siblings.issuperset(inside) and not any(one.endswith(".tf") for one in inside)


def _is_vendored(root: str, path: str, name: str, siblings: frozenset[str]) -> bool:
    if name in VENDORED:
        return True
    if name == "vendor":
        manager = siblings & {"go.mod", "composer.json", "Gemfile"}
        return bool(manager) or bool(VENDOR_MARKS & set(_names(root, path)))
    if name in ("env", "virtualenv", "python", "lib64") or name.startswith((".venv", "venv")):
        return "pyvenv.cfg" in _names(root, path)
    return False


def _names(root: str, path: str) -> list[str]:
    try:
        return os.listdir(os.path.join(root, path))  # noqa: PTH118, PTH208
    except OSError:
        return []


def _link(root: str, path: str, found: Walk) -> None:
    """A link inside the root leads to what is walked anyway; one that leads out may hide anything."""
    found.skip("symbolic_links")
    full = os.path.join(root, path)  # noqa: PTH118
    try:
        target = os.path.realpath(full, strict=True)
        outside = os.path.commonpath((os.path.realpath(root), target)) != os.path.realpath(root)
        leads_to_folder = stat.S_ISDIR(os.stat(full).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return  # leads nowhere, or in a circle: nothing is hidden
    if outside:
        hidden = ("*",) if leads_to_folder or path.endswith((".tf", ".yaml", ".yml", ".json")) else ()
        where = Where(file=printable(path))
        hint = "copy it into the repository, or run discovery on its target too"
        found.gaps.append(
            Gap(
                where=where, what="a link that leads out of the root is not followed", hint=hint, hides=hidden
            )
        )
