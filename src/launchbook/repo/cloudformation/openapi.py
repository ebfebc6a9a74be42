"""The routes of an API whose definition is an OpenAPI document, in the template or in a file beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from launchbook.repo.cloudformation.sam_events import Part, route
from launchbook.repo.lined import as_map, dig, line_of
from launchbook.repo.reader import File, Tree
from launchbook.repo.wiring import pointers_at

#: Which property holds the document, and which the place of its file.
_DOCUMENTS = {
    "AWS::Serverless::Api": ("DefinitionBody", "DefinitionUri"),
    "AWS::Serverless::HttpApi": ("DefinitionBody", "DefinitionUri"),
    "AWS::ApiGateway::RestApi": ("Body", "BodyS3Location"),
    "AWS::ApiGatewayV2::Api": ("Body", "BodyS3Location"),
}
_METHODS = {
    name: name.upper() for name in ("get", "put", "post", "delete", "options", "head", "patch", "trace")
}
_METHODS["x-amazon-apigateway-any-method"] = "ANY"


def routes(kind: str, name: str, properties: Any, file: File, tree: Tree) -> Iterator[tuple[File, Part]]:
    """Every route of an API with the file that says it. Raises Unreadable when that file does not parse."""
    if kind not in _DOCUMENTS:
        return
    body, place = _DOCUMENTS[kind]
    document: Any = dig(properties, body)
    location = dig(document, "Fn::Transform", "Parameters", "Location") or dig(properties, place)
    if isinstance(location, str) and (beside := tree.beside(file, location)) is not None:
        documents = [beside.json] if beside.text.lstrip().startswith("{") else beside.yaml
        file, document = beside, next(iter(documents), None)
    for part in routes_of(name, document):
        yield file, part


def routes_of(name: str, document: Any) -> Iterator[Part]:
    """Every route of an OpenAPI document."""
    for path, methods in as_map(dig(document, "paths")).items():
        for key, operation in as_map(methods).items():
            if str(key).lower() in _METHODS:
                method = _METHODS[str(key).lower()]
                yield _route(name, method, str(path), operation, line_of(methods, key))


def _route(name: str, method: str, path: str, operation: Any, line: int) -> Part:
    uri = dig(operation, "x-amazon-apigateway-integration", "uri")
    pointer = next((ref for _, ref in pointers_at(uri)), None) if isinstance(operation, dict) else None
    return route(f"endpoint:{name}.{method} {path}", method, path, line, (pointer, line))
