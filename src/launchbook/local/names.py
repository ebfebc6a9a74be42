"""The names of REST operations, which are only in the service's model: ``GET /apps`` is ``ListApps``."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from launchbook.local.calls import NAMES, Call, Request

#: IAM's prefix → botocore's name of a service, where they differ; the first whose routes match counts.
_MODELS = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "bedrock": ("bedrock", "bedrock-runtime", "bedrock-agent-runtime"),
    "elasticfilesystem": ("efs",),
    "execute-api": ("apigatewaymanagementapi",),
    "ses": ("sesv2",),
    "aps": ("amp",),
    "es": ("opensearch", "es"),
    "iotdata": ("iot-data",),
    "sagemaker": ("sagemaker-runtime",),
}


def named(call: Call, request: Request) -> Call:
    """The call with its operation's name; unchanged if it has one, or if no model knows the route."""
    if " " not in call.operation or not call.service:
        return call
    for model in _MODELS.get(call.service, (call.service,)):
        router = _router(model)
        name = router and _match(router, request)
        if name:
            return replace(call, operation=name)
    return call


def service_named(text: str) -> str | None:
    """The name that our log and IAM give to a service, from that or from its client's (``sesv2`` → ``ses``).

    None for a name that nobody knows.
    """
    from botocore.session import Session

    loader: Any = Session().get_component("data_loader")
    if text in NAMES.values():
        return text
    if text in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(text, "service-2")["metadata"]
        signing = str(metadata.get("signingName") or metadata["endpointPrefix"])
    elif text in NAMES or text in loader.load_data("endpoints")["partitions"][0]["services"]:
        signing = text
    else:
        return None
    return NAMES.get(signing, signing)


@functools.cache
def _router(model: str) -> Any:
    from botocore.exceptions import UnknownServiceError
    from moto.core.routing import get_service_router

    try:
        return get_service_router(model)
    except (UnknownServiceError, NotImplementedError, KeyError):
        return None


def _match(router: Any, request: Request) -> str | None:
    from moto.core.request import Request as MotoRequest
    from werkzeug.exceptions import NotFound

    from launchbook.local.dispatch import environ_of

    try:
        operation, _ = router.match(MotoRequest(environ_of(request)))
    except (NotFound, NotImplementedError):
        return None
    name: str = operation.name
    return name
