"""Calls of the AWS SDK for Java: fields of a client's type, and the methods called on them."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.syntax import below, field, line, root, text
from launchbook.repo.reader import File, Found, reader

_CLIENT = regex(r"^(?P<service>\w+?)(?:Async)?Client$")
_ACCESSOR = regex(r"\.(?:queueUrl|bucket|topicArn|tableName)\(\s*(?:this\.)?\w+\.(?:get)?(\w{1,60})\(\)")


@reader(
    "AWS SDK for Java",
    "*.java",
    sniff=rb"software\.amazon\.awssdk\.services|com\.amazonaws",
    hides=("sdk_call",),
)
def java_sdk(file: File, found: Found) -> None:
    """``sqs.sendMessage(…)`` on a field, parameter or variable of type ``SqsClient``."""
    top = root(file)
    clients: dict[str, str] = {}
    for declared in below(top, "field_declaration", "local_variable_declaration", "formal_parameter"):
        match = _CLIENT.match(text(field(declared, "type")).removeprefix("Amazon"))
        if match:
            for name in below(declared, "variable_declarator", "formal_parameter"):
                clients[text(field(name, "name"))] = match["service"].lower()
    for call in below(top, "method_invocation"):
        service = clients.get(text(field(call, "object")).removeprefix("this."))
        if service is None:
            continue
        method, at = text(field(call, "name")), line(call)
        attributes: dict[str, Value] = {"service": service, "operation": method[:1].upper() + method[1:]}
        accessor = _ACCESSOR.search(text(call)[:4000])
        if accessor:
            attributes["accessor"] = accessor[1][:1].lower() + accessor[1][1:]
        found.fact(
            file,
            "sdk_call",
            f"{service}:{method}:{at}",
            name=f"{service} {method}",
            line=at,
            attributes=attributes,
        )
