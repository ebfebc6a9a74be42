"""CDK code in TypeScript and JavaScript: constructs by Terraform's names, with the properties that the code writes out.

A construct adds much by itself, so no such fact is whole: what the code does not say is in the synthesized templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.patterns import regex
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.code import syntax
from launchbook.repo.code.cdk_routes import APIS, api_routes
from launchbook.repo.code.cdk_schedules import SCHEDULE, cron, rate, seconds
from launchbook.repo.code.cdk_stacks import condition, environment, is_stack
from launchbook.repo.code.constructs import METRICS, construct, in_unit, put, runtime_named
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.modules import bindings
from launchbook.repo.reader import File, Found, reader

#: Packages of constructs, by how they are called.
_THIRD = regex(r"(?:^|[/-])(?:cdk|constructs?|aws)(?:[/-]|$)")
_PROTOCOLS = {"Email": "email", "Sqs": "sqs", "Lambda": "lambda", "Url": "https", "Sms": "sms"}
_HOLDERS = ("variable_declarator", "assignment_expression", "public_field_definition")
_SYNTHESIZED = "CDK decides it when it is synthesized"


@dataclass
class _Code:
    """One file: what is imported, and the constructs that its variables hold."""

    file: File
    found: Found
    top: Node
    imports: dict[str, str]
    original: dict[str, tuple[str, str]]  # local name to the module and the name that it has there
    constants: dict[str, Node]
    variables: dict[str, Fact] = field(default_factory=dict)


@reader("CDK constructs", "*.ts", "*.js", "*.mts", sniff=rb"aws-cdk-lib|@aws-cdk/", hides=("*",))
def cdk_constructs(file: File, found: Found) -> None:
    """Every construct in order, so that later ones can refer to earlier ones; then what is wired by calls."""
    top = syntax.root(file)
    held = (
        (syntax.field(one, "name"), syntax.field(one, "value"))
        for one in syntax.below(top, "variable_declarator")
    )
    objects = {
        syntax.text(name): value for name, value in held if value is not None and value.type == "object"
    }
    code = _Code(file, found, top, syntax.imports(top), bindings(top), objects)
    for node in syntax.below(top, "new_expression"):
        _construct(code, node)
    for call in syntax.below(top, "call_expression"):
        makes = syntax.text(syntax.field(call, "function")).endswith(".createAlarm")
        (_alarm if makes else _wired)(code, call)
    apis = frozenset(name for name, fact in code.variables.items() if fact.type in APIS)
    for method, path, guards, line in api_routes(top, apis) if apis else ():
        _endpoint(code, method, path, line, "", guards)


def _endpoint(code: _Code, method: str, path: str, line: int, of: str, guards: tuple[str, ...] = ()) -> None:
    code.found.endpoint(
        code.file, method, path, line, kind=kind_of(path), of=of, guards=[*guards], event="api"
    )


def _construct(code: _Code, node: Node) -> None:
    given = syntax.arguments(node)
    identity = syntax.string(given[1]) if len(given) > 1 else None
    module, name = _class(code, syntax.field(node, "constructor"))
    known = construct(module, name)
    if identity is None:
        if known is not None and len(given) > 1 and given[1].type == "template_string":
            what = f"constructs of computed names are not read ({name} {syntax.text(given[1])})"
            code.found.gap(code.file, what, "cdk synth", syntax.line(node), (known[0],))
        return
    props = syntax.pairs(given[2]) if len(given) > 2 else {}
    if known is not None:
        kind, renamed = known
        fact = _fact(code, node, kind, identity, props, renamed)
        holder = node.parent
        if holder is not None and holder.type in _HOLDERS:
            target = syntax.field(holder, "name") or syntax.field(holder, "left")
            code.variables[syntax.text(target).removeprefix("this.")] = fact
        if name == "LambdaRestApi" and syntax.text(props.get("proxy")) != "false":
            _endpoint(code, "ANY", "/{proxy+}", syntax.line(node), identity)
        if kind == "aws_cloudwatch_event_rule" and "targets" in props:
            for called in _named(code, props["targets"]):
                code.found.relation(
                    "target", fact.id, called.id, code.file.where(syntax.line(props["targets"]))
                )
    elif module.startswith("third/"):
        what = f"the construct {name} of {module.removeprefix('third/')} is not read"
        code.found.gap(code.file, what, "cdk synth", syntax.line(node))
    elif is_stack(code.top, module, name):
        region = _value(code, syntax.pairs(environment(code.constants, given, props)).get("region"))
        code.found.fact(
            code.file,
            "aws_cloudformation_stack",
            identity,
            name=identity,
            line=syntax.line(node),
            attributes={"name": identity, "region": region},
            region=region if isinstance(region, str) else "",
            whole=False,
        )


def _class(code: _Code, node: Node | None) -> tuple[str, str]:
    """The module's last part (``aws-sqs``) and the class, however it was imported; a local module as it is written."""
    words = syntax.text(node).split(".")
    module = code.imports.get(words[0], "")
    if module == "aws-cdk-lib" and len(words) == 3:
        return words[1].replace("_", "-"), words[2]
    if module == "aws-cdk-lib" and len(words) == 2:  # import { aws_sqs as sqs } from "aws-cdk-lib"
        return code.original.get(words[0], ("", ""))[1].replace("_", "-"), words[1]
    if module and not module.startswith((".", "aws-cdk-lib", "@aws-cdk/", "constructs")):
        return f"third/{module}" if _THIRD.search(module) else "", words[-1]
    return (module if module.startswith(".") else module.rpartition("/")[2]), words[-1]


