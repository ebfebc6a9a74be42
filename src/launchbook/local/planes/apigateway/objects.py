"""MOCK integrations of an OpenAPI document, which have no address; and domain names that become available."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from moto.apigateway.models import APIGatewayBackend, RestAPI
from moto.apigatewayv2.models import DomainName
from moto.apigatewayv2.responses import ApiGatewayV2Response

from launchbook.local.planes.apigateway import deployments

#: The zone of such names in us-east-1; any will do, since no name of AWS is looked up here.
_ZONE = "Z1UJRXOUMOOFQ8"
_apply_patch_operations = RestAPI.apply_patch_operations
_rest_api = RestAPI.to_dict
_put_integration = APIGatewayBackend.put_integration


def put_integration(
    self: Any,
    function_id: str,
    resource_id: str,
    method_type: str,
    integration_type: str,
    uri: Any = None,
    integration_method: Any = None,
    **given: Any,
) -> Any:
    """Set an integration; only a MOCK one may do without an address and a method."""
    return _put_integration(
        self, function_id, resource_id, method_type, integration_type, uri, integration_method, **given
    )


def apply_patch_operations(self: Any, patch_operations: list[dict[str, Any]]) -> None:
    """Change an API. A media type is the last part of its path (``/binaryMediaTypes/image~1png``), not a value."""
    others = []
    for each in patch_operations:
        _, _, named = each["path"].partition("/binaryMediaTypes/")
        if not named:
            others.append(each)
            continue
        kind = named.replace("~1", "/").replace("~0", "~")
        self.binaryMediaTypes = [held for held in self.binaryMediaTypes if held != kind]
        if each["op"] == "replace":  # the value, if there is one, is the new type
            kind = each.get("value") or kind
        if each["op"] != "remove":
            self.binaryMediaTypes.append(kind)
    _apply_patch_operations(self, others)


def to_dict(self: Any) -> dict[str, Any]:
    """An API; its policy is told as the inside of a JSON string, which is how AWS tells it."""
    told = _rest_api(self)
    return told | ({"policy": json.dumps(told["policy"])[1:-1]} if told.get("policy") else {})


def to_json(self: Any) -> dict[str, Any]:
    """A domain name as it was given, with the name that an alias record points to; nothing listens there."""
    digest = hashlib.sha256(self.domain_name.encode()).hexdigest()[:10]
    region = self.domain_name_arn.split(":")[3]
    made = {
        "apiGatewayDomainName": f"d-{digest}.execute-api.{region}.amazonaws.com",
        "domainNameStatus": "AVAILABLE",
        "hostedZoneId": _ZONE,
        "ipAddressType": "ipv4",
    }
    told = {
        "apiMappingSelectionExpression": self.api_mapping_selection_expression,
        "domainName": self.domain_name,
        "domainNameArn": self.domain_name_arn,
        "domainNameConfigurations": [{**made, **each} for each in self.domain_name_configurations],
        "tags": self.tags,
    }
    if self.mutual_tls_authentication:
        told["mutualTlsAuthentication"] = self.mutual_tls_authentication
    return told


def update_domain_name(self: Any) -> Any:
    """Replace a domain name's certificate, kind or mutual TLS."""
    given = json.loads(self.body)
    held = self.apigatewayv2_backend.get_domain_name(domain_name=self.path.split("/")[-1])
    held.domain_name_configurations = given.get("domainNameConfigurations") or held.domain_name_configurations
    if "mutualTlsAuthentication" in given:
        held.mutual_tls_authentication = given["mutualTlsAuthentication"]
    return 200, {}, json.dumps(held.to_json())


def install() -> None:
    """Put these in moto's place."""
    APIGatewayBackend.put_integration = put_integration  # type: ignore[method-assign, assignment]
    RestAPI.to_dict = to_dict  # type: ignore[method-assign]
    RestAPI.apply_patch_operations = apply_patch_operations  # type: ignore[method-assign]
    DomainName.to_json = to_json  # type: ignore[method-assign]
    ApiGatewayV2Response.update_domain_name = update_domain_name  # type: ignore[attr-defined]
    deployments.install()
