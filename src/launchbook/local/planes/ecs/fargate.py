"""The sizes of task that Fargate offers."""

from __future__ import annotations

import re
from typing import Any

from moto.ecs.exceptions import EcsClientException

#: MiB of memory for each number of CPU units (1024 are one vCPU), as ECS's documentation lists them for Linux.
_SIZES = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
_AMOUNT = re.compile(r"(\d*\.?\d+)\s*(vcpu|gb)?", re.ASCII | re.IGNORECASE)


def check(compatibilities: list[str] | None, cpu: Any, memory: Any) -> None:
    """Refuse a task definition for Fargate without a size, or of one that Fargate does not have."""
    if "FARGATE" not in (compatibilities or ()):
        return
    units, mebibytes = _amount("cpu", cpu), _amount("memory", memory)
    if mebibytes not in _SIZES.get(units, ()):
        raise EcsClientException(
            f"No Fargate configuration exists for given values: {units} CPU, {mebibytes} memory. "
            "See the Amazon ECS documentation for the valid values."
        )


def _amount(name: str, given: Any) -> int:
    """CPU units or MiB: ``512``, ``0.5 vCPU``, ``1GB``."""
    if not given:
        raise EcsClientException(f"Fargate requires that '{name}' be defined at the task level.")
    found = _AMOUNT.fullmatch(str(given).strip())
    if found is None or (found[2] or "").lower() not in ("", "vcpu" if name == "cpu" else "gb"):
        raise EcsClientException(f"Invalid '{name}' setting for task.")
    return int(float(found[1]) * (1024 if found[2] else 1))
