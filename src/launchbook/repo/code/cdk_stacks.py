"""What stands around a construct in CDK code: the stack that it is in, and the conditions that it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from launchbook.redact import without_secrets
from launchbook.repo.code import syntax

#: Conditions are told by their beginning.
_LONGEST = 80


def environment(constants: Mapping[str, Node], given: list[Node], props: dict[str, Node]) -> Node | None:
    """The object behind ``env``: written in place, a constant of the file by name or in short, or a part of one."""
    node = props.get("env")
    if node is None and len(given) > 2:
        short = syntax.below(given[2], "shorthand_property_identifier")
        node = next((one for one in short if syntax.text(one) == "env"), None)
    if node is None or node.type == "object":
        return node
    first, *rest = syntax.text(node).split(".")
    held = constants.get(first)
    for part in rest:
        held = syntax.pairs(held).get(part)
    return held if held is not None and held.type == "object" else None


def is_stack(top: Node, module: str, name: str) -> bool:
    """Whether a class is a stack: a file of the application's own says so by its name, this one by what it extends."""
    if module.startswith("."):
        return name.endswith("Stack")
    if module:
        return False
    for one in syntax.below(top, "class_declaration"):
        if syntax.text(syntax.field(one, "name")) == name:
            heritage = next((part for part in one.children if part.type == "class_heritage"), None)
            return syntax.text(heritage).rstrip().endswith("Stack")
    return False


def condition(node: Node) -> str:
    """The conditions around a construct, outermost first; empty where it is made in any case."""
    return "; ".join(reversed(list(_conditions(node))))


def _conditions(node: Node) -> Iterator[str]:
    below, above = node, node.parent
    while above is not None and above.type not in ("class_declaration", "program"):
        test = syntax.field(above, "condition")
        if above.type in ("if_statement", "ternary_expression") and test is not None and below.id != test.id:
            text = without_secrets(" ".join(syntax.text(test).strip("()").split()))[:_LONGEST]
            otherwise = syntax.field(above, "alternative")
            yield f"not {text}" if otherwise is not None and otherwise.id == below.id else text
        below, above = above, above.parent
