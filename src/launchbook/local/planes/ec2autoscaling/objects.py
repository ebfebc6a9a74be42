"""What moto drops or invents of groups, hooks and scaling policies of EC2 Auto Scaling."""

from __future__ import annotations

from typing import Any

from moto.autoscaling import models, urls
from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

#: Settings of a group as they are called in a request → as moto's serialiser looks for them. moto drops all of them
#: at one of the two calls that give them.
_SETTINGS = {
    "AvailabilityZoneDistribution": "availability_zone_distribution",
    "AvailabilityZoneImpairmentPolicy": "availability_zone_impairment_policy",
    "CapacityRebalance": "capacity_rebalance",
    "CapacityReservationSpecification": "capacity_reservation_specification",
    "Context": "context",
    "DefaultCooldown": "default_cooldown",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "DesiredCapacityType": "desired_capacity_type",
    "InstanceMaintenancePolicy": "instance_maintenance_policy",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "PlacementGroup": "placement_group",
    "ServiceLinkedRoleARN": "service_linked_role_arn",
    "TerminationPolicies": "termination_policies",
}
_NOTIFICATIONS = [
    "autoscaling:EC2_INSTANCE_LAUNCH",
    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    "autoscaling:EC2_INSTANCE_TERMINATE",
    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
    "autoscaling:TEST_NOTIFICATION",
]


class FakeAutoScalingGroup(models.FakeAutoScalingGroup):
    """A group that names its launch template once. moto goes by the name of the class."""

    @property
    def launch_template(self) -> dict[str, Any] | None:
        """The template of a group without a mixed policy, which names its own."""
        if self.mixed_instances_policy or self.ec2_launch_template is None:
            return None
        return {
            "LaunchTemplateId": self.ec2_launch_template.id,
            "LaunchTemplateName": self.ec2_launch_template.name,
            "Version": self.provided_launch_template_version,
        }

    @property
    def notifications(self) -> dict[tuple[str, str], None]:
        """Topics and what is told to them, in the order in which they were asked for."""
        told: dict[tuple[str, str], None] = vars(self).setdefault("launchbook_notifications", {})
        return told


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


class Response(AutoScalingResponse):
    """moto's, with what it drops and with notifications."""

    def create_auto_scaling_group(self) -> ActionResult:
        """Make a group with all its settings and its first hooks."""
        answer = super().create_auto_scaling_group()
        self._settle()
        for hook in self._get_param("LifecycleHookSpecificationList") or []:
            self._hook(self._get_param("AutoScalingGroupName"), hook)
        return answer

    def update_auto_scaling_group(self) -> ActionResult:
        """Change a group; a mixed policy that is not named stays."""
        held = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
        before = held.mixed_instances_policy if held else None
        answer = super().update_auto_scaling_group()
        self._settle()
        replaced = ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy")
        if held and not any(self._get_param(name) for name in replaced):
            held.mixed_instances_policy = before
        return answer

    def put_lifecycle_hook(self) -> ActionResult:
        """Make or change a hook."""
        self._hook(self._get_param("AutoScalingGroupName"), self._get_params())
        return EmptyResult()

    def put_notification_configuration(self) -> ActionResult:
        """Tell a topic of these happenings and of no others."""
        topic, group = self._get_param("TopicARN"), self._group()
        self._forget(group, topic)
        group.notifications.update(
            dict.fromkeys((topic, kind) for kind in self._get_param("NotificationTypes"))
        )
        return EmptyResult()

    def describe_notification_configurations(self) -> ActionResult:
        """Who is told what, of the named groups or of all."""
        wanted = self._get_param("AutoScalingGroupNames")
        told = [
            {"AutoScalingGroupName": name, "TopicARN": topic, "NotificationType": kind}
            for name, group in self.autoscaling_backend.autoscaling_groups.items()
            if not wanted or name in wanted
            for topic, kind in group.notifications  # type: ignore[attr-defined]
        ]
        return ActionResult({"NotificationConfigurations": told})

    def delete_notification_configuration(self) -> ActionResult:
        """Tell a topic nothing any more."""
        self._forget(self._group(), self._get_param("TopicARN"))
        return EmptyResult()

    def describe_auto_scaling_notification_types(self) -> ActionResult:
        """What a topic may be told."""
        return ActionResult({"AutoScalingNotificationTypes": _NOTIFICATIONS})

    @staticmethod
    def _forget(group: Any, topic: str) -> None:
        for each in [each for each in group.notifications if each[0] == topic]:
            del group.notifications[each]

    def _group(self) -> Any:
        name = self._get_param("AutoScalingGroupName")
        if name not in self.autoscaling_backend.autoscaling_groups:
            raise AutoscalingClientError("ValidationError", f"AutoScalingGroup name not found - {name}")
        return self.autoscaling_backend.autoscaling_groups[name]

    def _settle(self) -> None:
        group, given = self._group(), self._get_params()
        for name, attribute in _SETTINGS.items():
            if given.get(name) is not None:
                setattr(group, attribute, given[name])

    def _hook(self, group: str, given: dict[str, Any]) -> None:
        name = given["LifecycleHookName"]
        held = self.autoscaling_backend.lifecycle_hooks.get(f"{group}_{name}")
        made = self.autoscaling_backend.create_lifecycle_hook(
            name=name,
            as_name=group,
            transition=given.get("LifecycleTransition") or (held.lifecycle_transition if held else ""),  # type: ignore[arg-type]
            timeout=given.get("HeartbeatTimeout") or (held.heartbeat_timeout if held else None),
            result=given.get("DefaultResult") or (held.default_result if held else ""),
        )
        for key, attribute in {
            "NotificationTargetARN": "notification_target_arn",
            "RoleARN": "role_arn",
            "NotificationMetadata": "notification_metadata",
        }.items():
            value = given.get(key, getattr(held, attribute, None))
            if value:
                setattr(made, attribute, value)


def install() -> None:
    """Put these in moto's place."""
    models.FakeAutoScalingGroup = FakeAutoScalingGroup  # type: ignore[misc]
    models.LifecycleHook = LifecycleHook  # type: ignore[misc]
    models.FakeScalingPolicy = FakeScalingPolicy  # type: ignore[misc]
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
