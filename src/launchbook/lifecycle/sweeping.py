"""The steps of a sweep, and the inventory that an apply begins with: what they know comes from the runs and states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from launchbook.act import Writer, digest_of
from launchbook.collect.engine import Asked
from launchbook.collect.reader import Reader, ReadFailed
from launchbook.errors import RunFailed
from launchbook.lifecycle import certificate
from launchbook.lifecycle.certificate import Certificate
from launchbook.lifecycle.confirm import approve_list
from launchbook.lifecycle.deletions import (
    Deletion,
    DeletionPlan,
    carry_out,
    load_plan,
    plan_deletions,
    save_plan,
    still_true,
)
from launchbook.lifecycle.earlier import State, keep_since, made_elsewhere, runs_elsewhere, since, states
from launchbook.lifecycle.elsewhere import said_of
from launchbook.lifecycle.home import write_json, write_text
from launchbook.lifecycle.inventory import LISTINGS, Thing, reads
from launchbook.lifecycle.inventory.before import inventory, keep_before, load_before, mark_done, needed
from launchbook.lifecycle.known import Known
from launchbook.lifecycle.lookup import LOOKUPS
from launchbook.lifecycle.made import Made, made, save_made
from launchbook.lifecycle.questions import ASKS
from launchbook.lifecycle.run import past_runs
from launchbook.lifecycle.steps import Left, Outcome, Step, Work
from launchbook.lifecycle.sweep import sweep


def take_before(work: Work) -> Outcome:
    """List what is there before the first apply; a later apply of the same platform keeps that list.

    What could not be listed then can't be told later, and the certificate will say so: nothing stops for it. None is
    taken where the platform was made from elsewhere: what stands may be its.
    """
    folder = work.home.state(work.target.key)
    kept = load_before(folder)
    if kept is not None and not needed(folder):
        return Outcome(note=f"taken {kept.at:%Y-%m-%d %H:%M} UTC")
    if kept is None and made(work):
        return Outcome(note="too late for one: there are things of this platform already")
    if said := _from_elsewhere(work, first=kept is None):
        return Outcome(note=said)
    known = known_of(work)

    def came_since(thing: Thing) -> bool:
        """Left, or made by AWS itself, after the last proof of absence: it goes by our name and was not there once."""
        return kept is not None and thing.key not in kept.keys and bool(known.named(thing))

    before = inventory(
        _reader(work), LISTINGS, [work.target.region], _asked(work), _progress(work), without=came_since
    )
    keep_before(folder, before)
    return Outcome(note=f"{len(before.keys)} things are there already")


def _from_elsewhere(work: Work, *, first: bool) -> str:
    """Why no inventory of what was "there before" can be taken now; empty where one can."""
    if not first:
        standing = [one for one in made_elsewhere(work) if one.resources or one.unread]
        return f"kept as it was: the state of {standing[0].root} is not empty" if standing else ""
    if found := made_elsewhere(work):
        keep_since(work, found)
        return f"too late for one: there is a state of {found[0].root} already ({found[0].said})"
    if work.platform.tags and said_of(work.platform, work.home, work.target):
        keep_since(work, [State("")])
        return "too late for one: things with the tags of this platform stand already"
    return ""


@dataclass
class Sweeping:
    """One sweep; ``found`` is the newest certificate, ``plan`` the deletions that were planned or carried out."""

    regions: Sequence[str] = ()
    write: Path | None = None
    apply: Path | None = None
    new_too: bool = False
    found: Certificate | None = None
    plan: DeletionPlan | None = None
    _approved: str = ""
    _todo: tuple[Deletion, ...] = ()

    def steps(self) -> list[Step]:
        """The steps, in order: ask; and on demand write a plan, or carry one out and ask again."""
        ask = Step("ask", "what is left", self._ask, always=True)
        if self.write is not None:
            return [ask, Step("plan", "how it could be deleted", self._plan, always=True)]
        if self.apply is None:
            return [ask]
        return [
            Step("read", "the approved list", self._read, always=True),
            Step("ask-before", "whether everything is as it was", self._compare, always=True),
            Step("approve", "a yes to it", self._approve, always=True),
            Step("delete", "exactly that list", self._delete, always=True),
            ask,
        ]

    def _ask(self, work: Work) -> Outcome:
        found = self.found = self._sweep(work)
        write_json(work.run.folder / "certificate.json", found.to_json())
        page = work.run.folder / "certificate.md"
        write_text(page, certificate.markdown(found))
        if found.proven_empty:
            mark_done(work.home.state(work.target.key), found.at)
        return Outcome(
            status="findings" if found.left else "done" if found.proven_empty else "unproven",
            note=f"{found.verdict}: {page}",
            gaps=found.gaps,
            left=tuple(
                Left(
                    type=one.type,
                    id=one.id,
                    region=one.region,
                    monthly_cost=None if one.cost.monthly is None else float(one.cost.monthly),
                    why="; ".join(one.why),
                )
                for one in found.left
            ),
            proven_empty=found.proven_empty,
        )

    def _sweep(self, work: Work) -> Certificate:
        here = list(states(work))
        for one in here:
            if one.complete:  # another home, or a destroy that was killed, may know of more than this one
                save_made(work, one.root, one.resources)
        known, held = with_states(known_of(work), here, made(work)), made(work)
        before = known.before.regions if known.before else ()
        touched = [*(one.region for one in held), *before, *self.regions]
        regions = [work.target.region, *sorted({one for one in touched if one} - {work.target.region})]
        found = sweep(_reader(work), known, regions, _asked(work), progress=_progress(work))
        gaps = (*found.gaps, *(one.gap(work.target.account) for one in here if one.unread))
        return replace(found, gaps=gaps, run=work.run.id, target=work.target.name)

    def _plan(self, work: Work) -> Outcome:
        if self.found is None or self.write is None:
            raise RunFailed("nothing was asked", hint="launchbook sweep")
        others = work.target.name == "local" or self.new_too
        try:
            self.plan = plan_deletions(self.found, _reader(work), others=others)
        except ReadFailed as failure:
            raise RunFailed("what a deletion takes is not known", str(failure), hint=failure.settle) from None
        save_plan(self.plan, self.write)
        out = f", {len(self.plan.left_out)} left out" if self.plan.left_out else ""
        count = len(self.plan.operations)
        return Outcome(note=f"{len(self.plan.items)} things, {count} operations{out}: {self.write}")

    def _read(self, _: Work) -> Outcome:
        if self.apply is None:
            raise RunFailed("no plan was named", hint="launchbook sweep --apply FILE")
        self.plan = load_plan(self.apply)
        self._approved = digest_of(self.plan.operations)
        return Outcome(note=f"{len(self.plan.items)} things, digest {self.plan.digest[:16]}")

    def _compare(self, work: Work) -> Outcome:
        if self.plan is None:
            raise RunFailed("no plan was read", hint="launchbook sweep --apply FILE")
        try:
            self._todo = still_true(self.plan, self._sweep(work), _reader(work))
        except ReadFailed as failure:
            raise RunFailed("what is left is not known", str(failure), hint=failure.settle) from None
        return Outcome(note=f"{len(self._todo)} of {len(self.plan.items)} are still to be done")

    def _approve(self, work: Work) -> Outcome:
        if self.plan is None or not self._todo:
            return Outcome(note="there is nothing to do")
        lines = [f"{item.type} {item.id} ({'; '.join(item.why)})" for item in self._todo]
        lines += [f"  {operation}" for item in self._todo for operation in item.operations]
        lines += [
            f"  {item.type} {item.id} takes with it: {one}" for item in self._todo for one in item.takes
        ]
        approve_list(
            work, f"{len(self._todo)} things will be deleted (digest {self.plan.digest[:16]}):", lines
        )
        return Outcome(note=self.plan.digest)

    def _delete(self, work: Work) -> Outcome:
        if self.plan is None or not self._todo:
            return Outcome(note="there was nothing to do")

        def done(item: Deletion, wrong: str) -> None:
            work.run.record({"event": "deleted", "thing": item.key, "wrong": wrong})

        writer = Writer(work.target.reader_target(), self.plan.operations, self._approved)
        failed = carry_out(writer, self._todo, work.say, done, note=work.show.note)
        for one in failed:
            work.show.note(f"not deleted: {one}")
        return Outcome(note=f"{len(self._todo) - len(failed)} of {len(self._todo)} deleted")


def known_of(work: Work) -> Known:
    """What this home knows of the platform on this target."""
    runs = [past for past in past_runs(work.home) if past.start.get("key") == work.target.key]
    applies = [past for past in runs if past.start["kind"] == "apply" and past.carried_out]
    first = min((datetime.fromisoformat(str(past.start["at"])) for past in applies), default=None)
    held = made(work)
    ids = {str(past.start["id"]) for past in runs} | {run for one in held for run in one.runs}
    ids |= runs_elsewhere(work)
    before = load_before(work.home.state(work.target.key))
    return Known(
        platform=work.platform.name,
        tags=work.platform.tags,
        run_tag=work.platform.run_tag,
        runs=frozenset(ids),
        names=work.platform.names,
        saved=held,
        before=before if applies or held else None,  # nothing came after it yet
        since=since(work, first),
    )


def with_states(known: Known, states: Iterable[State], held: Sequence[Made]) -> Known:
    """With what the states hold now, as it was saved."""
    standing: dict[str, Sequence[Made]] = {}
    holders: dict[str, str] = {}
    backends: dict[str, str] = {}
    for state in states:
        lies = state.backend
        here = {f"aws_s3_bucket {lies.bucket}", f"aws_dynamodb_table {lies.table}"} if lies else set()
        backends |= dict.fromkeys(here, state.root)
        now = {(one.type, one.id) for one in state.resources}
        if now:
            standing[state.root] = [
                one for one in held if one.root == state.root and (one.type, one.id) in now
            ]
            holders |= dict.fromkeys(here, state.root)
    return replace(known, standing=standing, holders=holders, backends=backends)


def _reader(work: Work) -> Reader:
    return Reader(work.target.reader_target(), [*reads(LISTINGS), *ASKS, *LOOKUPS])


def _asked(work: Work) -> Asked:
    return Asked(work.target.account, "emulated" if work.target.endpoint else "live", datetime.now(UTC))


def _progress(work: Work) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        work.say(f"{done} of {total} lists")

    return progress
