"""What ECS does in a task's name before it starts, as its execution role and through the API, so that policies count.

It reads secrets and parameters, asks the registry for the image, and makes the log stream.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from launchbook.local.images.reference import Reference

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=5, read_timeout=15)
_PREFIX = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
_SECRET = re.compile(
    r"(arn:aws[\w-]*:secretsmanager:([\w-]+):\d{12}:secret:[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$"
)
_PARAMETER = re.compile(r"arn:aws[\w-]*:ssm:([\w-]+):\d{12}:parameter(/.+)$")

_session = Session()
_making = threading.Lock()


class Refused(Exception):
    """Something of a task can't be had; the text is its stopped reason and holds no value."""


class ExecutionRole:
    """One role's credentials in one region. ``credentials`` are the arguments of a botocore client."""

    def __init__(
        self, endpoint: str, region: str, credentials: Mapping[str, str], *, real: bool = True
    ) -> None:
        #: False where the task definition names no role, so that there is nothing to check.
        self.real = real
        self._endpoint, self._region, self._credentials = endpoint, region, credentials
        self._clients: dict[tuple[str, str], Any] = {}

    def pull(self, image: str) -> None:
        """Ask the registry for an image of ECR. Raises Refused; an image that isn't there is the puller's to say."""
        try:
            reference = Reference.parse(image)
        except ValueError:
            return
        if reference.region is None:
            return
        ecr = self._client("ecr", reference.region)
        wanted = {"imageDigest": reference.digest} if reference.digest else {"imageTag": str(reference.tag)}
        doing = f"{_PREFIX} unable to retrieve ecr registry auth: service call has been retried 1 time(s)"
        try:
            ecr.get_authorization_token()
            doing = (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
                f"failed to resolve ref {reference}: 403 Forbidden"
            )
            ecr.batch_get_image(repositoryName=reference.repository, imageIds=[wanted])
        except ClientError as error:
            _if_denied(doing, error)

    def log(self, settings: Mapping[str, Any], stream: str) -> None:
        """Make the stream of an awslogs container. Raises Refused; a group that isn't there is the shipper's to say."""
        options = settings.get("options") or {}
        if settings.get("logDriver") != "awslogs" or not options.get("awslogs-group"):
            return
        logs = self._client("logs", options.get("awslogs-region") or self._region)
        try:
            logs.create_log_stream(logGroupName=options["awslogs-group"], logStreamName=stream)
        except ClientError as error:
            _if_denied(
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 "
                "times: failed to create Cloudwatch log stream", error,
            )  # fmt: skip

    def secret(self, value_from: str) -> str:
        """The value behind a ``valueFrom``: an ARN of either service, or the name of a parameter. Raises Refused."""
        secret = _SECRET.match(value_from)
        try:
            if secret:
                return self._of_manager(value_from, *secret.groups())
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
            raise Refused(_refused(value_from, bool(secret), error)) from None

    def _of_manager(
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
            raise Refused(
                f"{_PREFIX} unable to retrieve secret from asm: service call has been retried 1 time(s): "
                f"retrieved secret from Secrets Manager did not contain json key {key} ({given})"
            ) from None

    def _client(self, service: str, region: str) -> Any:
        with _making:  # botocore's sessions are not safe to make two clients at once
            made = self._clients.get((service, region))
            if made is not None:
                return made
            made = self._clients[service, region] = _session.create_client(
                service, region_name=region, endpoint_url=self._endpoint, config=_CONFIG, **self._credentials
            )
        return made


def _if_denied(doing: str, error: ClientError) -> None:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if "AccessDenied" in code:
        raise Refused(f"{doing}: {code}: {message}") from None


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
