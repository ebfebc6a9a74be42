"""Spring routes: ``@GetMapping`` and its like below ``@RequestMapping``, and what Actuator serves by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as field_

from tree_sitter import Node

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.syntax import below, field, line, root, string, text
from launchbook.repo.formats.spring import application
from launchbook.repo.mounts import Router
from launchbook.repo.reader import File, Found, reader

_MAPPINGS = {
    "GetMapping": ("GET",),
    "PostMapping": ("POST",),
    "PutMapping": ("PUT",),
    "PatchMapping": ("PATCH",),
    "DeleteMapping": ("DELETE",),
    "RequestMapping": (),
}
_CONSTANT = regex(r"\bString\s+(\w{1,80})\s*=\s*\"([^\"\n]{0,200})\"\s*;")
_SECURED = ("PreAuthorize", "Secured", "RolesAllowed")


@reader(
    "Spring routes", "*.java", sniff=rb"@(Get|Post|Put|Patch|Delete|Request)Mapping\b", hides=("endpoint",)
)
def spring_routes(file: File, found: Found) -> None:
    """Every mapped method of every controller class; test sources and clients (``@FeignClient``) serve nothing."""
    if "/src/test/" in f"/{file.path}":
        return
    found.mounts.roots.add(application(file))
    constants = _Constants(file, found)
    for controller in below(root(file), "class_declaration"):
        above = _annotations(controller)
        prefixes = _paths(above["RequestMapping"], constants) if "RequestMapping" in above else [""]
        secured = any(name in above for name in _SECURED)
        for method in below(controller, "method_declaration"):
            annotations = _annotations(method)
            guards = ["authentication"] if secured or any(name in annotations for name in _SECURED) else []
            guards += ["rate-limit"] if "RateLimiter" in annotations else []
            for name, verbs in _MAPPINGS.items():
                if name not in annotations:
                    continue
                at = annotations[name]
                for path in (
                    _joined(prefix, path)
                    for prefix in prefixes or [""]
                    for path in _paths(at, constants) or [""]
                ):
                    for verb in verbs or _verbs(at):
                        _endpoint(file, found, verb, path or "/", at, method, guards)


def _endpoint(
    file: File, found: Found, verb: str, path: str, at: Node, method: Node, guards: list[str]
) -> None:
    body = text(method)
    path = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)
    told = path.rpartition("…")[2]
    endpoint = found.endpoint(
        file,
        verb,
        told if told.startswith("/") else f"/{told}",
        line(at),
        kind=kind_of(path, body),
        guards=[*guards],
        statuses=[*sorted(_statuses(body))],
        simulated="Math.random" in body,
    )
    # A part of the path that no source tells is that of a router that nothing mounts.
    unknown = Router(file.path, f"a constant of line {line(at)}")
    found.mounts.belongs(endpoint, unknown if "…" in path else application(file))


def _annotations(node: Node) -> dict[str, Node]:
    modifiers = next((child for child in node.children if child.type == "modifiers"), None)
    found: dict[str, Node] = {}
    for child in modifiers.named_children if modifiers is not None else ():
        if child.type in ("annotation", "marker_annotation"):
            found[text(field(child, "name")).rpartition(".")[2]] = child
    return found


@dataclass
class _Constants:
    """String constants of a class and of the classes that it names, each in a file of its own name."""

    file: File
    found: Found
    known: dict[str, dict[str, str]] = field_(default_factory=dict)

    def value(self, node: Node | None) -> str:
        """The text of an annotation's value; ``…`` for a part that no file tells."""
        plain = string(node)
        if node is None or plain is not None:
            return plain or ""
        if node.type == "binary_expression":
            return self.value(field(node, "left")) + self.value(field(node, "right"))
        if node.type == "parenthesized_expression" and node.named_children:
            return self.value(node.named_children[0])
        owner, _, name = text(node).rpartition(".")
        return self._of(owner.rpartition(".")[2]).get(name, "…")

    def _of(self, owner: str) -> dict[str, str]:
        if owner not in self.known:
            named = self.found.tree.named(f"{owner}.java") if owner else []
            source = named[0] if len(named) == 1 else self.file
            told: dict[str, str] = {}
            for match in _CONSTANT.finditer(source.text):
                # A name that stands for two texts stands for neither.
                told[match[1]] = match[2] if told.get(match[1], match[2]) == match[2] else "…"
            self.known[owner] = told
        return self.known[owner]


def _joined(prefix: str, path: str) -> str:
    return prefix.rstrip("/") + (path if path.startswith(("/", "…")) or not path else f"/{path}")


def _paths(annotation: Node, constants: _Constants) -> list[str]:
    """``@GetMapping("/x")``, ``(value = {"/x", "/y"})`` and ``(path = Paths.X)``; not ``produces``."""
    given = field(annotation, "arguments")
    if given is None:
        return []
    return [constants.value(node) for node in _values(given)]


def _values(given: Node) -> Iterator[Node]:
    for child in given.named_children:
        if child.type == "element_value_pair":
            if text(field(child, "key")) in ("value", "path"):
                yield from _listed(field(child, "value"))
        elif child.type not in ("line_comment", "block_comment"):
            yield from _listed(child)


def _listed(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield from node.named_children if node.type == "element_value_array_initializer" else [node]


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
