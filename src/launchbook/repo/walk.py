"""Walk a directory nobody vouches for: prune and count vendored trees, mark generated, archived and document ones.

Symbolic links are never followed, so that a loop ends and nothing outside the root is read.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field

from launchbook.model import Gap, Origin, Where
from launchbook.patterns import regex
from launchbook.redact import printable
from launchbook.repo.installed import installed_names

VENDORED = frozenset(
    [
        "node_modules",
        "bower_components",
        "jspm_packages",
        ".pnpm-store",
        ".yarn",
        ".venv",
        "venv",
        "site-packages",
        "dist-packages",
        ".terraform",
        ".terragrunt-cache",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".gradle",
        ".m2",
        "Pods",
        "third_party",
        "third-party",
        "thirdparty",
        "vendored",
        ".bundle",
        ".eggs",
        ".turbo",
        ".parcel-cache",
        ".cache",
        ".nx",
        ".hypothesis",
    ]
)
REPOSITORY = frozenset(
    (".git", ".hg", ".svn", ".jj", ".launchbook")
)  # ours: states, plans and links to the roots
GENERATED = frozenset(
    [
        "cdk.out",
        ".aws-sam",
        "dist",
        "build",
        "out",
        ".next",
        ".nuxt",
        ".output",
        ".svelte-kit",
        ".serverless",
        ".amplify",
        ".vercel",
        ".netlify",
        ".sst",
        ".open-next",
        "storybook-static",
        "target",
        "coverage",
        "generated",
        "__generated__",
        "cdktf.out",
        ".build",
    ]
)
ARCHIVED = frozenset(
    [
        "archive",
        "archived",
        "archives",
        "_archive",
        ".archive",
        "old",
        "_old",
        "deprecated",
        "obsolete",
        "attic",
        "bak",
        "graveyard",
        "retired",
        "trash",
        "unused",
    ]
)
DOCUMENTS = frozenset(
    [
        "docs",
        "doc",
        "documentation",
        "examples",
        "example",
        "samples",
        "sample",
        "fixtures",
        "testdata",
        "__fixtures__",
    ]
)
#: ``vendor`` is vendored when a package manager wrote it or packages lie in it; else somebody's own folder.
_VENDOR_MARKS = frozenset(("modules.txt", "autoload.php", "bundle", "composer", "github.com", "golang.org"))
#: Below these, a folder is a package of code: ``src/main/java/com/example`` holds no examples.
_PACKAGES = regex(r"(?:^|/)src/(?:main|test)/(?:java|kotlin|scala|groovy)/")
#: No tool reads a file of such a name as what it was.
_STALE = regex(
    r"(?:\.(?:bak|orig|disabled|deprecated)(?:\.\w+)?|\.(?:old|save|backup)|~|[-_. ]bak(?:\.\w+)?)$", re.I
)
#: ``stack-old.yaml`` is a copy of ``stack.yaml``; with no original beside it, the word is part of a name.
_COPY = regex(r"[-_. ](?:old|backup|copy|save)(?=(?:\.\w+)?$)", re.I)
_BACKUPS = frozenset(("backup", "backups"))
_RANK: tuple[Origin, ...] = ("source", "document", "generated", "archived")


@dataclass(frozen=True, slots=True)
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

    def skip(self, reason: str, count: int = 1) -> None:
        """Count ``count`` entries that are not read, by reason."""
        self.skipped[reason] = self.skipped.get(reason, 0) + count


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
            elif entry.name in installed:
                _installed(root, path, entry, found)
            elif entry.is_dir(follow_symlinks=False):
                below = _folder(root, path, entry.name, origin, names, found)
                if below:
                    stack.append((path, below))
            elif entry.is_file(follow_symlinks=False):
                found.files.append(Entry(path, _file_origin(entry.name, origin, names)))
            else:
                found.skip("special_files")
    found.files.sort(key=lambda entry: entry.path)
    return found


def _installed(root: str, path: str, entry: os.DirEntry[str], found: Walk) -> None:
    """A package, or a module of one, that an installer put beside somebody's own code."""
    if not entry.is_dir(follow_symlinks=False):
        found.skip("vendored_files")
        return
    found.vendored.append(printable(path))
    found.skip("vendored_trees")
    found.skip("vendored_files", _count(os.path.join(root, path)))  # noqa: PTH118


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
        found.vendored.append(printable(path))
        found.skip("vendored_trees")
        found.skip("vendored_files", _count(os.path.join(root, path)))  # noqa: PTH118
        return None
    own = "archived" if _holds_copies(root, path, name, siblings) else _folder_origin(path, name)
    return max(origin, own, key=_RANK.index)


def _holds_copies(root: str, path: str, name: str, siblings: frozenset[str]) -> bool:
    """A folder called ``backup`` is about backups, unless all it holds lies beside it as well.

    Terraform's files have the same names in every folder, and so tell nothing.
    """
    inside = _names(root, path) if name.lower() in _BACKUPS else []
    return bool(inside) and siblings.issuperset(inside) and not any(one.endswith(".tf") for one in inside)


def _is_vendored(root: str, path: str, name: str, siblings: frozenset[str]) -> bool:
    if name in VENDORED:
        return True
    if name == "vendor":
        manager = siblings & {"go.mod", "composer.json", "Gemfile"}
        return bool(manager) or bool(_VENDOR_MARKS & set(_names(root, path)))
    if name in ("env", "virtualenv", "python", "lib64") or name.startswith((".venv", "venv")):
        return "pyvenv.cfg" in _names(root, path)
    return False


def _names(root: str, path: str) -> list[str]:
    try:
        return os.listdir(os.path.join(root, path))  # noqa: PTH118, PTH208
    except OSError:
        return []


def _folder_origin(path: str, name: str) -> Origin:
    lower = name.lower()
    if _PACKAGES.search(path):
        return "source"
    if lower in GENERATED or lower.startswith("cdk.out"):
        return "generated"
    if lower in ARCHIVED:
        return "archived"
    return "document" if lower in DOCUMENTS else "source"


def _file_origin(name: str, folder: Origin, siblings: frozenset[str]) -> Origin:
    return max(folder, "archived" if _is_stale(name, siblings) else "source", key=_RANK.index)


def _is_stale(name: str, siblings: frozenset[str]) -> bool:
    """Whether a file's name says that it is a copy. Terraform reads every ``.tf`` file, whatever its name says."""
    if name.endswith(".tf"):
        return False
    original = _COPY.sub("", name)
    return bool(_STALE.search(name)) or (original != name and original in siblings)


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


def _count(folder: str) -> int:
    """How many files lie below a folder, links not followed."""
    count = 0
    stack = [folder]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        count += 1
        except OSError:
            continue
    return count
