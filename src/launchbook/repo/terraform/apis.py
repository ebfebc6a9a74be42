"""APIs of Terraform whose ``body`` is an OpenAPI document: its routes, or a gap where it cannot be known."""

from __future__ import annotations

from launchbook.model import Fact, Unread, Value
from launchbook.repo.cloudformation.openapi import routes_of
from launchbook.repo.lined import as_map
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.bodies import Values
from launchbook.repo.yaml_lines import load_yaml

APIS = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")


def api_routes(file: File, fact: Fact, values: Values, found: Found) -> None:
    """An endpoint for each operation of the document. Raises Unreadable for a text that is no YAML."""
    body = values.attributes.get("body")
    line = values.lines.get("body", fact.where.line)
    if isinstance(body, Unread):
        what = f"the routes of the API {fact.name} are not known: {body.reason}"
        found.gap(file, what, "terraform plan, then launchbook audit --plan FILE", line, ("endpoint",))
        return
    document = next(iter(load_yaml(body)), None) if isinstance(body, str) else body
    for part in routes_of(fact.name, document):
        said = as_map(part.attributes)
        method, path = str(said["method"]), str(said["path"])
        at = values.lines.get(f"body.paths.{path}.{method.lower()}", line)
        handler: Value = said.get("handler")
        found.endpoint(
            file, method, path, at, kind=str(said["kind"]), of=fact.name, event="api", handler=handler
        )
