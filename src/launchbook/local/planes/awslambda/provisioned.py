"""Provisioned concurrency, which moto lacks: kept as it was asked for. Nothing is started for it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.responses import LambdaResponse
from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow


class NoConfiguration(LambdaClientError):
    """A version or alias that has none."""

    code = 404

    def __init__(self) -> None:
        super().__init__(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
        )


class Response(LambdaResponse):
    """moto's operations, and those on provisioned concurrency."""

    def put_provisioned_concurrency_config(self) -> Any:
        """Keep how many instances of a version or alias are to be ready."""
        asked = self._get_param("ProvisionedConcurrentExecutions")
        held = {
            "RequestedProvisionedConcurrentExecutions": asked,
            "AvailableProvisionedConcurrentExecutions": asked,
            "AllocatedProvisionedConcurrentExecutions": asked,
            "Status": "READY",
            "LastModified": iso_8601_datetime_without_milliseconds(utcnow()),
        }
        self._held[self._qualifier] = held
        return 202, {}, json.dumps(held)

    def get_provisioned_concurrency_config(self) -> Any:
        """What was asked for of a version or alias."""
        if self._qualifier not in self._held:
            raise NoConfiguration
        return json.dumps(self._held[self._qualifier])

    def delete_provisioned_concurrency_config(self) -> Any:
        """Forget it."""
        if self._qualifier not in self._held:
            raise NoConfiguration
        del self._held[self._qualifier]
        return 204, {}, ""

    def list_provisioned_concurrency_configs(self) -> Any:
        """What was asked for of all versions and aliases of a function."""
        arn = self._function.function_arn
        told = [{"FunctionArn": f"{arn}:{name}", **each} for name, each in self._held.items()]
        return json.dumps({"ProvisionedConcurrencyConfigs": told})

    @property
    def _qualifier(self) -> str:
        return str(self.querystring["Qualifier"][0])

    @property
    def _function(self) -> Any:
        return self.backend.get_function(unquote(self.path.rstrip("/").rsplit("/", 2)[-2]))

    @property
    def _held(self) -> dict[str, dict[str, Any]]:
        held: dict[str, dict[str, Any]] = vars(self._function).setdefault("launchbook_provisioned", {})
        return held


def install() -> None:
    """Route it here."""
    path = "{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[^/]+)/provisioned-concurrency$"
    urls.url_paths[path] = Response.dispatch
