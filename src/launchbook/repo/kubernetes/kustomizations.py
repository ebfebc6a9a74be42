"""Kustomizations: which objects an overlay takes, what it changes of them, and what it makes by itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from launchbook.patterns import regex
from launchbook.repo.environments import named_environment
from launchbook.repo.kubernetes.objects import Key
from launchbook.repo.lined import Map, Unreadable, as_list, as_map, dig, line_of
from launchbook.repo.reader import File

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REMOTE = regex(r"^(?:https?://|git@|ssh://|[\w.-]+\.[a-z]{2,}/|git::)|[?&]ref=")


def document_of(file: File) -> Map:
    """The kustomization's document. Raises Unreadable."""
    document = next(iter(file.yaml), None)
    return document if isinstance(document, Map) else Map(1)


def path_from(file: File, entry: str) -> str:
    """A path that a kustomization names, from the root."""
    return posixpath.normpath(posixpath.join(file.folder, entry))


def is_remote(entry: str) -> bool:
    """Whether an entry names another repository."""
    return _REMOTE.search(entry) is not None


def patch_files(files: Sequence[File]) -> dict[str, tuple[str, str]]:
    """Each file that is a patch, with the folder of the overlay that applies it, and its environment."""
    found: dict[str, tuple[str, str]] = {}
    for file in files:
        try:
            for path, _ in patches_of(file, document_of(file)):
                if path:
                    found[path] = (file.folder, named_environment(file.folder))
        except Unreadable:
            continue  # said by the reader of kustomizations
    return found


def patches_of(file: File, document: Map) -> Iterator[tuple[str, int]]:
    """Every patch: the path of its file from the root (empty when it is written in place), and its line."""
    for section in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        for number, entry in enumerate(as_list(document.get(section))):
            path = dig(entry, "path") if isinstance(entry, dict) else entry
            named = isinstance(path, str) and "\n" not in path
            yield (path_from(file, str(path)) if named else ""), line_of(document, section, number)


def literals_of(generator: object) -> dict[str, str]:
    """The names that a generator of a map or a secret gives, with the values that stand beside them."""
    pairs = (one.partition("=") for one in as_list(dig(generator, "literals")) if isinstance(one, str))
    return {name: value for name, _, value in pairs if name}


def generated_maps(files: Sequence[File]) -> dict[Key, Map]:
    """The maps that kustomizations generate, as objects; a key that two overlays give two values is left out."""
    found: dict[Key, Map] = {}
    unclear: set[tuple[Key, str]] = set()
    for file in files:
        try:
            document = document_of(file)
        except Unreadable:
            continue  # said by the reader of kustomizations
        for generator in as_list(document.get("configMapGenerator")):
            space = str(dig(generator, "namespace") or "default")
            key = (space, str(dig(generator, "name")))
            held = found.setdefault(key, Map(1))
            data = held.setdefault("data", Map(1))
            for name, value in literals_of(generator).items():
                if as_map(data).setdefault(name, value) != value:
                    unclear.add((key, name))
    for key, name in unclear:
        del found[key]["data"][name]
    return found
