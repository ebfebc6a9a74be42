"""Which AWS services the code really calls, what it sends to, and what stands in for a queue in memory."""

from __future__ import annotations

import ast
import re

from tree_sitter import Node

from launchbook.model import Value, Where
from launchbook.redact import shown
from launchbook.repo.code.python import constant, dotted, keyword, tree
from launchbook.repo.code.syntax import arguments, below, field, imports, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader

_JAVASCRIPT = tuple(f"*.{suffix}" for suffix in ("ts", "tsx", "js", "mjs", "cjs", "mts"))
_QUEUE_URL = re.compile(r"https://sqs\.[\w-]+\.amazonaws\.com/\d+/(?P<name>[\w.-]+)")
_QUEUE_NAME = re.compile(r"^[a-z][\w-]*(queue|messages|jobs|tasks|events)[\w-]*$", re.I)
_RESOURCES = ("QueueUrl", "QueueName", "Bucket", "TopicArn", "TableName", "FromEmailAddress", "StreamName")


@reader("AWS SDK for JavaScript", *_JAVASCRIPT, sniff=rb"@aws-sdk/client-|aws-sdk", hides=("sdk_call",))
def javascript_sdk(file: File, found: Found) -> None:
    """``new SendMessageCommand({QueueUrl: …})``: service, operation, and what it names."""
    top = root(file)
    modules = imports(top)
    for made in below(top, "new_expression"):
        name = text(field(made, "constructor"))
        module = modules.get(name, "")
        if not name.endswith("Command") or not module.startswith("@aws-sdk/"):
            continue
        service = module.removeprefix("@aws-sdk/").removeprefix("client-").removeprefix("lib-")
        given = pairs(arguments(made)[0]) if arguments(made) else {}
        named = {key: _expression(given[key]) for key in _RESOURCES if key in given}
        _call(file, found, service, name.removesuffix("Command"), line(made), named)
        for key in ("QueueUrl", "QueueName"):
            if key in given:
                _uses_queue(file, found, text(given[key]), line(given[key]))


@reader("AWS SDK for Python", "*.py", sniff=rb"boto3|aiobotocore", hides=("sdk_call",))
def python_sdk(file: File, found: Found) -> None:
    """``boto3.client("sqs")`` and the methods called on it."""
    module = tree(file)
    clients: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = dotted(node.value.func)
            if maker.endswith((".client", ".resource")) and node.value.args:
                for target in node.targets:
                    clients[dotted(target)] = str(constant(node.value.args[0]) or "")
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and (owner := dotted(node.func).rpartition("."))[0] in clients:
            service = clients[owner[0]]
            operation = "".join(part.capitalize() for part in owner[2].split("_"))
            named = {
                key: ast.unparse(value) for key in _RESOURCES if (value := keyword(node, key)) is not None
            }
            _call(file, found, service, operation, node.lineno, named)
            if "QueueUrl" in named:
                _uses_queue(file, found, named["QueueUrl"], node.lineno)


def _call(file: File, found: Found, service: str, operation: str, at: int, named: dict[str, str]) -> None:
    attributes: dict[str, Value] = {"service": service, "operation": operation}
    attributes |= {
        f"names_{key}": shown(value) for key, value in named.items() if "secret" not in value.lower()
    }
    found.fact(
        file,
        "sdk_call",
        f"{service}:{operation}:{at}",
        name=f"{service} {operation}",
        line=at,
        attributes=attributes,
    )


def _uses_queue(file: File, found: Found, written: str, at: int) -> None:
    match = _QUEUE_URL.search(written)
    if match:
        found.relation(
            "uses-queue", file.shown, match["name"], Where(file=file.shown, line=at), resolved=False
        )


def _expression(node: Node) -> str:
    """The setting behind an argument (``process.env.X``), or the literal's own text."""
    setting = re.search(r"process\.env\.(\w+)", text(node))
    return setting[1] if setting else (string(node) or "")


@reader(
    "in-memory queues",
    *_JAVASCRIPT,
    sniff=rb"(const|let|var) \w+(: *[\w<>\[\] ]+)? *= *(\[\]|new (Map|Set|Array)\b)",
    hides=("in_memory_stand_in",),
)
def stand_in(file: File, found: Found) -> None:
    """A list at the top of a module that names a queue: what is put there is gone when the process ends."""
    if "queue" not in file.path.lower() or "@aws-sdk/client-sqs" in file.text:
        return
    top = root(file)
    name = next(
        (value for node in below(top, "string") if _QUEUE_NAME.match(value := string(node) or "")), ""
    )
    for one in below(top, "variable_declarator"):
        made = field(one, "value")
        outer = one.parent is not None and one.parent.parent in (top, None)
        empty = made is not None and made.type == "array" and not made.named_children
        if empty and outer and f"{text(field(one, 'name'))}.push(" in file.text:
            more: dict[str, Value] = {"stands_in_for": "aws_sqs_queue", "queue": name}
            found.fact(
                file,
                "in_memory_stand_in",
                f"stand-in:{text(field(one, 'name'))}",
                name=name or file.name,
                line=line(one),
                attributes=more,
            )
            return
