"""Which declaration a name in JavaScript or TypeScript means, and what values refer to across files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from launchbook.repo.code import modules, syntax
from launchbook.repo.code.syntax import arguments, below, text
from launchbook.repo.files import File, Tree
from launchbook.repo.mounts import Router

FUNCTIONS = (
    "arrow_function",
    "function_expression",
    "function",
    "function_declaration",
    "method_definition",
)
#: How many parameters of a function may be routers that its callers hand over.
PARAMETERS = 3


@dataclass
class Module:
    """One file's names: what is declared where, what is imported, what each name was first set to."""

    file: File
    tree: Tree
    top: Node
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    declared: dict[int, set[str]] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.imported = modules.bindings(self.top)
        for declarator in below(self.top, "variable_declarator"):
            name, value = text(syntax.field(declarator, "name")), syntax.field(declarator, "value")
            self._declare(declarator, name)
            if value is not None:
                self.values.setdefault(self.qualified(declarator, name), value)
        for function in below(self.top, *FUNCTIONS):
            for name in parameters(function):
                self.declared.setdefault(function.id, set()).add(name)
            if function.type == "function_declaration":
                self.values.setdefault(text(syntax.field(function, "name")), function)

    def _declare(self, node: Node, name: str) -> None:
        function = _enclosing(node)
        if function is not None:
            self.declared.setdefault(function.id, set()).add(name)

    def qualified(self, node: Node, name: str) -> str:
        """The name as used at a node, told apart by the function that declares it: ``router@12``."""
        function = _enclosing(node)
        while function is not None:
            if name in self.declared.get(function.id, ()):
                return f"{name}@{syntax.line(function)}"
            function = _enclosing(function)
        return name

    def value(self, node: Node) -> Node:
        """What an identifier was set to in this file, or the node itself."""
        if node.type == "identifier":
            return self.values.get(self.qualified(node, text(node)), node)
        return node

    def literal(self, node: Node | None, depth: int = 0) -> str | None:
        """A string: a literal, the constant that holds one, or a template or sum made of such."""
        value = self.value(node) if node is not None else None
        if value is None or (plain := syntax.string(value)) is not None or depth > PARAMETERS:
            return plain if value is not None else None
        if value.type == "binary_expression" and text(syntax.field(value, "operator")) == "+":
            parts = [syntax.field(value, "left"), syntax.field(value, "right")]
            return _joined(self.literal(part, depth + 1) for part in parts)
        if value.type != "template_string":
            return None
        return _joined(
            text(part) if part.type == "string_fragment" else self.literal(part.named_children[0], depth + 1)
            for part in value.named_children
            if part.named_children or part.type == "string_fragment"
        )

    def router(self, node: Node | None) -> Router | None:
        """The router that a value means: a local name, an import, ``require(…)``, what a function returns."""
        if node is None:
            return None
        if (module := modules.required(node)) is not None:
            wanted = text(syntax.field(node, "property")) if node.type == "member_expression" else ""
            return self._of(module, wanted or modules.DEFAULT)
        if node.type == "identifier":
            name = text(node)
            known = self.imported.get(name) if self.qualified(node, name) == name else None
            return self._of(*known) if known else Router(self.file.path, self.qualified(node, name))
        if node.type == "member_expression":
            return self._member(node)
        if node.type in FUNCTIONS:
            return Router(self.file.path, f"function@{syntax.line(node)}")
        return self._called(node) if node.type == "call_expression" else None

    def _member(self, node: Node) -> Router | None:
        owner, name = syntax.field(node, "object"), text(syntax.field(node, "property"))
        if owner is None or text(owner) == "this":
            return Router(self.file.path, f"this.{name}")
        made = self.value(owner)
        if made.type == "new_expression":
            if made.start_byte <= node.start_byte < made.end_byte:
                return None  # made of itself: what does not parse may say so
            of = self.router(syntax.field(made, "constructor"))
            return Router(of.file, f"this.{name}") if of is not None else None
        of = self.router(owner)
        if of is None or owner.type != "identifier" or text(owner) not in self.imported:
            return None
        return Router(of.file, name)

    def _called(self, node: Node) -> Router | None:
        function = syntax.field(node, "function")
        if function is not None and text(syntax.field(function, "property")) in ("routes", "middleware"):
            return self.router(syntax.field(function, "object"))  # Koa: router.routes()
        of = self.router(function)
        return Router(of.file, f"{of.name}()") if of is not None else None

    def _of(self, module: str, name: str) -> Router | None:
        found = modules.script(self.tree, self.file, module)
        return Router(found.path, modules.DEFAULT if name == "*" else name) if found is not None else None


def parameters(function: Node) -> list[str]:
    """The names of a function's parameters, as far as each is a plain one."""
    single = syntax.field(function, "parameter")
    if single is not None:
        return [text(single)]
    given = syntax.field(function, "parameters")
    found = []
    for one in given.named_children if given is not None else ():
        pattern = syntax.field(one, "pattern") or one
        found.append(text(pattern) if pattern.type == "identifier" else "")
    return found


def returned(function: Node) -> Iterator[Node]:
    """What a function returns, its inner functions left out."""
    body = syntax.field(function, "body")
    if body is not None and body.type != "statement_block":
        yield body
        return
    for statement in below(function, "return_statement"):
        if _enclosing(statement) == function and statement.named_children:
            yield statement.named_children[0]


def _joined(parts: Iterable[str | None]) -> str | None:
    found = list(parts)
    return "".join(part for part in found if part is not None) if None not in found else None


def handed(call: Node) -> list[tuple[int, Node]]:
    """The first arguments of a call that are plain names, with their places."""
    given = arguments(call)[:PARAMETERS]
    return [(place, one) for place, one in enumerate(given) if one.type == "identifier"]


def _enclosing(node: Node) -> Node | None:
    above = node.parent
    while above is not None and above.type not in FUNCTIONS:
        above = above.parent
    return above
