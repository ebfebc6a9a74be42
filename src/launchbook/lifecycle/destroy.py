"""Destroy: the roots in reverse, nothing that is not provably the platform's own, and its state bucket emptied last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from launchbook.errors import LaunchbookError, RunFailed
from launchbook.lifecycle.confirm import approve_list, right_account
from launchbook.lifecycle.doctor import preflight
from launchbook.lifecycle.lost import lost_states
from launchbook.lifecycle.made import made, save_after_failure, save_state
from launchbook.lifecycle.platform import Platform, Root
from launchbook.lifecycle.proposal import Proposal
from launchbook.lifecycle.release_state import forget_release
from launchbook.lifecycle.state_bucket import (
    Backend,
    backend_of,
    contents,
    empty,
    forget_digests,
    has_bucket,
    own_keys_alone,
)
from launchbook.lifecycle.state_file import Resource
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.terraform import Terraform
from launchbook.lifecycle.variables import forget_run_tag


class Destroy:
    """One destroy; what its first look finds is used by the steps that follow, and looked up again on resume."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._proposals: dict[str, Proposal] = {}
        #: Whether it came to its end: what is still open then, another destroy would not settle.
        self.ended = False

    def steps(self) -> list[Step]:
        """The steps, in order."""
        roots = reversed(self._platform.roots)
        return [
            Step("preflight", "what the run needs", self._preflight, always=True),
            Step("saved", "what is in the states, saved", self._save, always=True),
            Step("approved", "only what is its own, and a yes to it", self._approve, always=True),
            *(Step(root.name, f"terraform destroy {root.name}", self._root(root)) for root in roots),
            Step("states-empty", "nothing is left in any state", self._empty, always=True),
        ]

    def _preflight(self, work: Work) -> Outcome:
        """While the rest is looked at, Terraform plans; what that lacks is said in the step that needs the plan."""
        right_account(work)
        with suppress(LaunchbookError):
            self._propose(work)
        return preflight(work)

    def _propose(self, work: Work) -> None:
        for root in reversed(_with_state(work)):
            if root.name not in self._proposals:
                self._proposals[root.name] = Terraform(root, work).propose(destroy=True)

    def _save(self, work: Work) -> Outcome:
        counts = [f"{root.name} {save_state(Terraform(root, work))}" for root in _with_state(work)]
        return Outcome(note=", ".join(counts) or "nothing")

    def _approve(self, work: Work) -> Outcome:
        things, foreign, versions = [], [], []
        roots = list(reversed(_with_state(work)))
        for root in roots:
            for backend in _own_backends(work, root):
                own_keys_alone(work, backend.bucket, list(_own_backends(work, root)))
        self._propose(work)
        for root in roots:
            deleted = [address for address, _ in self._proposals[root.name].shown().changed()]
            terraform = Terraform(root, work)
            held = {one.address: one for one in terraform.resources()}
            foreign += list(not_its_own(self._platform, deleted, held))
            things += [held[address] for address in deleted if address in held]
            versions += list(_buckets(work, root))
        if foreign:
            raise RunFailed(
                f"{len(foreign)} of what would be deleted is not this platform's", "; ".join(foreign[:5]),
                hint=f"give it the platform's tags, or: terraform -chdir={terraform.folder} state rm ADDRESS",
            )  # fmt: skip
        if things:
            approve_list(work, f"{len(things)} things will be deleted:", [*listed(things), *versions])
        return Outcome(note="; ".join([f"{len(things)} to delete", *versions]))

    def _root(self, root: Root) -> Callable[[Work], Outcome]:
        def do(work: Work) -> Outcome:
            proposal = self._proposals.pop(root.name, None)
            if proposal is None:  # it had no state when the list was approved
                return Outcome(note="there is nothing")
            terraform, shown = Terraform(root, work), proposal.shown()
            emptied = _empty_own(work, root)
            if shown.changes:
                work.show.note(f"{root.name}: {shown.summary}")
                try:
                    proposal.accept()
                except BaseException:
                    save_after_failure(terraform)
                    raise
            save_state(terraform)
            return Outcome(note="; ".join(filter(None, (emptied, shown.counts))))

        return do

    def _empty(self, work: Work) -> Outcome:
        outcome = self._emptied(work)
        self.ended = True
        return outcome

    def _emptied(self, work: Work) -> Outcome:
        left = [
            f"{one.address} ({one.id})"
            for root in _with_state(work)
            for one in Terraform(root, work).resources()
        ]
        if left:
            raise RunFailed("the states are not empty", "; ".join(left[:10]), hint="launchbook destroy")
        gone = [root for root in self._platform.roots if root not in _with_state(work)]
        for root in self._platform.roots:
            work.save_outputs(root.name, None)
        forget_run_tag(work)
        forget_release(work)
        lost = tuple(lost_states(work, gone))
        if lost:
            return Outcome(status="findings", findings=lost, note="a state is gone")
        seen = {one.root for one in made(work)}
        unseen = [root.name for root in self._platform.roots if root.name not in seen]
        if unseen:
            from launchbook.lifecycle.elsewhere import nothing_of  # a fifth of a second that nobody else pays

            return nothing_of(work, unseen)
        return Outcome(note="all of them")


def listed(things: Iterable[Resource]) -> list[str]:
    """What would be deleted, a line each; with its region where there is more than one."""
    rows = [(one, one.arn.split(":")[3] if one.arn.count(":") > 3 else "") for one in things]
    several = len({region for _, region in rows if region}) > 1
    return [f"{one.type:<36} {one.id}{f'  ({region})' if several and region else ''}" for one, region in rows]


def not_its_own(platform: Platform, deleted: Iterable[str], held: Mapping[str, Resource]) -> Iterator[str]:
    """What would be deleted (addresses) that is not in the state, or carries tags without the platform's.

    What can't be tagged is its own because the state has it.
    """
    for address in deleted:
        tags = held[address].attributes.get("tags_all") if address in held else None
        if address not in held:
            yield f"{address} is not in the state"
        elif isinstance(tags, dict):
            wrong = [name for name, value in platform.tags.items() if tags.get(name) != value]
            if wrong:
                yield f"{address} ({held[address].id}) lacks the tag {', '.join(wrong)}"


def _with_state(work: Work) -> list[Root]:
    """The roots that can have a state: a remote one is gone when the root that makes its bucket has none."""
    found: list[Root] = []
    for root in work.platform.roots:
        if not root.backend or has_bucket(Terraform(root, work)):
            found.append(root)
    return found


def _buckets(work: Work, root: Root) -> Iterator[str]:
    """What will be emptied with a root, in words."""
    for backend in _own_backends(work, root):
        found = contents(work, backend.bucket)
        if found:
            yield f"{len(found)} object versions and delete markers of the bucket {backend.bucket}"


def _own_backends(work: Work, root: Root) -> Iterator[Backend]:
    """The backends of other roots whose bucket this root's state holds: the only buckets that are ever emptied."""
    backends = [backend_of(Terraform(one, work)) for one in work.platform.roots if one.backend]
    if not any(backends):
        return
    ids = {one.id for one in Terraform(root, work).resources() if one.type == "aws_s3_bucket"}
    yield from (one for one in backends if one is not None and one.bucket in ids)


def _empty_own(work: Work, root: Root) -> str:
    backends = list(_own_backends(work, root))
    said = []
    for bucket in dict.fromkeys(one.bucket for one in backends):
        ours = [one for one in backends if one.bucket == bucket]
        forget_digests(work, ours)  # first: a checksum without its object would refuse the next look
        said.append(f"{empty(work, bucket, ours)} versions of {bucket} removed")
    return "; ".join(said)
