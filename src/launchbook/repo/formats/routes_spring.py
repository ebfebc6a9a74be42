"""Spring routes: ``@GetMapping`` and its like below ``@RequestMapping``, and what Actuator serves by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.syntax import below, field, line, root, string, text
from launchbook.repo.reader import File, Found, reader

_MAPPINGS = {
    "GetMapping": ("GET",),
    "PostMapping": ("POST",),
    "PutMapping": ("PUT",),
    "PatchMapping": ("PATCH",),
    "DeleteMapping": ("DELETE",),
    "RequestMapping": (),
}
_SECURED = ("PreAuthorize", "Secured", "RolesAllowed")


@reader(
    "Spring routes", "*.java", sniff=rb"@(Get|Post|Put|Patch|Delete|Request)Mapping\b", hides=("endpoint",)
)
def spring_routes(file: File, found: Found) -> None:
    """Every mapped method of every controller class."""
    for controller in below(root(file), "class_declaration"):
        above = _annotations(controller)
        prefixes = _paths(above["RequestMapping"]) if "RequestMapping" in above else [""]
        secured = any(name in above for name in _SECURED)
        for method in below(controller, "method_declaration"):
            annotations = _annotations(method)
            guards = ["authentication"] if secured or any(name in annotations for name in _SECURED) else []
            guards += ["rate-limit"] if "RateLimiter" in annotations else []
            for name, verbs in _MAPPINGS.items():
                if name not in annotations:
                    continue
                at = annotations[name]
                for path in (prefix + path for prefix in prefixes or [""] for path in _paths(at) or [""]):
                    for verb in verbs or _verbs(at):
                        _endpoint(file, found, verb, path or "/", at, method, guards)


def _endpoint(
    file: File, found: Found, verb: str, path: str, at: Node, method: Node, guards: list[str]
) -> None:
    body = text(method)
    path = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)
    found.endpoint(
        file,
        verb,
        path if path.startswith("/") else f"/{path}",
        line(at),
        kind=kind_of(path, body),
        guards=[*guards],
        statuses=[*sorted(_statuses(body))],
        simulated="Math.random" in body,
    )


def _annotations(node: Node) -> dict[str, Node]:
    modifiers = next((child for child in node.children if child.type == "modifiers"), None)
    found: dict[str, Node] = {}
    for child in modifiers.named_children if modifiers is not None else ():
        if child.type in ("annotation", "marker_annotation"):
            found[text(field(child, "name")).rpartition(".")[2]] = child
    return found


def _paths(annotation: Node) -> list[str]:
    """``@GetMapping("/x")``, ``(value = {"/x", "/y"})`` and ``(path = "/x")``; not ``produces``."""
    given = field(annotation, "arguments")
    if given is None:
        return []
    return [value for node in _values(given) if (value := string(node)) is not None]


def _values(given: Node) -> Iterator[Node]:
    for child in given.named_children:
        if child.type == "element_value_pair":
            if text(field(child, "key")) in ("value", "path"):
                yield from below(child, "string_literal")
        else:
            yield from below(child, "string_literal")


def _verbs(annotation: Node) -> list[str]:
    return re.findall(r"RequestMethod\.(\w+)", text(annotation)) or ["ANY"]


_NAMED = {
    "OK": 200,
    "CREATED": 201,
    "ACCEPTED": 202,
    "NO_CONTENT": 204,
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "UNPROCESSABLE_ENTITY": 422,
    "TOO_MANY_REQUESTS": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}
_BUILDERS = {"ok": 200, "created": 201, "accepted": 202, "noContent": 204, "badRequest": 400, "notFound": 404}


def _statuses(body: str) -> set[int]:
    found = {_NAMED[name] for name in re.findall(r"HttpStatus\.(\w+)", body) if name in _NAMED}
    found |= {_BUILDERS[name] for name in re.findall(r"ResponseEntity\.(\w+)\(", body) if name in _BUILDERS}
    return found | {int(code) for code in re.findall(r"ResponseEntity\.status\((\d{3})\)", body)}
