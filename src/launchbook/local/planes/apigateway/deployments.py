"""Deployments of HTTP and WebSocket APIs, which moto lacks: each is DEPLOYED at once, and nothing serves it."""

from __future__ import annotations

import json
import secrets
import string
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2 import urls
from moto.apigatewayv2.exceptions import APIGatewayV2Error
from moto.apigatewayv2.models import Stage
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow

Answer = tuple[int, dict[str, str], str]
_stage = Stage.to_json
_LETTERS = string.ascii_lowercase + string.digits


class Response(ApiGatewayV2Response):
    """The operations on deployments."""

    def create_deployment(self) -> Answer:
        """Deploy an API, to a stage if one is named."""
        api, given = self._api(), json.loads(self.body or "{}")
        key = "".join(secrets.choice(_LETTERS) for _ in range(6))
        if given.get("stageName"):
            api.get_stage(given["stageName"]).config["deploymentId"] = key
        made = {
            "autoDeployed": False,
            "createdDate": iso_8601_datetime_without_milliseconds(utcnow()),
            "deploymentId": key,
            "deploymentStatus": "DEPLOYED",
            "description": given.get("description"),
        }
        self._deployments(api)[key] = made
        return 201, {}, json.dumps(made)

    def get_deployment(self) -> Answer:
        """One deployment."""
        return 200, {}, json.dumps(self._deployment())

    def get_deployments(self) -> Answer:
        """All of an API."""
        return 200, {}, json.dumps({"items": list(self._deployments(self._api()).values())})

    def update_deployment(self) -> Answer:
        """Change a deployment's description."""
        found = self._deployment()
        found["description"] = json.loads(self.body or "{}").get("description", found["description"])
        return 200, {}, json.dumps(found)

    def delete_deployment(self) -> Answer:
        """Delete a deployment."""
        del self._deployments(self._api())[self._deployment()["deploymentId"]]
        return 204, {}, ""

    def _api(self) -> Any:
        return self.apigatewayv2_backend.get_api(self.path.split("/")[3])

    @staticmethod
    def _deployments(api: Any) -> dict[str, dict[str, Any]]:
        kept: dict[str, dict[str, Any]] = vars(api).setdefault("launchbook_deployments", {})
        return kept

    def _deployment(self) -> dict[str, Any]:
        key = self.path.rstrip("/").rpartition("/")[2]
        found = self._deployments(self._api()).get(key)
        if found is None:
            raise _NotFound(key)
        return found


class _NotFound(APIGatewayV2Error):
    code = 404

    def __init__(self, key: str) -> None:
        super().__init__("NotFoundException", f"Invalid deployment identifier specified {key}")


def stage(self: Any) -> dict[str, Any]:
    """A stage, with the deployment that it was given; one that deploys itself has none of its own."""
    given = self.config.get("deploymentId")
    return _stage(self) | ({"deploymentId": given} if given else {})


def update_stage(self: Any) -> Answer:
    """Change a stage, which moto cannot."""
    api = self.apigatewayv2_backend.get_api(self.path.split("/")[3])
    found = api.get_stage(unquote(self.path.rstrip("/").rpartition("/")[2]))
    made, given = found.created, json.loads(self.body or "{}")
    found.__init__(api, {**found.config, **given, "stageName": found.name})
    found.created = made
    return 200, {}, json.dumps(found.to_json())


def install() -> None:
    """Add the routes to moto's, which both kinds of API share."""
    from moto.apigateway import urls as shared

    Stage.to_json = stage  # type: ignore[method-assign]
    ApiGatewayV2Response.update_stage = update_stage  # type: ignore[attr-defined]
    for path in ("deployments$", "deployments/(?P<deployment_id>[^/]+)$"):
        route = f"{{0}}/v2/apis/(?P<api_id>[^/]+)/{path}"
        urls.url_paths[route] = shared.url_paths[route] = Response.dispatch
