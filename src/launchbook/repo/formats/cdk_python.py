"""CDK code in Python: constructs by Terraform's names, with the properties that the code writes out."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.repo.cloudformation.names import attribute_name
from launchbook.repo.code.constructs import CONSTRUCTS
from launchbook.repo.code.python import constant, dotted, imported, keyword, tree
from launchbook.repo.reader import File, Found, reader

_DURATION = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_NAMED = ("name", "bucket", "function_name", "alarm_name", "identifier")


@dataclass
class _Code:
    file: File
    found: Found
    imports: dict[str, str]
    variables: dict[str, Fact] = field(default_factory=dict)


@reader("CDK constructs in Python", "*.py", sniff=rb"aws_cdk", hides=("*",))
def cdk_python(file: File, found: Found) -> None:
    """Every construct in order, so that later ones can refer to earlier ones."""
    module = tree(file)
    code = _Code(file, found, imported(module))
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and len(node.args) > 1]
    holders = {
        id(node.value): dotted(node.targets[0]) for node in ast.walk(module) if isinstance(node, ast.Assign)
    }
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        module_name, _, name = dotted(call.func).rpartition(".")
        whole = code.imports.get(module_name.partition(".")[0], "") or code.imports.get(name, "")
        service = next(
            (part for part in whole.split(".") if part.startswith("aws_") and part != "aws_cdk"), ""
        )
        known = CONSTRUCTS.get((service.replace("_", "-"), name))
        identity = constant(call.args[1])
        if known is not None and isinstance(identity, str):
            fact = _fact(code, call, known, identity)
            holder = holders.get(id(call))
            if holder:
                code.variables[holder] = fact


def _fact(code: _Code, call: ast.Call, known: tuple[str, dict[str, str]], identity: str) -> Fact:
    kind, renamed = known
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    for given in call.keywords:
        if given.arg is None:
            continue
        camel = given.arg.split("_")[0] + "".join(part.title() for part in given.arg.split("_")[1:])
        path = renamed.get(camel, attribute_name(camel))
        if path and ".0." not in path:
            attributes[path] = _value(code, given.value)
            lines[path] = given.value.lineno
    name = next((v for k, v in attributes.items() if k in _NAMED and isinstance(v, str)), identity)
    address = f"{identity}:{call.lineno}"
    return code.found.fact(
        code.file, kind, address, name=name, line=call.lineno, attributes=attributes, lines=lines, whole=False
    )


def _value(code: _Code, node: ast.expr | None) -> Value:
    value = constant(node)
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(node, ast.List):
        return [_value(code, item) for item in node.elts[:200]]
    name = dotted(node)
    if name in code.variables:
        return Ref(code.variables[name].id, "arn")
    if isinstance(node, ast.Call):
        called = dotted(node.func)
        unit = called.rpartition(".")[2]
        if "Duration." in called and unit in _DURATION and node.args:
            count = constant(node.args[0])
            if isinstance(count, int):
                return count * _DURATION[unit]
        if unit == "DeadLetterQueue":
            return {
                "deadLetterTargetArn": _value(code, keyword(node, "queue")),
                "maxReceiveCount": _value(code, keyword(node, "max_receive_count")),
            }
    return Unread("CDK decides it when it is synthesized")
