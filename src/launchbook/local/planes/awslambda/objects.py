"""What moto drops of a function's configuration."""

from __future__ import annotations

from typing import Any

from moto.awslambda import models

_KEPT = ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig")


class Function(models.LambdaFunction):
    """A function that keeps its dead-letter queue, file systems and logging."""

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


def install() -> None:
    """Put this in moto's place."""
    models.LambdaFunction = Function  # type: ignore[misc]
