"""What moto leaves behind: of a VPC its default network ACL, of a NAT gateway its interface, of both their tags.
And what it forgets: the description of a rule that names a group.

Methods are replaced, not the class: other services may have made EC2 backends before.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.monitoring import Monitoring

from launchbook.local.planes.ec2 import dependents, images

_IPV6 = re.compile(r"ipv6-cidr-block-association\.(association-id|ipv6-cidr-block|state)")
_subnet_associations: Any = Subnet.ipv6_cidr_block_association_set.fget  # type: ignore[attr-defined]
_subnet_filter = Subnet.get_filter_value
_delete_subnet = EC2Backend.delete_subnet
_delete_security_group = EC2Backend.delete_security_group
_delete_vpc = EC2Backend.delete_vpc
_delete_nat_gateway = EC2Backend.delete_nat_gateway
_create_vpc_endpoint = EC2Backend.create_vpc_endpoint
_delete_vpc_endpoints = EC2Backend.delete_vpc_endpoints
_delete_attachment = EC2Backend.delete_transit_gateway_vpc_attachment
_delete_prefix_list = EC2Backend.delete_managed_prefix_list
_create_launch_template = EC2Backend.create_launch_template


def delete_subnet(self: Any, subnet_id: str) -> Any:
    """Delete a subnet in which nothing is; its associations with route tables go with it."""
    dependents.check_subnet(self, subnet_id)
    gone = _delete_subnet(self, subnet_id)
    for table in self.route_tables.values():
        for name in [name for name, of in table._associations.items() if of == subnet_id]:
            del table._associations[name]
    return gone


def delete_security_group(self: Any, name: str | None = None, group_id: str | None = None) -> Any:
    """Delete a security group that nothing uses."""
    found = self.get_security_group_by_name_or_id(name) if name and not group_id else None
    dependents.check_group(self, group_id or (found.id if found else ""))
    return _delete_security_group(self, name, group_id)


def delete_vpc(self: Any, vpc_id: str) -> Any:
    """Delete a VPC with what came with it: its default network ACL and its default group."""
    dependents.check_vpc(self, vpc_id)
    for group in [group for group in self.groups.get(vpc_id, {}).values() if group.is_default]:
        del self.groups[vpc_id][group.id]
    vpc = _delete_vpc(self, vpc_id)
    for name, acl in list(self.network_acls.items()):
        if acl.vpc_id == vpc_id:
            del self.network_acls[name]
    return vpc


def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
    """Delete a NAT gateway with its network interface. As on AWS it is still described for a while, as deleted."""
    gateway = _delete_nat_gateway(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    for gone in (gateway.id, gateway._eni.id):
        self.tags.pop(gone, None)
    return gateway


def create_vpc_endpoint(self: Any, *args: Any, **given: Any) -> Any:
    """Create an endpoint; without a type it is a gateway, which moto means too and does not write down."""
    made = _create_vpc_endpoint(self, *args, **given)
    made.vpc_endpoint_type = made.vpc_endpoint_type or "Gateway"
    return made


def delete_vpc_endpoints(self: Any, vpce_ids: list[str] | None = None) -> None:
    """Delete endpoints with their tags."""
    _delete_vpc_endpoints(self, vpce_ids)
    for gone in vpce_ids or []:
        self.tags.pop(gone, None)


def subnet_filter(self: Any, filter_name: str, method_name: str | None = None) -> Any:
    """What a filter of DescribeSubnets looks at; moto doesn't know those of IPv6, which Terraform waits with."""
    found = _IPV6.fullmatch(filter_name)
    if found is None:
        return _subnet_filter(self, filter_name, method_name)
    associated = list(self.ipv6_cidr_block_associations.values())
    if found[1] == "state":
        return [each["ipv6CidrBlockState"]["State"] for each in associated]
    return [each[{"association-id": "associationId"}.get(found[1], "ipv6CidrBlock")] for each in associated]


def delete_transit_gateway_vpc_attachment(self: Any, transit_gateway_attachment_id: str) -> Any:
    """Delete an attachment. It is still described, as deleted, which Terraform waits to see; its tags are gone."""
    gone = _delete_attachment(self, transit_gateway_attachment_id)
    self.transit_gateway_attachments[gone.id] = gone
    self.tags.pop(gone.id, None)
    return gone


def delete_managed_prefix_list(self: Any, prefix_list_id: str) -> Any:
    """Delete a prefix list with its tags."""
    gone = _delete_prefix_list(self, prefix_list_id)
    self.tags.pop(prefix_list_id, None)
    return gone


def create_launch_template(
    self: Any, name: str, description: str, template_data: dict[str, Any], tag_spec: dict[str, Any]
) -> Any:
    """Make a launch template; moto writes the template's own tags among those of what it launches."""
    specs = template_data.get("TagSpecifications") or []
    launched = [each for each in specs if each["ResourceType"] != "launch-template"]
    data = {name: value for name, value in template_data.items() if name != "TagSpecifications"}
    data |= {"TagSpecifications": launched} if launched else {}
    return _create_launch_template(self, name, description, data, tag_spec)


def _monitor(state: str, pending: str) -> Any:
    """MonitorInstances or UnmonitorInstances: the state is kept, nothing is measured in a finer grain."""

    def answer(self: Any) -> ActionResult:
        told = []
        for instance in self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", [])):
            instance.monitoring_state = state
            told.append({"InstanceId": instance.id, "Monitoring": {"State": pending}})
        return ActionResult({"InstanceMonitorings": told})

    return answer


def _associations(subnet: Any) -> list[dict[str, Any]]:
    """The IPv6 blocks of a subnet, each with its state; moto's state is a structure in a structure."""
    told: list[dict[str, Any]] = _subnet_associations(subnet)
    return [{**each, "ipv6CidrBlockState": each["ipv6CidrBlockState"]["state"]} for each in told]


def _description(rule: Any) -> str | None:
    """The description of a rule, whether it names addresses or a group."""
    for named in (rule.ip_range, rule.source_group):
        if named and named.get("Description"):
            return str(named["Description"])
    return None


def install() -> None:
    """Put these in moto's place."""
    for replacement in (
        delete_subnet, delete_security_group, delete_vpc, delete_nat_gateway, create_vpc_endpoint,
        delete_vpc_endpoints, delete_transit_gateway_vpc_attachment, delete_managed_prefix_list,
        create_launch_template,
    ):  # fmt: skip
        setattr(EC2Backend, replacement.__name__, replacement)
    images.install()
    Monitoring.monitor_instances = _monitor("enabled", "pending")  # type: ignore[method-assign]
    Monitoring.unmonitor_instances = _monitor("disabled", "disabling")  # type: ignore[method-assign]
    Subnet.ipv6_cidr_block_association_set = property(_associations)  # type: ignore[method-assign, assignment]
    Subnet.get_filter_value = subnet_filter  # type: ignore[method-assign]
    SecurityGroupRule.description = property(_description)  # type: ignore[method-assign, assignment]
