"""How Express and its like register a route: by verb, chained to one path, by ``on``, or as an object of options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.scopes import FUNCTIONS, Module, parameters
from launchbook.repo.code.syntax import arguments, below, field, line, pairs, string, text

VERBS = ("get", "post", "put", "patch", "delete", "del", "head", "options", "all")
#: What returns the application or router that it is called on, so that calls follow each other.
_CHAINED = (*VERBS, "use", "on", "route", "register", "basePath")
_METHOD = regex(r"[A-Z]{3,10}|\*")
#: Calls that follow each other are followed so far.
_MOST = 200


@record()
class Registered:
    """One registration: who serves it, its methods, its paths (None: computed), and what handles it, last.

    ``methods`` are None where the code computes them; ``at`` is the node whose line tells the route.
    """

    owner: Node
    methods: list[str] | None
    paths: list[str | None]
    given: list[Node]
    at: Node
    end: int


def registered(module: Module, call: Node) -> Iterator[Registered]:
    """What one call registers; nothing for a call of anything else."""
    function = field(call, "function")
    verb, given = text(field(function, "property")), arguments(call)
    if verb in VERBS:
        one = _by_verb(module, call, verb, given)
        if one is not None and one.given:
            yield one
    elif verb in ("on", "register") and len(given) > 2:
        yield from _by_methods(module, call, verb, given)
    elif verb == "route" and len(given) == 1:
        owner = base(call)
        for options in _listed(module.value(given[0])) if owner is not None else ():
            told = described(module, options)
            if told is not None and owner is not None:
                methods, paths, handlers, at = told
                yield Registered(owner, methods, paths, handlers, at, call.end_byte)


def described(
    module: Module, options: Node
) -> tuple[list[str] | None, list[str | None], list[Node], Node] | None:
    """Methods, paths, what handles it, and where, of ``{ method, url | path, handler }``; None for another object."""
    members = pairs(options)
    inner = pairs(members.get("options") or members.get("config"))
    handler = members.get("handler") or inner.get("handler") or _own_method(options, "handler")
    path = members.get("url") or members.get("path")
    if path is None or "method" not in members or handler is None:
        return None
    between = [*(inner.get(name) for name in ("auth", "pre")), *(members.get(name) for name in _BEFORE)]
    guards = [one.parent for one in between if one is not None and one.parent and text(one) != "false"]
    return _methods(module, members["method"]), literals(module, [path]), [*guards, handler], path


#: What Fastify runs before a handler.
_BEFORE = ("onRequest", "preValidation", "preHandler")


def base(call: Node) -> Node | None:
    """What a chain of calls begins with: the ``app`` of ``app.get(…).post(…)``; the name of what is made in place."""
    owner = field(call, "function", "object")
    for _ in range(_MOST):
        if owner is None or owner.type != "call_expression":
            break
        if text(field(owner, "function", "property")) not in _CHAINED:
            break
        owner = field(owner, "function", "object")
    if owner is not None and owner.type in ("new_expression", "call_expression"):
        return _declared(owner) or owner
    return owner


def _declared(made: Node) -> Node | None:
    """The name that a chain's result is given: ``app`` of ``const app = new Hono().get(…)``."""
    above = made.parent
    while above is not None and above.type in ("member_expression", "call_expression"):
        above = above.parent
    return field(above, "name") if above is not None and above.type == "variable_declarator" else None


def _by_verb(module: Module, call: Node, verb: str, given: list[Node]) -> Registered | None:
    methods = ["ANY" if verb == "all" else "DELETE" if verb == "del" else verb.upper()]
    at = field(call, "function", "property") or call
    owner = base(call)
    if owner is None:
        return None
    above = field(call, "function", "object")
    for _ in range(_MOST):  # ``app.route("/x").get(…).post(…)``
        if above is None or above.type != "call_expression":
            break
        if text(field(above, "function", "property")) == "route" and len(arguments(above)) == 1:
            return Registered(owner, methods, literals(module, arguments(above)), given, at, call.end_byte)
        above = field(above, "function", "object")
    if len(given) > 2 and string(given[0]) is not None and not _rooted(given[0]) and _rooted(given[1]):
        given = given[1:]  # Koa: a name before the path
    first = given[:1] if len(given) > 1 else []
    return Registered(owner, methods, literals(module, first), given[1:], at, call.end_byte)


