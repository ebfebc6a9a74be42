"""Secrets of containers: read through the API as the task's execution role, so that its policies count."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=5, read_timeout=15)
_PREFIX = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
_SECRET = re.compile(
    r"(arn:aws[\w-]*:secretsmanager:([\w-]+):\d{12}:secret:[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$"
)
_PARAMETER = re.compile(r"arn:aws[\w-]*:ssm:([\w-]+):\d{12}:parameter(/.+)$")


class Unresolved(Exception):
    """A secret can't be read; the text is the task's stopped reason and holds no value."""


class Secrets:
    """Reads secrets and parameters of one region with one role's credentials."""

    def __init__(self, endpoint: str, region: str, credentials: Mapping[str, str]) -> None:
        self._session = Session()
        self._endpoint, self._region, self._credentials = endpoint, region, credentials
        self._clients: dict[tuple[str, str], Any] = {}

    def resolve(self, value_from: str) -> str:
        """The value behind a ``valueFrom``: an ARN of either service, or the name of a parameter. Raises Unresolved."""
        secret = _SECRET.match(value_from)
        try:
            if secret:
                return self._secret(value_from, *secret.groups())
            parameter = _PARAMETER.match(value_from)
            region, name = parameter.groups() if parameter else (self._region, value_from)
            ssm = self._client("ssm", region)
            try:
                return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
            except ssm.exceptions.ParameterNotFound:
                # The ARN of a parameter doesn't say whether its name begins with a slash.
                return str(
                    ssm.get_parameter(Name=name.lstrip("/"), WithDecryption=True)["Parameter"]["Value"]
                )
        except ClientError as error:
            raise Unresolved(_refused(value_from, bool(secret), error)) from None

    def _secret(
        self, given: str, arn: str, region: str, key: str | None, stage: str | None, version: str | None
    ) -> str:
        wanted = {"SecretId": arn, "VersionStage": stage, "VersionId": version}
        answer = self._client("secretsmanager", region).get_secret_value(
            **{k: v for k, v in wanted.items() if v}
        )
        text = str(answer["SecretString"])
        if not key:
            return text
        try:
            return _as_text(json.loads(text)[key])
        except (ValueError, TypeError, KeyError):
            raise Unresolved(
                f"{_PREFIX} unable to retrieve secret from asm: service call has been retried 1 time(s): "
                f"retrieved secret from Secrets Manager did not contain json key {key} ({given})"
            ) from None

    def _client(self, service: str, region: str) -> Any:
        made = self._clients.get((service, region))
        if made is None:
            made = self._clients[service, region] = self._session.create_client(
                service, region_name=region, endpoint_url=self._endpoint, config=_CONFIG, **self._credentials
            )
        return made


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _refused(value_from: str, secret: bool, error: ClientError) -> str:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if secret:
        return (
            f"{_PREFIX} unable to retrieve secret from asm: service call has been retried 1 time(s): "
            f"failed to fetch secret {value_from} from secrets manager: {code}: {message}"
        )
    return (
        f"{_PREFIX} unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
        f"failed to fetch parameter {value_from}: {code}: {message}"
    )
