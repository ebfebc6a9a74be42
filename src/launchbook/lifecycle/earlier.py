"""The states of a platform as they lie where its roots say: what each holds now, and how old the platform may be.

They are read without Terraform, from the file or from S3. A remote state tells of a platform that was made from
somewhere else: what stands then was not there before this home's first apply, and that apply is not its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import RunFailed
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.made import held
from launchbook.lifecycle.platform import Outputs, Root, backend_text
from launchbook.lifecycle.staging import stage
from launchbook.lifecycle.state_bucket import GONE, Backend, parse_backend
from launchbook.lifecycle.state_file import Resource, outputs_of, resources_of, stored_state
from launchbook.lifecycle.steps import Work
from launchbook.model import Gap, Where

_FILE = "since.json"


@dataclass(frozen=True)
class State:
    """The state of one root: what it holds, where it lies (None: a file of this home, or unknown).

    ``versions`` counts those that a bucket keeps of it; ``since`` is the oldest moment it may be of; ``unread`` says
    why nothing is known of it. ``complete``: its resources were read, and not only remembered.
    """

    root: str
    resources: tuple[Resource, ...] = ()
    backend: Backend | None = None
    versions: int = 0
    since: datetime | None = None
    unread: str = ""
    complete: bool = True

    def gap(self, account: str) -> Gap:
        """That it could not be read."""
        where = Where(account=account, region=self.backend.region if self.backend else "")
        place = f" in s3://{self.backend.bucket}/{self.backend.key}" if self.backend else ""
        what = f"the state of {self.root}{place} could not be read: {self.unread}"
        return Gap(where=where, what=what, hint="allow s3:GetObject and s3:ListBucketVersions on that bucket")

    @property
    def said(self) -> str:
        """What is known of it, in words."""
        versions = f"{self.versions} version{'s' * (self.versions != 1)}"
        return self.unread or f"{versions} of it, {len(self.resources)} resources in it"


def states(work: Work) -> Iterator[State]:
    """The state of each root, in order; of one whose place nobody can tell yet, nothing is given."""
    saved = read_json(work.home.state(work.target.key) / "outputs.json") or {}
    outputs = {f"{root}.{name}": value for root, values in saved.items() for name, value in values.items()}

    def known() -> Outputs:
        return Outputs(outputs)

    for root in work.platform.roots:
        try:
            text = backend_text(root, known)
        except RunFailed:
            continue  # it takes the outputs of a root that was not applied
        backend = parse_backend(text, work.target.region)
        if backend is not None:
            found, stored = _remote(work, root, backend)
        elif text:
            found, stored = State(root.name, tuple(_last_seen(work, root)), complete=False), {}
        else:
            folder = stage(work.platform, root, work.home.state(work.target.key))
            stored = read_json(folder / "terraform.tfstate") or {}
            found = State(root.name, tuple(resources_of(stored, work.target.region)))
        outputs |= {f"{root.name}.{name}": value for name, value in outputs_of(stored).items()}
        yield found


def made_elsewhere(work: Work) -> list[State]:
    """The remote states that exist, or of which nobody can say whether they do."""
    return [one for one in states(work) if one.versions or one.unread]


def keep_since(work: Work, found: list[State]) -> None:
    """Remember how old the platform may be by its states, and which runs they name: a bucket goes with all of it."""
    known = None if any(one.since is None for one in found) else min(one.since for one in found if one.since)
    tag = work.platform.run_tag
    tags = [one.attributes.get("tags_all") or {} for state in found for one in state.resources]
    runs = sorted({str(one[tag]) for one in tags if tag in one})
    write_json(_path(work), {"at": known.isoformat() if known else None, "runs": runs})


def runs_elsewhere(work: Work) -> set[str]:
    """The runs of other homes that the states named."""
    return set((read_json(_path(work)) or {}).get("runs", ()))


def since(work: Work, first: datetime | None) -> datetime | None:
    """When the platform began: this home's ``first`` apply, or earlier by its states; None where nobody knows."""
    kept = read_json(_path(work))
    if kept is None:
        return first
    if kept["at"] is None:
        return None
    return min(filter(None, (datetime.fromisoformat(kept["at"]), first)))


def _path(work: Work) -> Path:
    return work.home.state(work.target.key) / _FILE


def _last_seen(work: Work, root: Root) -> Iterator[Resource]:
    """What a state held of which only Terraform knows where it lies."""
    for one in held(work).get(root.name, ()):
        yield Resource(one["type"], one["address"], one["address"], one["id"], "", work.target.region, {})


def _remote(work: Work, root: Root, backend: Backend) -> tuple[State, dict[str, Any]]:
    try:
        moments = sorted(_versions(work, backend))
        if not moments:
            return State(root.name, backend=backend), {}
        stored = stored_state(work.target, backend.bucket, backend.key, backend.region)
        created = list(_created(work, backend.bucket))
    except (ClientError, BotoCoreError, ValueError) as error:
        return State(root.name, backend=backend, unread=str(error)), {}
    began = (
        min(moments[0], *created) if created else None
    )  # versions expire: the oldest that is kept proves nothing
    resources = tuple(resources_of(stored, work.target.region))
    return State(root.name, resources, backend, len(moments), began), stored


def _versions(work: Work, backend: Backend) -> Iterator[datetime]:
    """When each version of a state was written, delete markers too."""
    client = work.target.client("s3", backend.region)
    pages = client.get_paginator("list_object_versions")
    try:
        for page in pages.paginate(Bucket=backend.bucket, Prefix=backend.key):
            for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if one["Key"] == backend.key:
                    yield one["LastModified"].astimezone(UTC)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise


def _created(work: Work, bucket: str) -> Iterator[datetime]:
    for one in work.target.client("s3").list_buckets()["Buckets"]:
        if one["Name"] == bucket:
            yield one["CreationDate"].astimezone(UTC)