def _rooted(node: Node) -> bool:
    return (string(node) or "").startswith("/")


def _by_methods(module: Module, call: Node, verb: str, given: list[Node]) -> Iterator[Registered]:
    """Hono's ``on(methods, paths, …)`` and Koa's ``register(path, methods, …)``."""
    first, second = (given[0], given[1]) if verb == "on" else (given[1], given[0])
    methods, paths = _methods(module, first), literals(module, [second])
    owner = base(call)
    if owner is not None and methods and all((path or "").startswith("/") for path in paths):
        at = field(call, "function", "property") or call
        yield Registered(owner, methods, paths, given[2:], at, call.end_byte)


def _methods(module: Module, node: Node) -> list[str] | None:
    named = literals(module, [node])
    known = [one.upper() for one in named if one is not None]
    if not known or len(known) < len(named) or not all(map(_METHOD.fullmatch, known)):
        return None
    return ["ANY" if one in ("*", "ALL") else one for one in known]


def literals(module: Module, given: Sequence[Node]) -> list[str | None]:
    """The texts of values and of lists of them; None for each that the file does not tell."""
    found: list[str | None] = []
    for node in map(module.value, given):
        inner = node.named_children if node.type == "array" else [node]
        found += [told for one in inner if one.type != "comment" for told in _each(module, one)]
    return found


def _each(module: Module, node: Node) -> list[str | None]:
    """The text of a value; in a loop over a list that is written out, the texts that it has in turn."""
    told = module.literal(node)
    loop = _loop(module, node) if told is None else None
    if loop is None:
        return [told]
    name, items = loop
    found: list[str | None] = []
    for item in items:
        module.values[name] = item
        found.append(module.literal(node))
    del module.values[name]
    return found or [None]


def _loop(module: Module, node: Node) -> tuple[str, list[Node]] | None:
    """What a name in an expression stands for in turn: ``for (const v of ["a"])``, ``["a"].forEach((v) => …)``."""
    used = {text(one) for one in below(node, "identifier")}
    above = node.parent
    for _ in range(_MOST):
        if above is None:
            return None
        name, over = "", None
        if above.type == "for_in_statement" and any(one.type == "of" for one in above.children):
            name, over = text(field(above, "left")), field(above, "right")
        elif above.type in FUNCTIONS and above.parent is not None and above.parent.type == "arguments":
            call = field(above.parent.parent, "function")
            if text(field(call, "property")) == "forEach":
                name, over = next(iter(parameters(above)), ""), field(call, "object")
        listed = module.value(over) if over is not None and name in used else None
        if listed is not None and listed.type == "array":
            key = f"{name}@{line(above)}" if above.type in FUNCTIONS else name
            return (key, listed.named_children) if key not in module.values else None
        above = above.parent
    return None


def _listed(node: Node) -> Iterator[Node]:
    yield from (
        one for one in (node.named_children if node.type == "array" else [node]) if one.type == "object"
    )


def _own_method(options: Node, name: str) -> Node | None:
    """``{ handler(request) { … } }``."""
    members = options.named_children if options.type == "object" else []
    return next((one for one in members if one.type in FUNCTIONS and text(field(one, "name")) == name), None)


def tables(module: Module) -> Iterator[tuple[str, Node]]:
    """Each list of described routes that another file may serve, by the name that it has here."""
    routed = [call for call in below(module.top, "call_expression") if _is_route(call)]
    used = {text(one) for call in routed for one in arguments(call)}
    for array in below(module.top, "array"):
        name = _table_name(array)
        if name and name not in used and any(described(module, one) is not None for one in _listed(array)):
            yield name, array


def _is_route(call: Node) -> bool:
    return text(field(call, "function", "property")) == "route"


def _table_name(array: Node) -> str:
    above = array.parent
    if above is None:
        return ""
    if above.type == "variable_declarator":
        return text(field(above, "name"))
    left = text(field(above, "left")) if above.type == "assignment_expression" else ""
    if left in ("module.exports", "exports") or above.type == "export_statement":
        return "default"
    return re.sub(r"^(module\.)?exports\.", "", left)
