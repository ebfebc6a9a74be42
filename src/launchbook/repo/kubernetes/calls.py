"""The URLs that a container's command calls, with the variables that the manifests themselves give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from launchbook.model import Unread, Value
from launchbook.patterns import regex
from launchbook.repo.kubernetes.objects import Key, containers
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File

_URL = regex(r"(?:https?://|\$(?:\{\w+\}|\(\w+\)|\w+)/)(?:\$\(\w+\)|[^\s\"'<>\\|;&)])+")
_VARIABLE = regex(r"\$\((\w+)\)|\$\{(\w+)(?::-[^}]*)?\}|\$(\w+)")
_METHOD = regex(r"(?:-X|--request|--method)[=\s]*[\"']?(GET|POST|PUT|PATCH|DELETE|HEAD)", re.I)
_BODY = regex(r"\s(?:-d|--data(?:-\w+)?|--post-data|--json)\b")


def calls(file: File, item: Map, namespace: str, maps: Mapping[Key, Map]) -> Iterator[dict[str, Any]]:
    """The URLs that a container's command names, with the method."""
    for container in containers(item):
        known = _environment(container, namespace, maps)
        words = [
            (word, line_of(container, key, i))
            for key in ("command", "args")
            for i, word in _words(container, key)
        ]
        text = " ".join(word for word, _ in words)
        method = _METHOD.search(text)
        verb = method.group(1).upper() if method else "POST" if _BODY.search(text) else "GET"
        for word, line in words:
            for match in _URL.finditer(word):
                at = _line_inside(file, match.group(), line)
                yield {"method": verb, "url": _substituted(match.group().rstrip(".,"), known), "line": at}


def _environment(container: Map, namespace: str, maps: Mapping[Key, Map]) -> dict[str, str]:
    """Values that the manifests themselves give, used to resolve URLs and then dropped."""
    known: dict[str, str] = {}
    for source in as_list(container.get("envFrom")):
        name = dig(source, "configMapRef", "name")
        data = as_map(as_map(maps.get((namespace, str(name)))).get("data"))
        known |= {key: str(value) for key, value in data.items()}
    for entry in as_list(container.get("env")):
        name, value = as_map(entry).get("name"), as_map(entry).get("value")
        if isinstance(name, str) and value is not None:
            known[name] = str(value)
        reference = dig(entry, "valueFrom", "configMapKeyRef")
        if isinstance(name, str) and isinstance(reference, Map):
            data = as_map(as_map(maps.get((namespace, str(reference.get("name"))))).get("data"))
            if str(reference.get("key")) in data:
                known[name] = str(data[str(reference.get("key"))])
    return known


def _words(container: Map, key: str) -> list[tuple[int, str]]:
    return [(i, word) for i, word in enumerate(as_list(container.get(key))) if isinstance(word, str)]


def _line_inside(file: File, url: str, line: int) -> int:
    """The line of the text that a URL stands on: a block's text begins below its mark, folded."""
    below = file.lines[max(line - 1, 0) : line + 40]
    return next((line + number for number, text in enumerate(below) if url in text), line)


def _substituted(url: str, known: dict[str, str]) -> Value:
    missing = []

    def one(match: re.Match[str]) -> str:
        name = next(group for group in match.groups() if group)
        if name not in known:
            missing.append(name)
        return known.get(name, "")

    text = _VARIABLE.sub(one, url)
    return Unread(f"the variable {missing[0]} is not set in the manifests") if missing else text
