"""The settings of an API that moto drops, with AWS's own where none is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.appsync.responses import AppSyncResponse
from moto.core.responses import ActionResult

_SETTINGS = {
    "apiType": "GRAPHQL",
    "introspectionConfig": "ENABLED",
    "queryDepthLimit": 0,
    "resolverCountLimit": 0,
    "ownerContact": None,
    "enhancedMetricsConfig": None,
    "mergedApiExecutionRoleArn": None,
}


def _whole(plain: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    """An operation on one API, with the settings that were given when it was made or changed."""

    def operation(self: Any) -> ActionResult:
        answer = plain(self)
        told: Any = answer.result
        api = self.appsync_backend.graphql_apis[told["graphqlApi"]["apiId"]]
        kept = vars(api).setdefault("launchbook_kept", dict(_SETTINGS))
        kept.update({name: given for name in _SETTINGS if (given := self._get_param(name)) is not None})
        told["graphqlApi"] |= {name: value for name, value in kept.items() if value is not None}
        return answer

    return operation


def install() -> None:
    """Put these in moto's place."""
    for name in ("create_graphql_api", "get_graphql_api", "update_graphql_api"):
        setattr(AppSyncResponse, name, _whole(getattr(AppSyncResponse, name)))
