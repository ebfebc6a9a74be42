"""What holds a subnet, a security group or a VPC, so that AWS refuses to delete it: ``DependencyViolation``.

On AWS load balancers and databases hold them by their network interfaces. Here they have none, and are asked
themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError

_GONE = ("deleted", "deleting", "terminated")


def check_subnet(backend: Any, subnet_id: str) -> None:
    """Raise DependencyViolationError if something has an address in the subnet."""
    held = any(interface.subnet.id == subnet_id for interface in _interfaces(backend))
    held = held or any(
        subnet_id in {subnet.id for subnet in balancer.subnets} for balancer in _balancers(backend)
    )
    if held or any(subnet_id in _subnets_of(database) for database in _databases(backend)):
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


def check_group(backend: Any, group_id: str) -> None:
    """Raise DependencyViolationError if anything but the group itself uses it; the default group stays anyway."""
    group = backend.get_security_group_from_id(group_id)
    if group is not None and group.is_default:
        message = f'the specified group: "{group_id}" name: "default" cannot be deleted by a user'
        raise EC2ClientError("CannotDelete", message)
    held = any(
        group_id in {each.id for each in interface.group_set if each} for interface in _interfaces(backend)
    )
    held = held or any(group_id in (balancer.security_groups or ()) for balancer in _balancers(backend))
    held = held or any(group_id in (each.vpc_security_group_ids or ()) for each in _databases(backend))
    held = held or any(group_id in (each.security_group_ids or ()) for each in _endpoints(backend))
    if held or any(group_id in _named(other) for other in _groups(backend) if other.id != group_id):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")


def check_vpc(backend: Any, vpc_id: str) -> None:
    """Raise DependencyViolationError if anything is in the VPC but what came with it."""
    inside = [*_interfaces(backend), *(group for group in _groups(backend) if not group.is_default)]
    inside += [acl for acl in backend.network_acls.values() if acl.default not in (True, "true")]
    inside += [table for table in backend.route_tables.values() if not table.main_association_id]
    inside += [each for each in backend.nat_gateways.values() if each.state not in _GONE]
    inside += _endpoints(backend)
    attached = [gateway.vpc.id for gateway in backend.internet_gateways.values() if gateway.vpc]
    if vpc_id in [_vpc_of(each) for each in inside] or vpc_id in attached:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


def _vpc_of(held: Any) -> str:
    return str(held.subnet.vpc_id if hasattr(held, "subnet") else held.vpc_id)


def _interfaces(backend: Any) -> Iterator[Any]:
    for interface in list(backend.enis.values()):
        instance = getattr(interface, "instance", None)
        if instance is None or instance.state not in _GONE:
            yield interface


def _groups(backend: Any) -> Iterator[Any]:
    for groups in list(backend.groups.values()):
        yield from list(groups.values())


def _endpoints(backend: Any) -> list[Any]:
    return [each for each in backend.vpc_end_points.values() if each.state not in _GONE]


def _named(group: Any) -> set[str]:
    """The groups that a group's rules name."""
    rules = (*group.ingress_rules, *group.egress_rules)
    return {str(rule.source_group.get("GroupId")) for rule in rules if rule.source_group}


def _balancers(backend: Any) -> list[Any]:
    found = _state("elbv2", backend)
    return list(found.load_balancers.values()) if found else []


def _databases(backend: Any) -> list[Any]:
    found = _state("rds", backend)
    return list(found.databases.values()) if found else []


def _subnets_of(database: Any) -> set[str]:
    group = getattr(database, "db_subnet_group", None)
    return {subnet.id for subnet in group._subnets} if group is not None else set()


def _state(service: str, backend: Any) -> Any:
    """Another service's state in the same region; None where nobody used it, so that nothing is loaded for a look."""
    models = sys.modules.get(f"moto.{service}.models")
    if models is None:
        return None
    regions = getattr(models, f"{service}_backends")[backend.account_id]
    return regions[backend.region_name] if backend.region_name in dict.keys(regions) else None
