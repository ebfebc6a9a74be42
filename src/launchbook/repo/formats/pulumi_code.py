"""Pulumi programs in TypeScript and JavaScript: AWS resources by Terraform's names, where the code says it."""

from __future__ import annotations

import re

from tree_sitter import Node

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.repo.code import syntax
from launchbook.repo.reader import File, Found, reader

#: Modules whose resources have no module in their Terraform type, and classes that are called otherwise.
_PLAIN = {
    "ec2": "",
    "rds": "",
    "elasticloadbalancingv2": "",
    "lb": "",
    "alb": "",
    "s3": "s3_",
    "cloudwatch": "",
}
_CLASSES = {
    ("rds", "Instance"): "db_instance",
    ("rds", "Cluster"): "rds_cluster",
    ("s3", "BucketV2"): "s3_bucket",
    ("ec2", "Instance"): "instance",
    ("lb", "LoadBalancer"): "lb",
    ("lb", "TargetGroup"): "lb_target_group",
    ("lb", "Listener"): "lb_listener",
    ("cloudwatch", "MetricAlarm"): "cloudwatch_metric_alarm",
    ("cloudwatch", "LogGroup"): "cloudwatch_log_group",
    ("cloudwatch", "EventRule"): "cloudwatch_event_rule",
    ("cloudwatch", "EventTarget"): "cloudwatch_event_target",
}
_NAMES = ("name", "bucket", "identifier", "family")
_COMPUTED = "Pulumi decides it when the program runs"


@reader("Pulumi programs", "*.ts", "*.js", "*.mts", sniff=rb"['\"]@pulumi/aws['\"/]", hides=("*",))
def pulumi_code(file: File, found: Found) -> None:
    """``new aws.sqs.Queue("jobs", {…})``; a component or a loop makes more than is seen."""
    variables: dict[str, Fact] = {}
    for node in syntax.below(syntax.root(file), "new_expression"):
        match = re.fullmatch(
            r"aws\.(\w{1,40})\.(\w{1,60})", syntax.text(syntax.field(node, "constructor"))[:120]
        )
        given = syntax.arguments(node)
        identity = syntax.string(given[0]) if given else None
        if match is None or identity is None:
            continue
        props = syntax.pairs(given[1]) if len(given) > 1 else {}
        attributes = {_snake(key): _value(value, variables) for key, value in props.items()}
        lines = {_snake(key): syntax.line(value) for key, value in props.items()}
        name = next((v for k in _NAMES if isinstance(v := attributes.get(k), str)), identity)
        fact = found.fact(
            file,
            _kind(match[1], match[2]),
            f"{identity}:{syntax.line(node)}",
            name=name,
            line=syntax.line(node),
            attributes=attributes,
            lines={**lines},
            whole=False,
        )
        holder = node.parent
        if holder is not None and holder.type == "variable_declarator":
            variables[syntax.text(syntax.field(holder, "name"))] = fact


def _kind(module: str, name: str) -> str:
    known = _CLASSES.get((module, name))
    return f"aws_{known or _PLAIN.get(module, f'{module}_') + _snake(name)}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _value(node: Node, variables: dict[str, Fact], depth: int = 0) -> Value:
    text = syntax.text(node)
    literal = syntax.string(node)
    if literal is not None:
        return literal
    if node.type == "number" and re.fullmatch(r"\d{1,15}(\.\d{1,6})?", text):
        return float(text) if "." in text else int(text)
    if node.type in ("true", "false"):
        return node.type == "true"
    if depth < 8 and node.type == "array":
        return [_value(item, variables, depth + 1) for item in node.named_children[:200]]
    if depth < 8 and node.type == "object":
        inner = list(syntax.pairs(node).items())[:200]
        spelled = _snake if depth == 0 and not any(key[:1].isupper() for key, _ in inner) else str
        return {spelled(key): _value(item, variables, depth + 1) for key, item in inner}
    if depth < 8 and node.type == "call_expression":
        given = syntax.arguments(node)
        if re.match(r"(?:pulumi\.jsonStringify|JSON\.stringify)\(", text[:40]) and given:
            return _value(given[0], variables, depth + 1)
    word, _, rest = text.partition(".")
    if word in variables and re.fullmatch(r"\w{0,40}", rest):
        return Ref(variables[word].id, _snake(rest) or "id")
    return Unread(_COMPUTED)
