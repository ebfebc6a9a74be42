"""Which AWS services the code really calls, what it sends to, and what stands in for a queue in memory."""

from __future__ import annotations

import ast
import re

from tree_sitter import Node

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.redact import shown
from launchbook.repo.code.python import constant, dotted, keyword, nodes, tree
from launchbook.repo.code.syntax import arguments, below, field, imports, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader

_JAVASCRIPT = tuple(f"*.{suffix}" for suffix in ("ts", "tsx", "js", "mjs", "cjs", "mts"))
_QUEUE_URL = regex(r"https://sqs\.[\w-]+\.amazonaws\.com/\d+/(?P<name>[\w.-]+)")
_REGION = regex(r"[a-z]{2}(-gov)?-[a-z]+-\d")
_QUEUE_NAME = regex(r"^[a-z][\w-]*(queue|messages|jobs|tasks|events)[\w-]*$", re.I)
#: What tests, examples and stale copies call is not what runs.
_TOLD_ELSEWHERE = ("document", "archived")
#: ``const AWS = captureAWS(require("aws-sdk"))``: a tracer stands between.
_WRAPPED = regex(r"(\w{1,60}) = [\w.]{1,60}\(require\(['\"]aws-sdk['\"]\)\)")
_NO_CLIENTS = ("Config", "Credentials", "Endpoint", "HttpRequest", "Service", "Agent")
_OF_CLIENTS = ("promise", "on", "makeRequest", "setupRequestListeners", "waitFor")
_RESOURCES = ("QueueUrl", "QueueName", "Bucket", "TopicArn", "TableName", "FromEmailAddress", "StreamName")


@reader("AWS SDK for JavaScript", *_JAVASCRIPT, sniff=rb"@aws-sdk/client-|aws-sdk", hides=("sdk_call",))
def javascript_sdk(file: File, found: Found) -> None:
    """``new SendMessageCommand({QueueUrl: …})``: service, operation, and what it names."""
    if file.origin in _TOLD_ELSEWHERE:
        return
    top = root(file)
    modules = imports(top)
    for made in below(top, "new_expression"):
        name = text(field(made, "constructor"))
        module = modules.get(name, "")
        if not name.endswith("Command") or not module.startswith("@aws-sdk/"):
            continue
        service = module.removeprefix("@aws-sdk/").removeprefix("client-").removeprefix("lib-")
        given = pairs(arguments(made)[0]) if arguments(made) else {}
        _call(file, found, service, name.removesuffix("Command"), line(made), *_named(given))
    for made in below(top, "new_expression"):
        module = modules.get(text(field(made, "constructor")), "")
        if module.startswith("@aws-sdk/client-"):
            _given_region(file, found, module.removeprefix("@aws-sdk/client-"), made)


def _named(given: dict[str, Node]) -> tuple[dict[str, str], tuple[str, int] | None]:
    """What the arguments of a call name, and the queue among it with its line."""
    named = {key: _expression(given[key]) for key in _RESOURCES if key in given}
    queue = given.get("QueueName") or given.get("QueueUrl")
    url = _QUEUE_URL.search(text(queue))  # the default beside a setting counts too
    written = url[0] if url else string(queue)
    return named, (written, line(queue)) if queue is not None and written else None


def _given_region(file: File, found: Found, service: str, made: Node) -> None:
    """The region in the first argument of a call, when it is written out."""
    region = string(pairs(arguments(made)[0]).get("region")) if arguments(made) else None
    if region and _REGION.fullmatch(region):
        _client_fact(file, found, service, line(made), region)


@reader("AWS SDK for JavaScript 2", *_JAVASCRIPT, sniff=rb"['\"]aws-sdk['\"/]", hides=("sdk_call",))
def javascript_sdk_2(file: File, found: Found) -> None:
    """``new AWS.S3().putObject({Bucket: …})``, and the methods of a variable or member that holds a client."""
    if file.origin in _TOLD_ELSEWHERE:
        return
    top = root(file)
    modules = imports(top) | dict.fromkeys(_WRAPPED.findall(file.text), "aws-sdk")
    made: dict[int, str] = {}
    clients: dict[str, str] = {}
    for one in below(top, "new_expression"):
        service = _service(text(field(one, "constructor")), modules)
        if service:
            made[one.id] = service
            clients[_holder(one)] = service
            _given_region(file, found, service, one)
    for call in below(top, "call_expression"):
        owner = field(call, "function", "object")
        if owner is None:
            continue
        method, given = text(field(call, "function", "property")), arguments(call)
        head, _, rest = text(owner).partition(".")
        if (method, rest) == ("update", "config") and modules.get(head) == "aws-sdk":
            _given_region(file, found, "aws-sdk", call)
        service = made.get(owner.id) or clients.get(text(owner), "")
        if method == "getSignedUrl" and given:  # the operation that the URL allows comes first
            method, given = string(given[0]) or method, given[1:]
        if service and method not in _OF_CLIENTS:
            operation = "PutObject" if method == "upload" else method[:1].upper() + method[1:]
            _call(file, found, service, operation, line(call), *_named(pairs(given[0]) if given else {}))