def _fact(
    code: _Code, node: Node, kind: str, identity: str, props: dict[str, Node], renamed: dict[str, str]
) -> Fact:
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    for key, value in props.items():
        path = renamed.get(key, attribute_name(key))
        if path:
            put(attributes, path.split("."), in_unit(path, _property(code, key, value)))
            lines[path] = syntax.line(value.parent or value)
            lines |= {f"{path}.{inner}": syntax.line(at) for inner, at in syntax.pairs(value).items()}
        elif key == "metric":
            _metric(code, value, attributes, lines)
        elif key == "taskImageOptions":
            environment = syntax.pairs(syntax.pairs(value).get("environment"))
            attributes["environment"] = {name: _value(code, item) for name, item in environment.items()}
            lines |= {f"environment.{name}": syntax.line(item) for name, item in environment.items()}
    name = next((v for k, v in attributes.items() if k in _NAMED and isinstance(v, str)), identity)
    depends = condition(node)
    return code.found.fact(
        code.file,
        kind,
        identity,
        name=name,
        line=syntax.line(node),
        attributes=attributes,
        lines=lines,
        whole=False,
        condition=depends,
        created=None if depends else True,
    )


_NAMED = ("name", "bucket", "function_name", "alarm_name", "identifier")


def _property(code: _Code, key: str, node: Node) -> Value:
    if key == "deadLetterQueue":
        parts = syntax.pairs(node)
        count = _value(code, parts.get("maxReceiveCount"))
        return {"deadLetterTargetArn": _value(code, parts.get("queue")), "maxReceiveCount": count}
    value = _value(code, node)
    return [value] if isinstance(value, dict) and key != "environment" else value


def _metric(code: _Code, node: Node, attributes: dict[str, Value], lines: dict[str, int | str]) -> None:
    """``queue.metricApproximateAgeOfOldestMessage()`` as namespace, name and dimension."""
    match = re.match(r"(?:this\.)?(\w+)\.metric(\w+)\(", syntax.text(node))
    watched = code.variables.get(match.group(1)) if match else None
    if match and watched and watched.type in METRICS:
        namespace, dimension = METRICS[watched.type]
        attributes |= {"namespace": namespace, "metric_name": match.group(2)}
        attributes["dimensions"] = {dimension: Ref(watched.id, "name")}
        lines |= dict.fromkeys(("namespace", "metric_name", "dimensions"), syntax.line(node))


def _value(code: _Code, node: Node | None) -> Value:
    if node is None:
        return Unread(_SYNTHESIZED)
    text = syntax.text(node)
    literal = syntax.string(node)
    if literal is not None:
        return literal
    if node.type == "number":
        return (
            float(text) if "." in text else int(text, 0) if len(text) < 20 else Unread("a very large number")
        )
    if node.type in ("true", "false"):
        return node.type == "true"
    if node.type == "array":
        return [_value(code, item) for item in node.named_children]
    if node.type == "object":
        return {key: _value(code, item) for key, item in list(syntax.pairs(node).items())[:200]}
    if node.type == "call_expression" and (
        made := SCHEDULE.fullmatch(syntax.text(syntax.field(node, "function")))
    ):
        return _schedule(code, made["how"], syntax.arguments(node))
    return _expression(code, text)


