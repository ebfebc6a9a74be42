"""moto's Application Auto Scaling with tags that stay, policies that act and activities that tell."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, cast
from uuid import uuid4

from moto.applicationautoscaling import models
from moto.applicationautoscaling.exceptions import AWSValidationException

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.autoscaling import capacity, steps, tracking

_ACTIVITIES = 200
_ROLES = {
    "ecs": ("ecs.application-autoscaling", "ECSService"),
    "dynamodb": ("dynamodb.application-autoscaling", "DynamoDBTable"),
    "rds": ("rds.application-autoscaling", "RDSCluster"),
    "lambda": ("lambda.application-autoscaling", "LambdaConcurrency"),
}
_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def install(host: Host) -> None:
    """Make moto create our backend and policies from now on."""
    ScalingBackend.host = host
    models.FakeApplicationAutoscalingPolicy = ScalingPolicy  # type: ignore[misc]
    models.applicationautoscaling_backends.backend = ScalingBackend
    for account in models.applicationautoscaling_backends.values():
        account.backend = ScalingBackend
        account.clear()


def backends() -> list[ScalingBackend]:
    """Application Auto Scaling of every region that was used."""
    found = list(models.applicationautoscaling_backends[ACCOUNT].values())
    return [backend for backend in found if isinstance(backend, ScalingBackend)]


class ScalingPolicy(models.FakeApplicationAutoscalingPolicy):
    """A policy whose alarms are those that AWS would make."""

    def create_alarms(self) -> None:
        """Make the alarms of target tracking, through CloudWatch's own operation."""
        if self.policy_type != "TargetTrackingScaling":
            return
        cloudwatch = ScalingBackend.host.backend("cloudwatch", self.region_name)
        wanted = tracking.alarms(
            self.service_namespace,
            self.resource_id,
            self.target_tracking_scaling_policy_configuration or {},
            f"{self.policy_arn}:createdBy/{uuid4()}",
        )
        for alarm in wanted:
            self.alarms.append(cloudwatch.put_metric_alarm(**alarm))

    def keep_identity_of(self, old: models.FakeApplicationAutoscalingPolicy) -> None:
        """Take the ARN of the policy that this one replaces."""
        self._guid, self.policy_arn = old._guid, old.policy_arn
        self.creation_time = old.creation_time


