"""The service scheduler: brings each service to what is desired, and its deployments to their end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from launchbook.local.plane import Host
from launchbook.local.planes.ecs import network, wording
from launchbook.local.planes.ecs.lifecycle import BY_SCHEDULER
from launchbook.local.planes.ecs.model import RUNNING, STOPPED, Task
from launchbook.local.planes.ecs.rollout import Seen, breaker_threshold, complete, moves, pause, stuck
from launchbook.local.planes.ecs.service import COMPLETED, FAILED, IN_PROGRESS, Deployment, Service

#: A task without any health check counts as healthy when it has run this long.
_SETTLES = 1.0
#: A failed deployment that was rolled back stays listed this long.
_SHOWN = 5.0


@dataclass(frozen=True)
class Failure:
    """Why a deployment failed: as its rollout state says it, as its event says it, and what began it."""

    reason: str
    what: str
    first_cause: str
    rollback: bool


class Scheduler:
    """``launch`` starts one task of a deployment of a service."""

    def __init__(self, host: Host, launch: Callable[[Service, Deployment], Task]) -> None:
        self._host = host
        self._launch = launch

    def step(self, service: Service, tasks: list[Task]) -> None:
        """One look at a service; ``tasks`` are all of its tasks that are remembered, oldest first."""
        living = [task for task in tasks if task.last_status != STOPPED]
        service.count(living)
        for task in tasks:
            self._account(service, task)
        primary = service.primary
        if service.status != "ACTIVE" or primary is None:
            self._drain(service, living)
            return
        for task in living:
            self._replace_if_unhealthy(service, task)
        self._move(service, primary, living)
        service.count(living)
        self._settle(service, living)

    def _drain(self, service: Service, living: list[Task]) -> None:
        for task in living:
            task.ask_to_stop(f"Scaling activity initiated by (deployment {task.deployment})", BY_SCHEDULER)
        service.count(living)
        if service.status == "DRAINING" and not living:
            service.status = "INACTIVE"
            service.service_deployments = []

    # -- health ---------------------------------------------------------------------------------

    def healthy(self, task: Task) -> bool:
        """Whether it counts: it runs, its container health checks pass, its load balancers say healthy."""
        if task.last_status != RUNNING or task.leaving:
            return False
        checked = any(c.essential and c.definition.get("healthCheck") for c in task.containers)
        if checked and task.health_status != "HEALTHY":
            return False
        states = [state for _, _, state, _ in network.target_states(self._host, task)]
        if any(state not in ("healthy", "unused") for state in states):
            return False
        return checked or "healthy" in states or time.monotonic() - task.running_since >= _SETTLES

    def _replace_if_unhealthy(self, service: Service, task: Task) -> None:
        if task.last_status != RUNNING or task.leaving:
            return
        if task.health_status == "UNHEALTHY":
            service.say(f"(task {task.id}) failed container health checks.")
            task.ask_to_stop("Task failed container health checks", BY_SCHEDULER)
            return
        grace = float(service.health_check_grace_period_seconds or 0)
        if time.monotonic() - task.running_since < grace:
            return
        for group, port, state, reason in network.target_states(self._host, task):
            if state == "unhealthy":
                service.say(
                    f"(task {task.id}) (port {port}) is unhealthy in (target-group {group}) "
                    f"due to (reason {reason})."
                )
                task.ask_to_stop(f"Task failed ELB health checks in (target-group {group})", BY_SCHEDULER)

    # -- starting and stopping ------------------------------------------------------------------

    def _move(self, service: Service, primary: Deployment, living: list[Task]) -> None:
        seen = [Seen(t.id, t.deployment, self.healthy(t), t.leaving) for t in living]
        for task, view in zip(living, seen, strict=True):
            if view.healthy and not task.served:
                task.served = True
                deployment = _of(service, task)
                if deployment:
                    deployment.in_a_row, deployment.impaired = 0, False
        halted = primary.rollout_state == FAILED
        next_moves = moves(service.limits, primary.id, seen, halted=halted)
        if stuck(service.limits, primary.id, seen):
            service.say(
                "is unable to stop or start tasks during a deployment because of the service deployment "
                "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
            )
        by_id = {task.id: task for task in living}
        stopped = [by_id[name] for name in next_moves.stop]
        for task in stopped:
            cause = primary.id if task.deployment == primary.id else task.deployment
            task.ask_to_stop(f"Scaling activity initiated by (deployment {cause})", BY_SCHEDULER)
        if stopped:
            service.steady = False
            service.say(f"has stopped {len(stopped)} running tasks: {_named(stopped)}.")
        if next_moves.start and time.monotonic() >= primary.not_before:
            started = [self._launch(service, primary) for _ in range(next_moves.start)]
            service.steady = False
            service.say(f"has started {len(started)} tasks: {_named(started)}.")

    # -- failures -------------------------------------------------------------------------------

    def _account(self, service: Service, task: Task) -> None:
        """Count a task that stopped although nobody asked for it, once."""
        if task.counted or task.last_status != STOPPED:
            return
        task.counted = True
        service.steady = False
        deployment = _of(service, task)
        wanted = task.stop_code in ("UserInitiated",) or (
            task.stop_code == BY_SCHEDULER and "failed" not in (task.stopped_reason or "")
        )
        if deployment is None or wanted or (task.served and deployment.rollout_state != IN_PROGRESS):
            return
        cause = _cause(task)
        deployment.first_cause = deployment.first_cause or cause
        deployment.failed_tasks += 1
        deployment.in_a_row += 1
        deployment.not_before = time.monotonic() + pause(deployment.in_a_row) / self._host.speed
        if task.stop_code == "TaskFailedToStart":
            service.say(f"was unable to place a task. Reason: {cause}.")
        elif task.stop_code == "EssentialContainerExited":
            service.say(f"(task {task.id}) stopped: {cause}.")
        if deployment.in_a_row >= 3 and not deployment.impaired:
            deployment.impaired = True
            service.say("is unable to consistently start tasks successfully.")
            wording.service_acted(self._host, service, "SERVICE_TASK_START_IMPAIRED", "WARN")

    # -- deployments ----------------------------------------------------------------------------

    def _settle(self, service: Service, living: list[Task]) -> None:
        primary = service.primary
        if primary is None:
            return
        if primary.rollout_state == IN_PROGRESS and (failure := self._failure(service, primary)):
            self._fail(service, primary, failure)
            return
        seen = [Seen(t.id, t.deployment, self.healthy(t), t.leaving) for t in living]
        for deployment in list(service.service_deployments):
            empty = not any(task.deployment == deployment.id for task in living)
            shown = deployment.failed_at is not None and time.monotonic() - deployment.failed_at < _SHOWN
            if deployment.status == "ACTIVE" and empty and not shown:
                service.service_deployments.remove(deployment)
        if not complete(service.limits, primary.id, seen) or len(service.service_deployments) > 1:
            return
        if primary.rollout_state == IN_PROGRESS:
            primary.turn(COMPLETED, f"ECS deployment {primary.id} completed.")
            service.last_good = primary
            service.say(f"(deployment {primary.id}) deployment completed.")
            wording.deployment_changed(self._host, service, primary)
        if not service.steady and primary.rollout_state == COMPLETED:
            service.steady = True
            service.say("has reached a steady state.")
            wording.service_acted(self._host, service, "SERVICE_STEADY_STATE")

    def _failure(self, service: Service, primary: Deployment) -> Failure | None:
        """Why the deployment in progress has failed, if it has; the one that a rollback goes back to can't."""
        if primary is service.last_good:
            return None
        breaker = service.breaker
        if breaker.get("enable") and primary.in_a_row >= breaker_threshold(service.desired_count):
            what = "tasks failed to start"
            return Failure(
                f"circuit breaker: {what}", what, primary.first_cause, bool(breaker.get("rollback"))
            )
        ringing = [] if primary.deaf else self.ringing(service)
        if not ringing:
            return None
        alarms = service.deployment_configuration["alarms"]
        cause = f"{', '.join(ringing)} in ALARM"
        return Failure("alarm(s) detected", "alarm(s) detected", cause, bool(alarms.get("rollback")))

    def ringing(self, service: Service) -> list[str]:
        """Its deployment alarms that are in ALARM."""
        alarms = service.deployment_configuration.get("alarms") or {}
        if not alarms.get("enable"):
            return []
        known = self._host.backend("cloudwatch", service.region_name).alarms
        return [name for name in alarms["alarmNames"] if name in known and known[name].state_value == "ALARM"]

    def _fail(self, service: Service, failed: Deployment, failure: Failure) -> None:
        failed.turn(FAILED, f"ECS deployment {failure.reason}.")
        failed.failed_at = time.monotonic()
        service.say(
            f"(deployment {failed.id}) deployment failed: {failure.what}. First cause: {failure.first_cause}."
        )
        wording.deployment_changed(self._host, service, failed)
        earlier = service.last_good
        if not failure.rollback or earlier is None or earlier is failed:
            return
        service.say(f"rolling back to deployment {earlier.id}.")
        service.roll_back_to(earlier, failed, failure.reason.partition(":")[0])
        wording.deployment_changed(self._host, service, earlier)


def _of(service: Service, task: Task) -> Deployment | None:
    return next((d for d in service.service_deployments if d.id == task.deployment), None)


def _cause(task: Task) -> str:
    reason = task.stopped_reason or "unknown"
    if task.stop_code != "EssentialContainerExited":
        return reason
    ended = [c for c in task.containers if c.exit_code is not None and c.essential]
    shown = ", ".join(f"container {c.name} exited with {c.exit_code}" for c in ended)
    return f"{reason}: {shown}" if shown else reason


def _named(tasks: list[Task]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)
