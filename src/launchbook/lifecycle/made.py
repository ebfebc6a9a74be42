"""What runs have made: everything that was ever in a state of this platform and target, kept after it is gone.

Written after each apply, also a failed one, and before each destroy, so that a later look for leftovers knows what to
ask for. Nothing but names, ids and places is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from launchbook.errors import LaunchbookError
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.parts import kept
from launchbook.lifecycle.state_file import Resource, outputs_of, resources_of
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.terraform import Terraform

_FILE = "made.json"
_HELD = "held.json"


@dataclass(frozen=True, kw_only=True)
class Made:
    """Something that was in a state: Terraform's type and address, AWS's id, and the runs that saw it.

    ``of`` are the attributes that parts.py keeps of its type: where it was.
    """

    type: str
    id: str
    arn: str
    name: str
    region: str
    root: str
    address: str
    first_seen: str
    runs: tuple[str, ...]
    of: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other: some ids are unique only within what they are a part of."""
        return (self.type, self.id, self.arn, *(f"{name}={self.of[name]}" for name in sorted(self.of)))


def made(work: Work) -> list[Made]:
    """Everything that any run of this platform and target ever had in state."""
    saved = read_json(work.home.state(work.target.key) / _FILE) or []
    return [Made(**{**one, "runs": tuple(one["runs"])}) for one in saved]


def save_made(work: Work, root: str, resources: Iterable[Resource]) -> None:
    """Add what a root's state holds now."""
    held = {one.key: one for one in made(work)}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for one in resources:
        found = Made(
            type=one.type, id=one.id, arn=one.arn, name=one.name, region=one.region, root=root,
            address=one.address, first_seen=now, runs=(work.run.id,), of=kept(one.type, one.attributes),
        )  # fmt: skip
        known = held.get(found.key)
        if known is None and one.id:
            held[found.key] = found
        elif known is not None and work.run.id not in known.runs:
            held[known.key] = replace(known, runs=(*known.runs, work.run.id))
    write_json(work.home.state(work.target.key) / _FILE, [asdict(one) for one in held.values()])


def save_state(terraform: Terraform) -> int:
    """Keep what a root's state says now: what was made, and the outputs. Returns the number of resources."""
    work, name = terraform.work, terraform.root.name
    state = terraform.state()
    resources = list(resources_of(state, work.target.region))
    save_made(work, name, resources)
    save_held(work, name, resources)
    work.save_outputs(name, outputs_of(state))
    return len(resources)


def held(work: Work) -> dict[str, list[dict[str, str]]]:
    """What each root held when its state was last seen: type, id and address of each resource."""
    return dict(read_json(work.home.state(work.target.key) / _HELD) or {})


def save_held(work: Work, root: str, resources: Iterable[Resource]) -> None:
    """What a root holds now, for a status without Terraform."""
    now = [{"type": one.type, "id": one.id, "address": one.address} for one in resources]
    write_json(work.home.state(work.target.key) / _HELD, held(work) | {root: now})


def save_after_failure(terraform: Terraform) -> None:
    """The same after an apply that failed or was interrupted; what is not known then, the next run finds."""
    show = terraform.work.show
    try:
        count = save_state(terraform)
        show.note(
            f"{terraform.root.name}: {count} resources are in its state now; the same command goes on from there"
        )
    except LaunchbookError as error:
        show.note(f"{terraform.root.name}: what was made so far could not be listed ({error.what})")
