"""The objects of a manifest, and what their containers are given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from launchbook.patterns import regex
from launchbook.repo.lined import Map, Seq, as_list, dig
from launchbook.repo.reader import File
from launchbook.repo.yaml_lines import load_yaml

#: Schemas of thousands of lines that no check reads: name and kind are kept.
_SCHEMA = regex(r"^kind:[ \t]{0,9}[\"']?CustomResourceDefinition\b", re.M)
_SPEC = regex(r"^spec:.*\n(?:(?:[ \t#-].*)?\n)*", re.M)
#: Namespace and name.
Key = tuple[str, str]


def objects(file: File) -> Iterator[Map]:
    """Every object that has a kind and a name; those of lists, too. Raises Unreadable."""
    for document in [file.json] if file.name.endswith(".json") else _documents(file):
        yield from objects_in(document)


def _documents(file: File) -> list[Any]:
    """Every document; of a schema of somebody's own resources, all but the schema."""
    if not _SCHEMA.search(file.text):
        return file.yaml
    parts = re.split(r"(?<=\n)(?=---)", file.text if file.text.endswith("\n") else f"{file.text}\n")
    plain = (_SPEC.sub(_blanked, part) if _SCHEMA.search(part) else part for part in parts)
    return load_yaml("".join(plain))


def _blanked(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def objects_in(document: Any) -> Iterator[Map]:
    """A document's objects: itself, or those of a list."""
    if not isinstance(document, Map) or not isinstance(document.get("kind"), str):
        return
    if document["kind"] == "List":
        for item in as_list(document.get("items")):
            yield from objects_in(item)
    elif isinstance(dig(document, "metadata", "name"), str) and "apiVersion" in document:
        yield document


def key_of(item: Map) -> Key:
    """Where an object is known: its namespace and name."""
    return str(dig(item, "metadata", "namespace") or "default"), str(dig(item, "metadata", "name"))


def _pods(item: Map) -> Iterator[Map]:
    for path in (
        ("spec",),
        ("spec", "template", "spec"),
        ("spec", "jobTemplate", "spec", "template", "spec"),
    ):
        pod = dig(item, *path)
        if isinstance(pod, Map) and isinstance(pod.get("containers"), Seq):
            yield pod


def containers(item: Map) -> Iterator[Map]:
    """The containers of every pod that an object makes."""
    for pod in _pods(item):
        for kind in ("containers", "initContainers"):
            yield from (entry for entry in as_list(pod.get(kind)) if isinstance(entry, Map))
