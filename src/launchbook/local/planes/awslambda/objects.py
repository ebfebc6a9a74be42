"""What moto drops of a function's configuration; and a call of a function, for which moto would start Docker."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from moto.awslambda import models

from launchbook.local.planes.awslambda import provisioned, sources
from launchbook.local.planes.sns.outbox import Outbox

_KEPT = ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig")


class Function(models.LambdaFunction):
    """A function that keeps its dead-letter queue, file systems and logging, and that never runs."""

    outbox: ClassVar[Outbox]

    def __init__(self, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        super().__init__(account_id, spec, region, version)
        self.launchbook_kept = {name: spec[name] for name in _KEPT if spec.get(name)}

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """The configuration as it was asked for."""
        logging = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        given = self.launchbook_kept
        kept = {**given, "LoggingConfig": {**logging, **given.get("LoggingConfig", {})}}
        return super().get_configuration(on_create) | kept

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Change it; moto passes over some of what may change."""
        self.launchbook_kept |= {name: config_updates[name] for name in _KEPT if name in config_updates}
        self.tracing_config = config_updates.get("TracingConfig") or self.tracing_config
        self.kms_key_arn = config_updates.get("KMSKeyArn", self.kms_key_arn)
        if config_updates.get("EphemeralStorage"):
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        return super().update_configuration(config_updates)

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> bytes:
        """Remember what a stream, a bucket, a log group or a secret should have called the function with."""
        self.outbox.refused(_caller(body), self.function_arn, "functions don't run in the embedded AWS")
        return b""


def _caller(body: str) -> str:
    """Who calls, by the event that it sends."""
    event = json.loads(body)
    if not isinstance(event, dict):
        return "lambda"
    if "SecretId" in event:
        return f"secretsmanager:{event['SecretId']}"
    if "awslogs" in event:
        return "logs"
    (record, *_) = event.get("Records") or [{}]
    bucket = record.get("s3", {}).get("bucket", {}).get("arn")
    return str(bucket or record.get("eventSourceARN") or record.get("eventSource") or event.get("source", ""))


def install(outbox: Outbox) -> None:
    """Put this in moto's place."""
    Function.outbox = outbox
    models.LambdaFunction = Function  # type: ignore[misc]
    sources.install()
    provisioned.install()
