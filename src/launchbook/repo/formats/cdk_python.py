"""CDK code in Python: constructs by Terraform's names, with the properties that the code writes out."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.code.cdk_schedules import SCHEDULE, cron, rate
from launchbook.repo.code.constructs import construct, in_unit, put, runtime_named
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.python import constant, dotted, imported, keyword, nodes, tree
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
    calls = [node for node in nodes(module) if isinstance(node, ast.Call) and len(node.args) > 1]
    holders = {
        id(node.value): dotted(node.targets[0]) for node in nodes(module) if isinstance(node, ast.Assign)
    }
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        module_name, _, name = dotted(call.func).rpartition(".")
        whole = code.imports.get(module_name.partition(".")[0], "") or code.imports.get(name, "")
        service = next(
            (part for part in whole.split(".") if part.startswith("aws_") and part != "aws_cdk"), ""
        )
        known = construct(service.replace("_", "-"), name)
        identity = constant(call.args[1])
        if known is not None and isinstance(identity, str):
            fact = _fact(code, call, known, identity)
            holder = holders.get(id(call))
            if holder:
                code.variables[holder] = fact
        elif isinstance(identity, str):
            _stack(code, call, identity)
    for node in nodes(module):
        if isinstance(node, ast.Call):
            _wired(code, node)
    _routes(code, module)


def _stack(code: _Code, call: ast.Call, identity: str) -> None:
    """A stack that is told its region."""
    environment = keyword(call, "env")
    region = constant(keyword(environment, "region")) if isinstance(environment, ast.Call) else None
    if isinstance(region, str):
        code.found.fact(
            code.file,
            "aws_cloudformation_stack",
            f"{identity}:{call.lineno}",
            name=identity,
            line=call.lineno,
            attributes={"name": identity, "region": region},
            lines={"region": environment.lineno if environment is not None else call.lineno},
            region=region,
            whole=False,
        )


def _wired(code: _Code, call: ast.Call) -> None:
    """Sources of events that are added by a call, and the targets that a rule is given."""
    owner, _, method = dotted(call.func).rpartition(".")
    if method in ("add_event_source", "add_alarm_action", "add_target") and owner in code.variables:
        kind = {"add_event_source": "event-source", "add_alarm_action": "alarm-action"}.get(method, "target")
        for name in _names(call.args):
            if name in code.variables and name != owner:
                where = code.file.where(call.lineno)
                code.found.relation(kind, code.variables[owner].id, code.variables[name].id, where)


def _routes(code: _Code, module: ast.Module) -> None:
    """Routes that calls add: ``api.root.add_resource("orders").add_method("GET")``."""
    if not any(fact.type == "aws_api_gateway_rest_api" for fact in code.variables.values()):
        return
    resources: dict[str, str] = {}
    told = [node for node in nodes(module) if isinstance(node, ast.Assign | ast.Call)]
    for node in sorted(told, key=lambda one: (one.lineno, one.col_offset)):
        if isinstance(node, ast.Assign):
            path = _path(code, node.value, resources)
            if path is not None:
                resources[dotted(node.targets[0])] = path
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "add_method" and node.args:
            path, method = _path(code, node.func.value, resources), constant(node.args[0])
            if path is not None and isinstance(method, str):
                guards: list[Value] = ["authentication"] if keyword(node, "authorizer") is not None else []
                code.found.endpoint(
                    code.file,
                    method.upper(),
                    path or "/",
                    node.lineno,
                    kind=kind_of(path),
                    guards=guards,
                    event="api",
                )


def _path(code: _Code, node: ast.expr | None, resources: dict[str, str], depth: int = 0) -> str | None:
    """The path that a resource of an API stands for; None for what is none."""
    name = dotted(node)
    if name in resources:
        return resources[name]
    owner, _, last = name.rpartition(".")
    if last == "root" and owner in code.variables:
        return ""
    if depth > 20 or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    part = constant(node.args[0]) if node.args else None
    above = _path(code, node.func.value, resources, depth + 1)
    if above is None or node.func.attr not in ("add_resource", "resource_for_path"):
        return None
    return f"{above}/{part.strip('/')}" if isinstance(part, str) else None


def _names(given: list[ast.expr]) -> list[str]:
    return [
        dotted(inner)
        for node in given
        for inner in nodes(node)
        if isinstance(inner, ast.Name | ast.Attribute)
    ]


def _fact(code: _Code, call: ast.Call, known: tuple[str, dict[str, str]], identity: str) -> Fact:
    kind, renamed = known
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    for given in call.keywords:
        if given.arg is None:
            continue
        camel = given.arg.split("_")[0] + "".join(part.title() for part in given.arg.split("_")[1:])
        path = renamed.get(camel, attribute_name(camel))
        if path:
            put(attributes, path.split("."), in_unit(path, _value(code, given.value)))
            lines[path] = given.value.lineno
            if isinstance(given.value, ast.Dict):
                keys = ((constant(key), key.lineno) for key in given.value.keys if key is not None)
                lines |= {f"{path}.{key}": line for key, line in keys if isinstance(key, str)}
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
    if isinstance(node, ast.Dict):
        pairs = ((constant(key), item) for key, item in zip(node.keys, node.values, strict=True))
        return {key: _value(code, item) for key, item in pairs if isinstance(key, str)}
    name = dotted(node)
    if name in code.variables:
        return Ref(code.variables[name].id, "arn")
    holder, _, last = name.rpartition(".")
    if holder in code.variables and last.startswith(("queue_", "topic_", "table_", "bucket_", "function_")):
        return Ref(code.variables[holder].id, last.rpartition("_")[2])
    if holder.endswith("Runtime"):
        return runtime_named(last)
    if isinstance(node, ast.Call):
        called = dotted(node.func)
        unit = called.rpartition(".")[2]
        if "Duration." in called and unit in _DURATION and node.args:
            count = constant(node.args[0])
            if isinstance(count, int):
                return count * _DURATION[unit]
        if made := SCHEDULE.fullmatch(called):
            if made["how"] == "cron":
                named = {one.arg: _value(code, one.value) for one in node.keywords if one.arg}
                return cron({"weekDay" if key == "week_day" else key: value for key, value in named.items()})
            value_of = _value(code, node.args[0] if node.args else None)
            return rate(value_of) if made["how"] == "rate" else value_of
        if unit == "DeadLetterQueue":
            return {
                "deadLetterTargetArn": _value(code, keyword(node, "queue")),
                "maxReceiveCount": _value(code, keyword(node, "max_receive_count")),
            }
    return Unread("CDK decides it when it is synthesized")
