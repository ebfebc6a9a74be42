"""What moto leaves behind of a VPC."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

_delete_vpc = EC2Backend.delete_vpc


def delete_vpc(self: Any, vpc_id: str) -> Any:
    """Delete a VPC with its default network ACL."""
    vpc = _delete_vpc(self, vpc_id)
    for name, acl in list(self.network_acls.items()):
        if acl.vpc_id == vpc_id:
            del self.network_acls[name]
    return vpc


def install() -> None:
    """Put this in moto's place. A method is replaced, since other services may have made backends already."""
    EC2Backend.delete_vpc = delete_vpc  # type: ignore[method-assign]
