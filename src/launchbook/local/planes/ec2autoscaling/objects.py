"""What moto says of a scaling policy that AWS would not say, and the other way round."""

from __future__ import annotations

from typing import Any

from moto.autoscaling import models


class FakeScalingPolicy(models.FakeScalingPolicy):
    """A policy that is enabled and has no configuration it was not given. moto goes by the name of the class."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.enabled = True
        if not self.predictive_scaling_configuration:
            del self.predictive_scaling_configuration


class LifecycleHook(models.LifecycleHook):
    """A hook that names no queue and no role of moto's. moto goes by the name of the class."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        del self.notification_target_arn, self.role_arn


def install() -> None:
    """Put this in moto's place."""
    models.LifecycleHook = LifecycleHook  # type: ignore[misc]
    models.FakeScalingPolicy = FakeScalingPolicy  # type: ignore[misc]
