"""How SQS speaks: JSON (all present SDKs) and the query protocol with XML (older ones)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from launchbook.local.answers import Answer
from launchbook.local.calls import Request
from launchbook.local.ids import request_id
from launchbook.local.planes.sqs.errors import SqsError

_NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
#: Flattened list of the query protocol → parameter of the JSON protocol.
_LISTS = {
    "ActionName": "Actions",
    "AWSAccountId": "AWSAccountIds",
    "AttributeName": "AttributeNames",
    "MessageAttributeName": "MessageAttributeNames",
    "MessageSystemAttributeName": "MessageSystemAttributeNames",
    "TagKey": "TagKeys",
    "SendMessageBatchRequestEntry": "Entries",
    "DeleteMessageBatchRequestEntry": "Entries",
    "ChangeMessageVisibilityBatchRequestEntry": "Entries",
}
#: Flattened map of the query protocol → parameter, and the name of its key member.
_MAPS = {
    "Attribute": ("Attributes", "Name"),
    "MessageAttribute": ("MessageAttributes", "Name"),
    "MessageSystemAttribute": ("MessageSystemAttributes", "Name"),
    "Tag": ("Tags", "Key"),
}
_RESULT_LISTS = {
    "QueueUrls": "QueueUrl",
    "queueUrls": "QueueUrl",
    "Messages": "Message",
    "Results": "ListMessageMoveTasksResultEntry",
}
_RESULT_MAPS = {
    "Attributes": ("Attribute", "Name"),
    "Tags": ("Tag", "Key"),
    "MessageAttributes": ("MessageAttribute", "Name"),
}


def is_json(request: Request) -> bool:
    """Whether a request speaks the JSON protocol."""
    return "x-amz-target" in request.headers


def parameters(request: Request) -> dict[str, Any]:
    """The parameters of a request, in the names of the JSON protocol."""
    if is_json(request):
        try:
            given = json.loads(request.body or b"{}")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise SqsError("SerializationException", "The body is not a JSON object.")
        return given
    flat = dict(parse_qsl(request.query, keep_blank_values=True))
    flat.update(parse_qsl(request.body.decode(), keep_blank_values=True))
    given = _named(_nested(flat))
    if "QueueUrl" not in given and request.path.count("/") == 2:
        given["QueueUrl"] = request.path
    return given


def answer(request: Request, operation: str, result: dict[str, Any]) -> Answer:
    """A result in the protocol of its request."""
    if is_json(request):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amzn-requestid", request_id())]
        return 200, headers, json.dumps(result).encode() if result else b"{}"
    inner = _xml_of(operation, result)
    content = f"<{operation}Result>{inner}</{operation}Result>" if inner else ""
    meta = f"<ResponseMetadata><RequestId>{request_id()}</RequestId></ResponseMetadata>"
    text = f'<?xml version="1.0"?><{operation}Response xmlns="{_NAMESPACE}">{content}{meta}</{operation}Response>'
    return 200, [("content-type", "text/xml")], text.encode()


def error_answer(request: Request, error: SqsError) -> Answer:
    """An error in the protocol of its request."""
    if is_json(request):
        headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amzn-query-error", f"{error.code};Sender"),
            ("x-amzn-requestid", request_id()),
        ]
        return (
            400,
            headers,
            json.dumps({"__type": f"com.amazonaws.sqs#{error.kind}", "message": error.message}).encode(),
        )
    text = (
        f'<?xml version="1.0"?><ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{error.code}</Code>'
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id()}</RequestId></ErrorResponse>"
    )
    return 400, [("content-type", "text/xml")], text.encode()


def _nested(flat: dict[str, str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = root
        for part in path:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise SqsError("MalformedInput", f"The parameter {name} contradicts another.")
        place[last] = value
    return root


def _named(nested: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in nested.items():
        if name in _LISTS and isinstance(value, dict):
            items = [value[index] for index in sorted(value, key=_index)]
            named[_LISTS[name]] = [_named(item) if isinstance(item, dict) else item for item in items]
        elif name in _MAPS and isinstance(value, dict):
            parameter, key = _MAPS[name]
            items = [value[index] for index in sorted(value, key=_index)]
            named[parameter] = {item.get(key, ""): item.get("Value", "") for item in items}
        else:
            named[name] = value
    return named


def _index(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _xml_of(operation: str, value: dict[str, Any]) -> str:
    parts = []
    for name, item in value.items():
        if name in ("Successful", "Failed"):
            tag = "BatchResultErrorEntry" if name == "Failed" else f"{operation}ResultEntry"
            parts += [f"<{tag}>{_xml_of(operation, each)}</{tag}>" for each in item]
        elif name in _RESULT_LISTS and isinstance(item, list):
            tag = _RESULT_LISTS[name]
            for each in item:
                content = _xml_of(operation, each) if isinstance(each, dict) else escape(str(each))
                parts.append(f"<{tag}>{content}</{tag}>")
        elif name in _RESULT_MAPS and isinstance(item, dict):
            tag, key = _RESULT_MAPS[name]
            for each, content in item.items():
                inner = _xml_of(operation, content) if isinstance(content, dict) else escape(str(content))
                parts.append(f"<{tag}><{key}>{escape(each)}</{key}><Value>{inner}</Value></{tag}>")
        else:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            # A carriage return would be read back as a line feed.
            parts.append(f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>")
    return "".join(parts)
