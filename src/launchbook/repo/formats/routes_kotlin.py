"""Spring controllers in Kotlin, by their annotations; routes that Ktor builds by nesting are a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.formats.spring import application
from launchbook.repo.reader import File, Found, reader

_UNREAD = (
    (regex(r"^\s*import io\.ktor\.(?:server\.)?routing", re.M), "Ktor"),
    (
        regex(r"\bcoRouter\s*\{|^\s*import org\.springframework\.\S*\.RouterFunction", re.M),
        "Spring's RouterFunction",
    ),
    (regex(r"^\s*@Path\(", re.M), "JAX-RS"),
    (regex(r"^\s*import io\.micronaut\.http\.annotation\.", re.M), "Micronaut"),
)
_MAPPING = regex(r"@(?P<name>Get|Post|Put|Patch|Delete|Request)Mapping\b(?:\(\s*(?P<given>[^()]{0,400})\))?")
_DECLARED = regex(
    r"^[ \t]*(?:(?:public|internal|open|override|suspend|final|abstract|data)\s+)*(?P<what>class|interface|fun)\b",
    re.M,
)
_TEXT = regex(r"(?:(?P<key>\w+)\s*=\s*)?\[?\s*(?P<texts>(?:\"[^\"\n]{0,200}\"\s*,?\s*)+)\]?")
_VERB = regex(r"RequestMethod\.(\w+)|\b(GET|POST|PUT|PATCH|DELETE)\b")
_SECURED = regex(r"@(?:PreAuthorize|Secured|RolesAllowed)\b")


@reader(
    "Spring routes in Kotlin",
    "*.kt",
    sniff=rb"@(?:Get|Post|Put|Patch|Delete|Request)Mapping\b|io\.ktor\.(?:server\.)?routing|[cC]oRouter|RouterFunction"
    rb"|(?:ws\.rs|io\.micronaut\.http\.annotation)\.",
    hides=("endpoint",),
)
def kotlin_routes(file: File, found: Found) -> None:
    """Every mapped function below the mapping of its class; test sources serve nothing."""
    if "/src/test/" in f"/{file.path}":
        return
    text = file.text
    for pattern, name in _UNREAD:
        if (seen := pattern.search(text)) is not None and found.first("framework", name):
            at = text.count("\n", 0, seen.start()) + 1
            found.gap(file, f"routes of {name} are not read", "list them in an OpenAPI file", at)
    if re.search(r"@(?:Rest)?Controller\b", text) is None:
        return  # a client that is declared with the same annotations
    found.mounts.roots.add(application(file))
    prefixes = [""]
    for match in _MAPPING.finditer(text):
        declared = _DECLARED.search(text, match.end())
        if declared is None:
            continue
        paths = list(_paths(match["given"] or "")) or [""]
        if declared["what"] != "fun":
            prefixes = paths
            continue
        between = text[max(0, match.start() - 300) : declared.start()]
        guards = ["authentication"] if _SECURED.search(between.rpartition("}")[2]) else []
        line = text.count("\n", 0, match.start()) + 1
        for path in (_joined(prefix, path) for prefix in prefixes for path in paths):
            for verb in _verbs(match["name"], match["given"] or ""):
                route = found.endpoint(
                    file, verb, path, line, kind=kind_of(path), of=str(line), guards=[*guards]
                )
                found.mounts.belongs(route, application(file))


def _paths(given: str) -> Iterator[str]:
    """``"/x"``, ``value = ["/x", "/y"]`` and ``path = ["/x"]``; not ``produces``."""
    for match in _TEXT.finditer(given):
        if match["key"] in (None, "value", "path"):
            yield from re.findall(r"\"([^\"\n]*)\"", match["texts"])


def _verbs(name: str, given: str) -> list[str]:
    if name != "Request":
        return [name.upper()]
    return [one or other for one, other in _VERB.findall(given)] or ["ANY"]


def _joined(prefix: str, path: str) -> str:
    whole = "/".join(part.strip("/") for part in (prefix, path) if part.strip("/"))
    return "/" + re.sub(r"\{(\w+):[^}]*\}", r"{\1}", whole)
