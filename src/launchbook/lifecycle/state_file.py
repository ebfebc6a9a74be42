"""A Terraform state as data: what it holds, read where it is kept, without a second of Terraform's own start."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.lifecycle.home import read_json
from launchbook.lifecycle.target import Target


@dataclass(frozen=True)
class Resource:
    """A managed resource in a state. ``arn`` is empty where it has none; ``region`` where its ARN names none."""

    type: str
    name: str
    address: str
    id: str
    arn: str
    region: str
    attributes: Mapping[str, Any] = field(repr=False)


def read_state(folder: Path, target: Target) -> dict[str, Any] | None:
    """The state of an initialised folder, empty when there is none yet; None where only Terraform can read it."""
    backend = (read_json(folder / ".terraform" / "terraform.tfstate") or {}).get("backend")
    if backend is None:
        found: dict[str, Any] = read_json(folder / "terraform.tfstate") or {}
        return found
    config = {name: value for name, value in backend.get("config", {}).items() if value}
    if backend.get("type") != "s3" or config.keys() - _PLAIN:
        return None
    try:
        return stored_state(target, config["bucket"], config["key"], str(config["region"]))
    except (ClientError, BotoCoreError, KeyError, ValueError):
        return None


def stored_state(target: Target, bucket: str, key: str, region: str) -> dict[str, Any]:
    """The state under a key of a bucket, empty when there is none. Raises botocore's errors, ValueError for no JSON."""
    try:
        said = target.client("s3", region).get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return {}
        raise
    stored: dict[str, Any] = json.loads(said["Body"].read())
    return stored


#: What an S3 backend may say and still be read by anybody with the bucket, its key and the run's own credentials.
_PLAIN = {"bucket", "key", "region", "dynamodb_table", "encrypt", "use_lockfile", "kms_key_id"}


def outputs_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs that a state holds, without the sensitive ones."""
    return {name: one["value"] for name, one in state.get("outputs", {}).items() if not one.get("sensitive")}


def resources_of(state: Mapping[str, Any], region: str) -> Iterator[Resource]:
    """The managed resources that a state holds; ``region`` is that of those whose ARN names none."""
    for block in state.get("resources", []):
        if block.get("mode") != "managed":
            continue
        for one in block.get("instances", []):
            attributes = one.get("attributes") or {}
            arn = str(attributes.get("arn") or "")
            key = one.get("index_key")
            suffix = "" if key is None else f"[{json.dumps(key)}]"
            module = f"{block['module']}." if block.get("module") else ""
            parts = arn.split(":")
            yield Resource(
                block["type"], str(attributes.get("name") or attributes.get("bucket") or block["name"]),
                f"{module}{block['type']}.{block['name']}{suffix}", str(attributes.get("id") or ""), arn,
                (parts[3] if len(parts) > 3 else "") or region, attributes,
            )  # fmt: skip