def _schedule(code: _Code, how: str, given: list[Node]) -> Value:
    if how == "cron":
        return cron(
            {key: _value(code, item) for key, item in syntax.pairs(given[0] if given else None).items()}
        )
    value = _value(code, given[0] if given else None)
    return rate(value) if how == "rate" else value


def _expression(code: _Code, text: str) -> Value:
    duration = seconds(text)
    if duration is not None:
        return duration
    runtime = re.fullmatch(r"(?:\w+\.)?Runtime\.(\w+)", text)
    if runtime:
        return runtime_named(runtime.group(1))
    word, _, rest = text.removeprefix("this.").partition(".")
    if word in code.variables and re.fullmatch(r"\w*", rest):
        named = {"Arn": "arn", "Name": "name", "Url": "url"}.get(re.sub(r"^.*(?=[A-Z])", "", rest))
        return Ref(code.variables[word].id, named or (attribute_name(rest) if rest else "id"))
    return Unread(_SYNTHESIZED)


def _wired(code: _Code, call: Node) -> None:
    """Event sources, alarm actions and health checks that are set by calls on a construct."""
    receiver = syntax.text(syntax.field(call, "function")).removeprefix("this.")
    variable, _, method = receiver.partition(".")
    owner = code.variables.get(variable)
    if owner is None:
        return
    where = code.file.where(syntax.line(call))
    kind = _CALLS.get(method)
    if kind:
        for target in _named(code, call):
            code.found.relation(kind, owner.id, target.id, where)
    elif method == "addSubscription" and syntax.arguments(call):
        _subscription(code, owner, syntax.arguments(call)[0])
    elif method.endswith("configureHealthCheck"):
        given = syntax.arguments(call)
        check = syntax.pairs(given[0]) if given else {}
        values: dict[str, Value] = {attribute_name(key): _value(code, item) for key, item in check.items()}
        lines = {f"health_check.0.{attribute_name(key)}": syntax.line(item) for key, item in check.items()}
        code.found.fact(
            code.file,
            "aws_lb_target_group",
            f"{owner.name}.targetGroup",
            name=owner.name,
            line=syntax.line(call),
            attributes={"health_check": [values]},
            lines=lines,
            whole=False,
        )


def _alarm(code: _Code, call: Node) -> None:
    """``queue.metricApproximateAgeOfOldestMessage().createAlarm(this, "Age", { … })``."""
    given = syntax.arguments(call)
    identity = syntax.string(given[1]) if len(given) > 1 else None
    metric = syntax.field(syntax.field(call, "function"), "object")
    if identity is not None and metric is not None:
        props = {**syntax.pairs(given[2] if len(given) > 2 else None), "metric": metric}
        _fact(code, call, "aws_cloudwatch_metric_alarm", identity, props, {"metric": ""})


_CALLS = {"addEventSource": "event-source", "addAlarmAction": "alarm-action", "addTarget": "target"}


def _subscription(code: _Code, topic: Fact, node: Node) -> None:
    """``topic.addSubscription(new subs.EmailSubscription("…"))``."""
    given = syntax.arguments(node)
    kind = syntax.text(syntax.field(node, "constructor")).rpartition(".")[2].removesuffix("Subscription")
    protocol = _PROTOCOLS.get(kind)
    attributes: dict[str, Value] = {
        "topic_arn": Ref(topic.id, "arn"),
        "protocol": protocol if protocol else Unread(_SYNTHESIZED),
        "endpoint": _value(code, given[0] if given else None),
    }
    line = syntax.line(node)
    lines = dict.fromkeys(attributes, line)
    name = f"{topic.name} to {kind.lower() or 'somebody'}"
    address = f"subscription:{line}"
    code.found.fact(
        code.file,
        "aws_sns_topic_subscription",
        address,
        name=name,
        line=line,
        attributes=attributes,
        lines={**lines},
    )


def _named(code: _Code, call: Node) -> Iterator[Fact]:
    for name in syntax.below(call, "identifier"):
        fact = code.variables.get(syntax.text(name))
        own = (
            syntax.text(syntax.field(call, "function"))
            .removeprefix("this.")
            .startswith(syntax.text(name) + ".")
        )
        if fact is not None and not own:
            yield fact
