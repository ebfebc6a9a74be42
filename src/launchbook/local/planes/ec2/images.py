"""Machine images that stacks look for: Amazon's newest as moto lists them, Ubuntu's by name, any other by its id alone.

moto makes a volume and a snapshot for each image of its lists when EC2 is first used, so they are switched off there.
These are made when somebody first asks for images, and have no snapshot of this account behind them.
"""

from __future__ import annotations

import hashlib
import re
from types import SimpleNamespace
from typing import Any

from moto.core.parse import default_timestamp_parser as timestamp
from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.ec2.utils import generic_filter
from moto.utilities.utils import load_resource

_LISTS = ("latest_amis", "ecs/optimized_amis")
#: Name of an Ubuntu image without its architecture and date: the newest of each release in September 2025.
_UBUNTU = {
    "ubuntu/images/hvm-ssd/ubuntu-focal-20.04": "20250610",
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04": "20250822",
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04": "20250821",
}
_CANONICAL = "099720109477"
_ID = re.compile(r"ami-[0-9a-f]{8}([0-9a-f]{9})?")
_describe_images = EC2Backend.describe_images
_run_instances = EC2Backend.run_instances
_terminate_instances = EC2Backend.terminate_instances


class PublicImage(Ami):
    """An image of somebody else's: what is told of it, and nothing that this account owns."""

    def __init__(self, backend: Any, ami_id: str, **told: Any) -> None:
        self.ec2_backend = backend
        self.id = ami_id
        self.name = told.get("name")
        self.description = told.get("description")
        self.owner_id = told.get("owner_id") or ""
        self.owner_alias = told.get("owner_alias")
        self.architecture = told.get("architecture", "x86_64")
        self.root_device_name = told.get("root_device_name", "/dev/xvda")
        self.creation_date = told.get("creation_date") or utcnow()
        self.image_location = f"{self.owner_id}/{self.name}" if self.name else None
        self.state, self.image_type, self.hypervisor = "available", "machine", "xen"
        self.virtualization_type, self.root_device_type, self.sriov = "hvm", "ebs", "simple"
        self.boot_mode = "uefi-preferred"
        self.platform = self.kernel_id = self.instance_id = None
        self.product_codes = set()
        self.launch_permissions = [{"Group": "all"}]
        self.ebs_snapshot = SimpleNamespace(id=f"snap-{_digits(ami_id)}")

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        """Its root volume."""
        volume = {"SnapshotId": self.ebs_snapshot.id, "VolumeSize": 8, "VolumeType": "gp3"}
        ebs = {**volume, "DeleteOnTermination": True, "Encrypted": False}
        return [{"DeviceName": self.root_device_name, "Ebs": ebs}]


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:17]


def _public(backend: Any) -> dict[str, PublicImage]:
    """The public images of a region, by id; made once."""
    found: dict[str, PublicImage] | None = getattr(backend, "launchbook_images", None)
    if found is None:
        found = backend.launchbook_images = {each.id: each for each in _made(backend)}
    return found


def _made(backend: Any) -> list[PublicImage]:
    region, images = backend.region_name, []
    for path in _LISTS:
        try:
            listed: list[dict[str, Any]] = load_resource(f"ec2/resources/{path}/{region}.json")
        except FileNotFoundError:  # a region that moto has no list of
            continue
        for each in listed:
            created = each.get("creation_date")
            date = timestamp(created) if isinstance(created, str) else created
            images.append(PublicImage(backend, **{**each, "owner_alias": "amazon", "creation_date": date}))
    for series, date in _UBUNTU.items():
        for architecture, word in (("x86_64", "amd64"), ("arm64", "arm64")):
            name = f"{series}-{word}-server-{date}"
            told = {
                "name": name,
                "owner_id": _CANONICAL,
                "owner_alias": "amazon",
                "root_device_name": "/dev/sda1",
            }
            day = timestamp(f"{date[:4]}-{date[4:6]}-{date[6:]}T00:00:00Z")
            ami_id = f"ami-{_digits(region + name)}"
            images.append(PublicImage(backend, ami_id, architecture=architecture, creation_date=day, **told))
    return images


def describe_images(
    self: Any,
    ami_ids: list[str] | None = None,
    filters: dict[str, Any] | None = None,
    exec_users: list[str] | None = None,
    owners: list[str] | None = None,
) -> list[Any]:
    """Images of this account and public ones; an id that nobody knows is taken for an image that exists."""
    if ami_ids:
        own = [
            each
            for each in ami_ids
            if each in self.amis or each in self.deleted_amis or not _ID.fullmatch(each)
        ]
        found = _describe_images(self, own) if own else []
        others = [_public(self).get(each) or PublicImage(self, each) for each in ami_ids if each not in own]
        found = [*found, *others]
        return generic_filter(filters, found) if filters else found
    found = _describe_images(self, None, filters, exec_users, owners)
    wanted = set(owners or [])
    if (wanted and not wanted - {"self", self.account_id}) or (exec_users and "all" not in exec_users):
        return found
    others = [
        each for each in _public(self).values() if not wanted or wanted & {each.owner_id, each.owner_alias}
    ]
    return [*found, *(generic_filter(filters, others) if filters else others)]


def run_instances(self: Any, *args: Any, **given: Any) -> Any:
    """Start instances; a root volume goes with its instance unless the opposite is asked for."""
    reservation = _run_instances(self, *args, **given)
    template = given.get("launch_template")
    data = self._get_template_from_args(template).data if template else {}
    asked = given.get("block_device_mappings") or data.get("BlockDeviceMappings") or []
    kept = {
        each["DeviceName"]
        for each in asked
        if str((each.get("Ebs") or {}).get("DeleteOnTermination")).lower() == "false"
    }
    for instance in reservation.instances:
        for device, volume in instance.block_device_mapping.items():
            if device in (instance.root_device_name, "/dev/xvda", "/dev/sda1") and device not in kept:
                volume.delete_on_termination = True
        _let_go(instance, given.get("nics") or data.get("NetworkInterfaces") or [])
    return reservation


def _let_go(instance: Any, asked: list[dict[str, Any]]) -> None:
    """The interfaces that were made with an instance go with it; moto keeps them unless it is asked to let them go."""
    settings = {int(each.get("DeviceIndex") or 0): each for each in asked}
    for index, interface in instance.nics.items():
        given = settings.get(index, {})
        brought = given.get("NetworkInterfaceId")
        if not brought and str(given.get("DeleteOnTermination")).lower() != "false":
            interface.delete_on_termination = True


def terminate_instances(self: Any, instance_ids: list[str]) -> Any:
    """End instances with their tags, which AWS takes from them in the hour that it still describes them."""
    ended = _terminate_instances(self, instance_ids)
    for instance, _ in ended:
        self.tags.pop(instance.id, None)
    return ended


def install() -> None:
    """Put these in moto's place."""
    for replacement in (describe_images, run_instances, terminate_instances):
        setattr(EC2Backend, replacement.__name__, replacement)
