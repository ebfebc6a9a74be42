"""What the API says beside what the machine says: each check is one look, and names what differs.

A look that meets a change (the machine says one thing before the question and another after it) says nothing.
A name must be the same at every look that sees the same thing wrong; ``found`` of :class:`Look` says more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.local_views import Ask, curl, processes, sql_works
from tests.faults.local_world import DATABASE, PASSWORD, PORT, World


@dataclass
class Look:
    """What one look found: what differs (name → detail), what of interest it met; ``told`` False if it met a change."""

    wrong: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    told: bool = True


Check = Callable[[World, Ask], Look]
#: Seconds from a kill until the events, the exit code and the recovery of a database must have been told.
_TOLD_SECONDS = 8.0
_RECOVERED_SECONDS = 8.0


def counts(world: World, ask: Ask) -> Look:
    """running, pending and desired counts beside the processes in /proc."""
    before = processes(world.mark)
    said = ask("ecs", "DescribeServices", cluster=world.fleet.name, services=list(world.desired))["services"]
    changed = {each.service for each in before ^ processes(world.mark)}
    look = Look(told=changed != set(world.desired))
    for service in said:
        name, running = service["serviceName"], service["runningCount"]
        if name in changed:
            continue
        alive = sum(each.service == name for each in before)
        if running != alive:
            look.wrong[f"{name}: runningCount is not the number of processes"] = f"{running} beside {alive}"
        if running + service["pendingCount"] < alive:
            look.wrong[f"{name}: running and pending are fewer than the processes"] = str(alive)
        if running < service["desiredCount"]:
            look.met.add("running below desired")
        if service["desiredCount"] != world.desired[name]:
            look.wrong[f"{name}: desiredCount is not what was asked for"] = str(service["desiredCount"])
    return look


def tasks(world: World, ask: Ask) -> Look:
    """Every running task has a process of its address, every process a running task."""
    before = processes(world.mark)
    described = _described(world, ask, "RUNNING")
    after = processes(world.mark)
    running = {_address(task): task for task in described if task["lastStatus"] == "RUNNING"}
    look = Look()
    steady = {each.address for each in before & after}
    ever = {each.address for each in before | after}
    for address in set(running) - ever:
        look.wrong[f"the task of {address} is RUNNING without a process"] = running[address]["taskArn"]
    for address in steady - set(running):
        look.wrong[f"a process of {address} runs and no task is RUNNING there"] = ""
    if any(task["lastStatus"] != "RUNNING" for task in described):
        look.met.add("a task that starts or stops")
    return look


def pids(world: World, ask: Ask) -> Look:
    """The pids of ``launchbook local status`` are those of /proc; the API has none."""
    before = processes(world.mark)
    rows = [row for row in world.status() if row["type"] == "aws_ecs_task" and row["state"] == "RUNNING"]
    alive = {each.address: each.pid for each in before & processes(world.mark)}
    look = Look()
    for row in rows:
        if row["address"] in alive and alive[row["address"]] != row["pid"]:
            look.wrong[f"status has another pid for {row['address']}"] = (
                f"{row['pid']}, not {alive[row['address']]}"
            )
    return look


def exits(world: World, ask: Ask) -> Look:
    """A killed task is STOPPED with exit code 137; no other says that it was killed."""
    asked, killed = time.monotonic(), {each.address: each for each in list(world.killed)}
    stopped = {_address(task): task for task in _described(world, ask, "STOPPED")}
    ever = killed | {each.address: each for each in list(world.killed)}
    look = Look()
    for address, kill in killed.items():
        task = stopped.get(address)
        code = task["containers"][0].get("exitCode") if task else None
        if task and task["lastStatus"] == "STOPPED":
            look.met.add("exit code 137")
        if code != 137 and asked - kill.at > _TOLD_SECONDS:
            look.wrong[f"the killed task of {address} has no exit code 137"] = str(code)
    for address, task in stopped.items():
        if task["containers"][0].get("exitCode") == 137 and address not in ever:
            look.wrong[f"the task of {address} says 137 and nobody killed it"] = task["taskArn"]
    return look


def targets(world: World, ask: Ask) -> Look:
    """Target health beside curl to each target, and the targets beside the processes."""
    before = processes(world.mark)
    found = ask("elbv2", "DescribeTargetHealth", TargetGroupArn=world.group)["TargetHealthDescriptions"]
    states = {each["Target"]["Id"]: each["TargetHealth"]["State"] for each in found}
    answers = {address: curl(f"http://{address}:{PORT}/health")[0] for address in states}
    after = processes(world.mark)
    look = Look(met=set(states.values()))
    for address, state in states.items():
        if (state == "healthy") != (answers[address] == 200) and state != "draining":
            look.wrong[f"target {address} is not what curl says"] = f"{state} beside {answers[address]}"
    for each in before & after:
        if each.service == "web" and states.get(each.address) in (None, "draining"):
            look.wrong[f"the process of {each.address} is no target"] = str(states.get(each.address))
    return look


def balancer(world: World, ask: Ask) -> Look:
    """What the load balancer answers beside the states of its targets and its own."""
    alive = processes(world.mark)
    made = ask("elbv2", "DescribeLoadBalancers", LoadBalancerArns=[world.balancer])["LoadBalancers"][0]
    healthy = _healthy(world, ask)
    status, body = curl(world.url)
    if any(each.service == "web" for each in processes(world.mark) ^ alive):
        return Look(told=False)
    look = Look(met={f"ALB {status}"})
    if (made["State"]["Code"] == "active") != (status != 0):
        look.wrong["the load balancer's state is not what curl says"] = f"{made['State']} beside {status}"
    if healthy and status and status != 200:
        look.wrong["targets are healthy and the load balancer does not serve"] = str(status)
    if not healthy and status == 200:
        look.wrong["no target is healthy and the load balancer serves"] = body
    if status == 200 and healthy and body not in healthy:
        look.wrong["the load balancer serves from what is no healthy target"] = body
    return look


def database(world: World, ask: Ask) -> Look:
    """The instance's status beside a client that signs in; each recovery is an event."""

    def state() -> dict[str, Any]:
        return dict(ask("rds", "DescribeDBInstances", DBInstanceIdentifier=DATABASE)["DBInstances"][0])

    said = state()
    place = said.get("Endpoint") or {}
    works = bool(place) and sql_works(place["Address"], place["Port"], PASSWORD)
    if state()["DBInstanceStatus"] != said["DBInstanceStatus"]:
        return Look(told=False)
    look = Look(met={f"database {said['DBInstanceStatus']}", f"SQL {'works' if works else 'fails'}"})
    if (said["DBInstanceStatus"] == "available") != works:
        look.wrong["the database's status is not what a client says"] = said["DBInstanceStatus"]
    return look


