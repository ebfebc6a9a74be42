"""Routes that CDK code adds to an API by calls: ``api.root.addResource("orders").addMethod("GET")``."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from launchbook.repo.code.syntax import arguments, below, field, line, pairs, string, text

APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
#: Arguments of a method that say who may call it.
_GUARDED = (("authorizer", "authentication"), ("apiKeyRequired", "api key"))
#: Calls in one chain that are followed.
DEEPEST = 20
Route = tuple[str, str, tuple[str, ...], int]


def api_routes(top: Node, apis: frozenset[str]) -> Iterator[Route]:
    """Method, path, guards and line of each route; ``apis`` are the variables that hold an API."""
    resources: dict[str, str] = {}
    for holder in below(top, "variable_declarator", "assignment_expression"):
        path = _path(field(holder, "value") or field(holder, "right"), apis, resources)
        if path is not None:
            name = text(field(holder, "name") or field(holder, "left"))
            resources[name.removeprefix("this.")] = path
    for call in below(top, "call_expression"):
        yield from _added(call, apis, resources)


def _added(call: Node, apis: frozenset[str], resources: dict[str, str]) -> Iterator[Route]:
    owner, method = field(call, "function", "object"), text(field(call, "function", "property"))
    given = arguments(call)
    if method == "addMethod" and given:
        path, verb = _path(owner, apis, resources), string(given[0])
        if path is not None and verb:
            yield verb.upper(), path or "/", _guards(given[2] if len(given) > 2 else None), line(call)
    elif method == "addProxy":
        path = _path(owner, apis, resources)
        if path is not None and text(pairs(given[0] if given else None).get("anyMethod")) != "false":
            yield "ANY", f"{path}/{{proxy+}}", (), line(call)
    elif method == "addRoutes" and given and text(owner).removeprefix("this.") in apis:
        said = pairs(given[0])
        path = string(said.get("path"))
        verbs = (
            [text(one).rpartition(".")[2] for one in below(said["methods"], "member_expression")]
            if ("methods" in said)
            else ["ANY"]
        )
        for verb in verbs if path else ():
            yield verb.upper(), str(path), _guards(given[0]), line(call)


def _path(node: Node | None, apis: frozenset[str], resources: dict[str, str], depth: int = 0) -> str | None:
    """The path that a resource of an API stands for; None for what is none."""
    if node is None or depth > DEEPEST:
        return None
    name = text(node).removeprefix("this.") if node.type in ("identifier", "member_expression") else ""
    if name in resources:
        return resources[name]
    if node.type == "member_expression" and text(field(node, "property")) == "root":
        return "" if text(field(node, "object")).removeprefix("this.") in apis else None
    if node.type != "call_expression":
        return None
    owner, called = field(node, "function", "object"), text(field(node, "function", "property"))
    above = _path(owner, apis, resources, depth + 1)
    given = arguments(node)
    part = string(given[0]) if given else None
    if above is None or called not in ("addResource", "resourceForPath", "addProxy"):
        return None
    if called == "addProxy":
        return f"{above}/{{proxy+}}"
    return f"{above}/{part.strip('/')}" if part is not None else None


def _guards(node: Node | None) -> tuple[str, ...]:
    said = pairs(node)
    return tuple(guard for key, guard in _GUARDED if key in said and text(said[key]) != "false")
