"""The bucket that holds a remote state: what is in it, and emptying it when its platform goes.

A versioned bucket can't be deleted before every object version and delete marker is. Only a bucket that the platform's
own state holds is emptied, and only when every key in it is a state of this platform.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import RunFailed
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.terraform import Terraform

_SETTING = re.compile(r'^\s*(\w+)\s*=\s*"([^"]*)"', re.M)
#: What S3 answers where there is no such bucket.
GONE = ("NoSuchBucket", "404")


@dataclass(frozen=True)
class Backend:
    """Where a remote state is: bucket, key, region, and the lock table (empty when there is none)."""

    bucket: str
    key: str
    region: str
    table: str


@dataclass(frozen=True)
class Version:
    """One version of an object, or a delete marker."""

    key: str
    id: str


def backend_of(terraform: Terraform) -> Backend | None:
    """The S3 backend of a root; None for another kind, or while nothing says where it is."""
    try:
        text = terraform.backend()
    except RunFailed:
        return None
    return parse_backend(text, terraform.work.target.region)


def parse_backend(text: str, region: str) -> Backend | None:
    """The S3 backend that a backend file names, in ``region`` where it names none; None for another kind."""
    settings = dict(_SETTING.findall(text))
    if "bucket" not in settings or "key" not in settings:
        return None
    where = settings.get("region", region)
    return Backend(settings["bucket"], settings["key"], where, settings.get("dynamodb_table", ""))


def has_bucket(terraform: Terraform) -> bool:
    """Whether the bucket of a root's remote state exists; True for a backend that is no S3 bucket. Raises RunFailed."""
    try:
        terraform.backend()
    except RunFailed:
        return False  # it takes the outputs of a root that was not applied
    backend = backend_of(terraform)
    if backend is None:
        return True
    try:
        terraform.work.target.client("s3").head_bucket(Bucket=backend.bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return False
        raise _refused(backend.bucket, error) from None
    except BotoCoreError as error:
        raise _refused(backend.bucket, error) from None
    return True


def contents(work: Work, bucket: str) -> list[Version] | None:
    """Every version and delete marker in a bucket; None when there is no such bucket. Raises RunFailed."""
    pages = work.target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    try:
        return [
            Version(one["Key"], one["VersionId"])
            for page in pages
            for one in page.get("Versions", []) + page.get("DeleteMarkers", [])
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return None
        raise _refused(bucket, error) from None
    except BotoCoreError as error:
        raise _refused(bucket, error) from None


def own_keys_alone(work: Work, bucket: str, backends: Sequence[Backend]) -> list[Version]:
    """What is in the bucket. Raises RunFailed when some key is no state of these backends."""
    found = contents(work, bucket) or []
    own = {one.key for one in backends} | {f"{one.key}.tflock" for one in backends}
    others = sorted({one.key for one in found} - own)
    if others:
        raise RunFailed(
            f"the bucket {bucket} holds what is not this platform's", ", ".join(others[:5]),
            hint="move it elsewhere first: the bucket would be deleted with it",
        )  # fmt: skip
    return found


def empty(work: Work, bucket: str, backends: Sequence[Backend]) -> int:
    """Delete every version and delete marker; how many there were.

    Raises RunFailed, with nothing deleted, when the bucket holds a key that is no state of these backends.
    """
    found = own_keys_alone(work, bucket, backends)
    client = work.target.client("s3")
    try:
        for start in range(0, len(found), 1000):
            part: list[dict[str, Any]] = [
                {"Key": one.key, "VersionId": one.id} for one in found[start : start + 1000]
            ]
            work.say(f"{start} of {len(found)} versions deleted")
            said = client.delete_objects(Bucket=bucket, Delete={"Objects": part, "Quiet": True})
            for failed in said.get("Errors", [])[:1]:
                raise RunFailed(
                    f"the bucket {bucket} can't be emptied", f"{failed['Key']}: {failed['Message']}"
                )
    except (ClientError, BotoCoreError) as error:
        raise _refused(bucket, error) from None
    return len(found)


def forget_digests(work: Work, backends: Sequence[Backend]) -> None:
    """Delete the checksums that the lock table keeps of the states: without the object a new state would be refused."""
    for one in backends:
        if not one.table:
            continue
        key = {"LockID": {"S": f"{one.bucket}/{one.key}-md5"}}
        try:
            work.target.client("dynamodb").delete_item(TableName=one.table, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise RunFailed(f"the lock table {one.table} can't be cleared", str(error)) from None


def _refused(bucket: str, error: Exception) -> RunFailed:
    return RunFailed(f"the bucket {bucket} can't be read or emptied", str(error), hint="launchbook doctor")