def queue(world: World, ask: Ask) -> Look:
    """Counts of messages beside what was sent, received and deleted."""
    ledger = world.ledger
    with ledger.lock:
        version, waiting, flying = ledger.version, ledger.waiting, len(ledger.receipts)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    said = ask("sqs", "GetQueueAttributes", QueueUrl=world.work_url, AttributeNames=names)["Attributes"]
    if ledger.busy or ledger.version != version:
        return Look(told=False)
    counted = tuple(int(said[name]) for name in names)
    look = Look(met={"messages in flight"} if flying else set())
    if counted != (waiting, flying):
        look.wrong["the queue's counts are not its messages"] = f"{counted} beside {(waiting, flying)}"
    return look


def events(world: World, ask: Ask) -> Look:
    """Each killed task's end has come as an event, once; each recovery of the database is told."""
    asked, kills = time.monotonic(), list(world.killed)
    came: dict[str, int] = {}
    for event in list(world.events):
        detail = event["detail"]
        if detail["containers"][0].get("exitCode") == 137:
            came[_address(detail)] = came.get(_address(detail), 0) + 1
    look = Look(met={"an event of a killed task"} if came else set())
    for kill in kills:
        if came.get(kill.address, 0) != 1 and asked - kill.at > _TOLD_SECONDS:
            look.wrong[f"the end of {kill.address} came not once as an event"] = str(
                came.get(kill.address, 0)
            )
    with world.lock:
        killed, since = world.databases_killed, time.monotonic() - world.database_killed_at
    if killed and since > _RECOVERED_SECONDS:
        given = {"SourceIdentifier": DATABASE, "SourceType": "db-instance", "Duration": 1440}
        told = ask("rds", "DescribeEvents", **given)["Events"]
        recoveries = sum("Recovery of the DB instance is complete" in each["Message"] for each in told)
        if recoveries != killed:
            look.wrong["recoveries of the database are not its kills"] = f"{recoveries} beside {killed}"
    return look


def recovered(world: World, ask: Ask) -> Look:
    """Services come back to their desired count by themselves, with every target healthy."""
    said = ask("ecs", "DescribeServices", cluster=world.fleet.name, services=list(world.desired))["services"]
    look = Look()
    for service in said:
        if service["runningCount"] != service["desiredCount"]:
            look.wrong[f"{service['serviceName']} does not come back to its desired count"] = str(
                service["runningCount"]
            )
    if len(_healthy(world, ask)) != world.desired["web"]:
        look.wrong["not every target becomes healthy"] = str(_healthy(world, ask))
    return look


def _healthy(world: World, ask: Ask) -> set[str]:
    found = ask("elbv2", "DescribeTargetHealth", TargetGroupArn=world.group)["TargetHealthDescriptions"]
    return {each["Target"]["Id"] for each in found if each["TargetHealth"]["State"] == "healthy"}


def _described(world: World, ask: Ask, desired: str) -> list[dict[str, Any]]:
    cluster = world.fleet.name
    arns = ask("ecs", "ListTasks", cluster=cluster, desiredStatus=desired)["taskArns"]
    found: list[dict[str, Any]] = []
    for start in range(0, len(arns), 100):
        found += ask("ecs", "DescribeTasks", cluster=cluster, tasks=arns[start : start + 100])["tasks"]
    return found


def _address(task: dict[str, Any]) -> str:
    """The address of a task or of the detail of its event; empty before it has one."""
    for attachment in task.get("attachments") or ():
        for detail in attachment.get("details") or ():
            if detail["name"] == "privateIPv4Address":
                return str(detail["value"])
    return ""


#: Check → how long it may differ before it is a lie. Each time is also in the guide.
CHECKS: dict[str, tuple[Check, float]] = {
    "counts": (counts, 3.0),
    "tasks": (tasks, 3.0),
    "pids": (pids, 3.0),
    "exits": (exits, 3.0),
    "targets": (targets, 12.0),
    "balancer": (balancer, 5.0),
    "database": (database, 5.0),
    "queue": (queue, 1.0),
    "events": (events, 3.0),
    "recovered": (recovered, 30.0),
}
