"""Whether EC2's metadata service may be asked for credentials: only where there is one.

It answers on a link-local address. Anywhere but on EC2 the question leaves the machine for whatever network that is in,
unencrypted, and whoever answers there decides whose account is read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

#: Where Linux says whose machine it is, and how EC2 begins what stands there.
_SAYS = (
    ("sys/class/dmi/id/sys_vendor", "amazon ec2"),
    ("sys/class/dmi/id/bios_version", "amazon"),
    ("sys/hypervisor/uuid", "ec2"),
)


def only_where_it_is(session: Any, root: Path = Path("/")) -> None:
    """Take the metadata service out of a botocore session's sources of credentials, unless this is a machine of EC2 or
    somebody named the service's address. Profiles that name it as their source still ask it."""
    if not _on_ec2(root) and not os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"):
        session.get_component("credential_provider").remove("iam-role")


def _on_ec2(root: Path) -> bool:
    for name, start in _SAYS:
        try:
            if (root / name).read_text("utf-8", "replace").strip().lower().startswith(start):
                return True
        except OSError:
            continue
    return False
