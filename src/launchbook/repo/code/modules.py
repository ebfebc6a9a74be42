"""Which file an import names: JavaScript and TypeScript by relative path or alias, Python by dotted name."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from launchbook.repo.code.syntax import arguments, below, field, imported_from, string, text
from launchbook.repo.files import File, Tree

_SUFFIXES = ("", ".ts", ".js", ".mjs", ".cjs", ".tsx", ".mts", ".jsx", "/index.ts", "/index.js", "/index.mjs")
#: Names that a module gives to what it exports without a name.
DEFAULT = "default"


def script(tree: Tree, file: File, module: str) -> File | None:
    """The file that a JavaScript import of ``module`` in ``file`` reads; None for a package or what is not there."""
    if module.startswith("."):
        bases = [f"{file.folder}/{module}" if file.folder else module]
    elif module[:2] in ("@/", "~/"):
        folders = file.folder.split("/")
        above = ["/".join(folders[:count]) for count in range(len(folders), -1, -1)]
        bases = [f"{folder}/{inner}{module[2:]}".lstrip("/") for folder in above for inner in ("src/", "")]
    else:
        return None
    for base in bases:
        plain = base.removesuffix(".js")  # what TypeScript modules call a .ts file
        for name in [base + suffix for suffix in _SUFFIXES] + [f"{plain}.ts"]:
            if (found := tree.get(name)) is not None:
                return found
    return None


def python(tree: Tree, file: File, module: str) -> File | None:
    """The file of a dotted Python module, relative (``.users``) or absolute from any folder above the importer."""
    level = len(module) - len(module.lstrip("."))
    parts = [part for part in module.lstrip(".").split(".") if part]
    folders = file.folder.split("/") if file.folder else []
    if level:
        bases = [folders[: len(folders) - level + 1]] if level <= len(folders) + 1 else []
    else:
        bases = [folders[:count] for count in range(len(folders), -1, -1)]
        bases += [[*base, "src"] for base in bases]
    for base in bases:
        stem = "/".join([*base, *parts])
        for name in (f"{stem}.py", f"{stem}/__init__.py"):
            if (found := tree.get(name)) is not None:
                return found
    return None


def bindings(top: Node) -> dict[str, tuple[str, str]]:
    """Each imported name with its module and the name it has there: ``default`` for the module's own export."""
    found: dict[str, tuple[str, str]] = {}
    for statement in below(top, "import_statement"):
        module = imported_from(statement)
        for clause in statement.named_children:
            for local, original in _imported(clause):
                found[local] = (module, original)
    for declarator in below(top, "variable_declarator"):
        wanted, name = required(field(declarator, "value")), field(declarator, "name")
        if wanted is None or name is None:
            continue
        if name.type == "identifier":
            found[text(name)] = (wanted, DEFAULT)
        for part in below(name, "shorthand_property_identifier_pattern"):
            found[text(part)] = (wanted, text(part))
        for part in below(name, "pair_pattern"):
            found[text(field(part, "value"))] = (wanted, text(field(part, "key")))
    return found


def required(node: Node | None) -> str | None:
    """The module of ``require("…")``, ``require("…").default`` and ``await import("…")``."""
    if node is not None and node.type == "member_expression":
        node = field(node, "object")
    if node is not None and node.type == "await_expression":
        node = node.named_children[0] if node.named_children else None
    if (
        node is None
        or node.type != "call_expression"
        or text(field(node, "function"))
        not in (
            "require",
            "import",
        )
    ):
        return None
    given = arguments(node)
    return string(given[0]) if given else None


def exported(top: Node) -> Iterator[tuple[str, Node]]:
    """What a module exports, by the name it has outside: ``default`` for ``module.exports`` and ``export default``."""
    for statement in below(top, "export_statement"):
        value = field(statement, "value") or field(statement, "declaration")
        if any(child.type == "default" for child in statement.children) and value is not None:
            yield DEFAULT, value
        for one in below(statement, "export_specifier"):
            name = field(one, "name")
            if name is not None:
                yield text(field(one, "alias") or name), name
    for assignment in below(top, "assignment_expression"):
        target, value = text(field(assignment, "left")), field(assignment, "right")
        if value is None:
            continue
        if target in ("module.exports", "exports"):
            yield DEFAULT, value
            for name in value.named_children if value.type == "object" else ():
                if name.type == "shorthand_property_identifier":
                    yield text(name), name
        elif target.startswith(("module.exports.", "exports.")):
            yield target.rpartition(".")[2], value


def _imported(clause: Node) -> Iterator[tuple[str, str]]:
    if clause.type != "import_clause":
        return
    for one in clause.named_children:
        if one.type == "identifier":
            yield text(one), DEFAULT
        elif one.type == "namespace_import":
            yield text(one.named_children[-1]), "*"
        for part in below(one, "import_specifier"):
            yield text(field(part, "alias") or field(part, "name")), text(field(part, "name"))