class ScalingBackend(models.ApplicationAutoscalingBackend):
    """Application Auto Scaling of one region."""

    #: Set once, before the first region exists.
    host: Host

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.tags: dict[str, dict[str, str]] = {}
        self.activities: deque[dict[str, Any]] = deque(maxlen=_ACTIVITIES)
        #: (dimension, resource) -> direction -> (when, how much) of the last activity.
        self._last: dict[tuple[str, str], dict[str, tuple[float, int]]] = {}
        self._unbounded: set[tuple[str, str]] = set()

    @property
    def _url_module(self) -> Any:
        from moto.applicationautoscaling import urls

        return urls

    def register_scalable_target(  # type: ignore[override]
        self, namespace: str, r_id: str, dimension: str, **given: Any
    ) -> models.FakeScalableTarget:
        """Register or update a target; a capacity outside its bounds is brought inside soon after."""
        target = super().register_scalable_target(namespace, r_id, dimension, **given)
        service, name = _ROLES.get(namespace, (f"{namespace}.application-autoscaling", namespace.title()))
        role = f"role/aws-service-role/{service}.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_{name}"
        target.role_arn = target.role_arn or f"arn:aws:iam::{self.account_id}:{role}"
        given_state = cast(dict[str, bool], target.suspended_state or {})
        target.suspended_state = cast(Any, {**_SUSPENDED, **given_state})
        self._unbounded.add((dimension, r_id))
        return target

    def deregister_scalable_target(self, namespace: str, r_id: str, dimension: str) -> None:
        """Deregister a target; its policies, scheduled actions and tags go with it."""
        target = self.targets.get(dimension, {}).get(r_id)
        super().deregister_scalable_target(namespace, r_id, dimension)
        for policy in list(self.policies.values()):
            if (policy.scalable_dimension, policy.resource_id) == (dimension, r_id):
                self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)
        self.scheduled_actions = [
            action
            for action in self.scheduled_actions
            if (action.scalable_dimension, action.resource_id) != (dimension, r_id)
        ]
        if target is not None:
            self.tags.pop(target.arn, None)
        self._last.pop((dimension, r_id), None)

    def put_scaling_policy(
        self,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> models.FakeApplicationAutoscalingPolicy:
        """Create or update a policy; an updated one keeps its ARN and gives up its old alarms."""
        if resource_id not in self.targets.get(scalable_dimension, {}):
            raise AWSValidationException(
                f"No scalable target registered for service namespace: {service_namespace}, resource ID: "
                f"{resource_id}, scalable dimension: {scalable_dimension}"
            )
        key = ScalingPolicy.formulate_key(service_namespace, resource_id, scalable_dimension, policy_name)
        old = self.policies.get(key)
        if old is not None:
            old.delete_alarms(self.account_id, self.region_name)
        policy = super().put_scaling_policy(
            policy_name, service_namespace, resource_id, scalable_dimension, policy_body, policy_type
        )
        if old is not None and isinstance(policy, ScalingPolicy):
            policy.keep_identity_of(old)
        return policy

    def act(self, action_arn: str, alarm: Any, value: float | None) -> str | None:
        """Let an alarm move the capacity of its policy's target. The error as text, or None."""
        arn = action_arn.split(":createdBy/")[0]
        policy = next((each for each in list(self.policies.values()) if each.policy_arn == arn), None)
        if policy is None:
            return f"there is no scaling policy {arn}"
        target = self.targets.get(policy.scalable_dimension, {}).get(policy.resource_id)
        current = capacity.current(self.host, self.region_name, policy.scalable_dimension, policy.resource_id)
        if target is None or current is None:
            return f"nothing of {policy.resource_id} can be scaled here"
        wanted, cooldown = _wanted(policy, alarm, value, current)
        change = steps.bounded(wanted, int(target.min_capacity or 0), int(target.max_capacity or 0)) - current
        out = change > 0
        suspended = cast(dict[str, bool], target.suspended_state or {})
        if suspended.get(f"DynamicScaling{'Out' if out else 'In'}Suspended"):
            return None
        last = self._last.setdefault((policy.scalable_dimension, policy.resource_id), {})
        now = time.time()
        allowed = steps.cooled_down(
            now, last.get("out" if out else "in"), cooldown / self.host.speed, out=out, change=change
        )
        if allowed:
            last["out" if out else "in"] = (now, allowed)
            cause = f"monitor alarm {alarm.name} in state {alarm.state_value} triggered policy {policy.policy_name}"
            self._set(target, current + allowed, cause)
        return None

    def settle(self) -> None:
        """Bring newly registered targets inside their bounds, and close the activities that are done."""
        while self._unbounded:
            dimension, resource = self._unbounded.pop()
            target = self.targets.get(dimension, {}).get(resource)
            current = capacity.current(self.host, self.region_name, dimension, resource)
            if target is None or current is None:
                continue
            low, high = int(target.min_capacity or 0), int(target.max_capacity or 0)
            if current < low:
                self._set(target, low, f"minimum capacity was set to {low}")
            elif current > high:
                self._set(target, high, f"maximum capacity was set to {high}")
        for activity in self.activities:
            if activity["StatusCode"] == "InProgress":
                capacity.settle(self.host, self.region_name, activity)

    def rows(self) -> list[dict[str, Any]]:
        """Scalable targets as rows of ``launchbook local status``."""
        return [
            {
                "type": "aws_appautoscaling_target",
                "id": target.resource_id,
                "state": f"{target.min_capacity}..{target.max_capacity}",
                "region": self.region_name,
            }
            for targets in list(self.targets.values())
            for target in list(targets.values())
        ]

    def _set(self, target: models.FakeScalableTarget, wanted: int, cause: str) -> None:
        activity = capacity.activity(target, wanted, cause)
        self.activities.append(activity)
        capacity.change(self.host, self.region_name, target, wanted, activity)


def _wanted(
    policy: models.FakeApplicationAutoscalingPolicy, alarm: Any, value: float | None, current: int
) -> tuple[int, float]:
    """The capacity a policy asks for, before bounds, and the cooldown of that direction in seconds."""
    threshold = float(alarm.threshold or 0)
    metric = threshold if value is None else value
    if policy.policy_type == "TargetTrackingScaling":
        return tracking.wanted(policy.target_tracking_scaling_policy_configuration or {}, current, metric)
    body: dict[str, Any] = policy.step_scaling_policy_configuration or {}
    step = steps.step_for(body.get("StepAdjustments") or [], metric - threshold)
    if step is None:
        return current, 0.0
    kind = body.get("AdjustmentType") or "ChangeInCapacity"
    least = int(body.get("MinAdjustmentMagnitude") or 0)
    return steps.adjusted(current, step["ScalingAdjustment"], kind, least), float(body.get("Cooldown") or 0)