def _service(constructor: str, modules: dict[str, str]) -> str:
    """The service of ``AWS.SQS``, ``DynamoDB.DocumentClient`` or ``SQS``; empty for what is no client of the SDK."""
    head, _, rest = constructor.partition(".")
    module = modules.get(head, "")
    if module.startswith("aws-sdk/clients/"):
        return module.removeprefix("aws-sdk/clients/")
    # ``import * as AWS`` has clients below it; ``import {SQS}`` is one.
    client = rest.partition(".")[0] if rest and rest != "DocumentClient" else head
    return client.lower() if module == "aws-sdk" and not client.endswith(_NO_CLIENTS) else ""


def _holder(made: Node) -> str:
    """The variable or member that a new client is put into, as its uses are written; empty when there is none."""
    node = made.parent
    while node is not None and (
        node.type in ("arguments", "as_expression", "parenthesized_expression")
        or (node.type == "call_expression" and "capture" in text(field(node, "function")))
    ):
        node = node.parent
    match node.type if node is not None else "":
        case "variable_declarator":
            return text(field(node, "name"))
        case "assignment_expression":
            return text(field(node, "left"))
        case "public_field_definition" | "field_definition":
            return f"this.{text(field(node, 'name') or field(node, 'property'))}"
    return ""


@reader("AWS SDK for Python", "*.py", sniff=rb"boto3|aiobotocore", hides=("sdk_call",))
def python_sdk(file: File, found: Found) -> None:
    """``boto3.client("sqs")`` and the methods called on it, or on a table or queue made from it."""
    if file.origin in _TOLD_ELSEWHERE:
        return
    told = [node for node in nodes(tree(file)) if isinstance(node, (ast.Assign, ast.Call))]
    clients: dict[str, str] = {}
    constants: dict[str, tuple[str, int]] = {}
    for node in told:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                constants |= {dotted(one): (node.value.value, node.lineno) for one in node.targets}
        elif isinstance(node, ast.Assign) and (made := _client(node.value)) is not None:
            clients |= {dotted(target): str(constant(made.args[0]) or "") for target in node.targets}
            _region(file, found, made)
    for node in told:
        if isinstance(node, ast.Call) and (owner := dotted(node.func).rpartition("."))[0] in clients:
            operation = "".join(part.capitalize() for part in owner[2].split("_"))
            given = {key: value for key in _RESOURCES if (value := keyword(node, key)) is not None}
            named = {key: ast.unparse(value) for key, value in given.items()}
            queue = given.get("QueueName", given.get("QueueUrl"))
            known = constants.get(dotted(queue)) if queue is not None else None
            literal = constant(queue)
            if known is None and isinstance(literal, str):
                known = (literal, node.lineno)
            _call(file, found, clients[owner[0]], operation, node.lineno, named, known)


def _client(node: ast.expr) -> ast.Call | None:
    """The call that makes a client or resource, at the start of a chain (``boto3.resource("dynamodb").Table(…)``)."""
    while isinstance(node, ast.Call):
        if dotted(node.func).endswith((".client", ".resource")) and node.args:
            return node
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return None


def _region(file: File, found: Found, made: ast.Call) -> None:
    """The region that a client is given, or falls back to."""
    given = keyword(made, "region_name")
    for node in nodes(given) if given is not None else ():
        value = constant(node)
        if isinstance(value, str) and _REGION.fullmatch(value):
            _client_fact(file, found, str(constant(made.args[0]) or ""), made.lineno, value)
            return


def _client_fact(file: File, found: Found, service: str, at: int, region: str) -> None:
    found.fact(
        file, "sdk_client", f"client:{service}:{at}", name=service, line=at, attributes={"region": region}
    )


def _call(
    file: File,
    found: Found,
    service: str,
    operation: str,
    at: int,
    named: dict[str, str],
    queue: tuple[str, int] | None = None,
) -> None:
    """``queue`` is the name or URL that the code itself writes, with its line."""
    attributes: dict[str, Value] = {"service": service, "operation": operation}
    attributes |= {
        f"names_{key}": shown(value) for key, value in named.items() if "secret" not in value.lower()
    }
    lines: dict[str, int | str] = {}
    if queue is not None:
        url = _QUEUE_URL.search(queue[0])
        attributes["queue"], lines["queue"] = url["name"] if url else queue[0], queue[1]
    found.fact(
        file,
        "sdk_call",
        f"{service}:{operation}:{at}",
        name=f"{service} {operation}",
        line=at,
        attributes=attributes,
        lines=lines,
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
