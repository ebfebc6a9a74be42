"""What a task has of the network: an address of its own, an interface in its subnet, places in target groups."""

from __future__ import annotations

import errno
import logging
import socket
import uuid
from pathlib import Path
from typing import Any

from launchbook.local.plane import Host
from launchbook.local.planes.ecs.model import Task

log = logging.getLogger(__name__)

_LISTENS = "0A"


def attach(host: Host, task: Task) -> None:
    """Give the task its address and, in awsvpc mode, an interface with that address in the emptiest subnet."""
    task.address = host.address()
    settings = (task.network_configuration or {}).get("awsvpcConfiguration")
    if not settings or task.definition.network_mode != "awsvpc":
        return
    ec2 = host.backend("ec2", task.region)
    held = [interface.subnet.id for interface in ec2.enis.values()]
    subnet = ec2.get_subnet(min(settings["subnets"], key=held.count))  # so that tasks spread over zones
    attachment = str(uuid.uuid4())
    interface = ec2.create_network_interface(
        subnet=subnet,
        private_ip_address=task.address,
        group_ids=settings.get("securityGroups") or [],
        description=f"arn:aws:ecs:{task.region}:{task.task_arn.split(':')[4]}:attachment/{attachment}",
    )
    interface.status, interface.device_index, interface.requester_managed = "in-use", 1, True
    task.availability_zone = subnet.availability_zone
    details = {
        "subnetId": subnet.id,
        "networkInterfaceId": interface.id,
        "macAddress": interface.mac_address,
        "privateDnsName": getattr(interface, "private_dns_name", None),
        "privateIPv4Address": task.address,
    }
    task.attachments.append(
        {
            "id": attachment,
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items() if value],
        }
    )


def detach(host: Host, task: Task) -> None:
    """Free the interface and the address."""
    for attachment in task.attachments:
        found = {detail["name"]: detail["value"] for detail in attachment["details"]}
        host.backend("ec2", task.region).enis.pop(found.get("networkInterfaceId"), None)
        attachment["status"] = "DELETED"
    if task.address:
        host.release(task.address)


def taken(task: Task) -> tuple[int, str] | None:
    """The first container port that can't be had on the task's address, and who listens there."""
    for container in task.containers:
        for port in container.ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((task.address, port))
                except OSError as error:
                    why = _holder(port) if error.errno == errno.EADDRINUSE else str(error.strerror)
                    return port, why
    return None


def _holder(port: int) -> str:
    """Who listens on a port of every address, as far as this machine says."""
    for table, anywhere in (("tcp", "00000000"), ("tcp6", "0" * 32)):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1] == f"{anywhere}:{port:04X}" and fields[3] == _LISTENS:
                return f"a process listens on every address{_process(fields[9])}; programs are to listen on $HOST"
    return "another process listens there"


def _process(inode: str) -> str:
    for found in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if found.readlink().name == f"socket:[{inode}]":
                return f" (process {found.parts[2]})"
        except OSError:
            continue
    return ""


def register(host: Host, task: Task) -> list[tuple[str, str | None]]:
    """Register the task with its service's target groups; each group with why it failed, or None."""
    done: list[tuple[str, str | None]] = []
    for balancer in task.load_balancers:
        group, port = balancer.get("targetGroupArn"), int(balancer.get("containerPort") or 0)
        if not group:
            continue
        try:
            backend = host.backend("elbv2", task.region)
            backend.register_targets(group, [{"Id": task.address, "Port": port}])
        except Exception as error:  # moto's own exceptions share no base
            done.append((group, str(error)))
            continue
        task.registered.append((group, port))
        done.append((group, None))
    return done


def deregister(host: Host, task: Task) -> list[str]:
    """Take the task out of its target groups; they drain it. Returns the groups it was in."""
    done = []
    for group, port in task.registered:
        try:
            backend = host.backend("elbv2", task.region)
            backend.deregister_targets(group, [{"Id": task.address, "Port": port}])
        except Exception as error:  # the group may be gone: nothing is left to take out
            log.debug("%s: %s", group, error)
            continue
        done.append(group)
    return done


def draining(host: Host, task: Task) -> bool:
    """Whether a target group still drains it."""
    groups = host.backend("elbv2", task.region).target_groups if task.registered else {}
    return any(
        (task.address, port) in getattr(groups.get(group), "draining", ()) for group, port in task.registered
    )


def target_states(host: Host, task: Task) -> list[tuple[str, int, str, str]]:
    """(group, port, state, reason) of each place the task has in a target group."""
    found: list[tuple[str, int, str, str]] = []
    groups: Any = host.backend("elbv2", task.region).target_groups if task.registered else {}
    for arn, port in task.registered:
        group = groups.get(arn)
        if group is None:
            continue
        health = group.health_of((task.address, port), used=bool(group.load_balancer_arns))
        found.append((arn, port, health.state, health.description or ""))
    return found
