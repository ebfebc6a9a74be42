"""Apply: each root in order, with what the services need in between, then a second plan that must be empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from launchbook.errors import RunFailed
from launchbook.lifecycle.confirm import approve_plan
from launchbook.lifecycle.doctor import preflight
from launchbook.lifecycle.ecs import run_one_off, wait_steady
from launchbook.lifecycle.images import commit_of, missing_images, not_pushed, push_local
from launchbook.lifecycle.made import save_after_failure, save_state
from launchbook.lifecycle.platform import OneOff, Platform, Root
from launchbook.lifecycle.proposal import Proposal
from launchbook.lifecycle.run import CARRIES_OUT
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.terraform import Terraform
from launchbook.model import Evidence, Finding, Level


class Apply:
    """One apply. While it looks at what is there already, Terraform plans the first root."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._ahead: dict[str, Proposal] = {}

    def steps(self) -> list[Step]:
        """The steps, in order: roots, and before the last one that names ``first`` the images."""
        platform = self._platform
        steps = [
            Step("preflight", "what the run needs", self._preflight, always=True),
            Step("before", "what is there already", self._before),
        ]
        with_first = [root for root in platform.roots if root.first]
        for root in platform.roots:
            if root.first:
                first = Step(f"{root.name}-first", f"{root.name}: what the images need", self._first(root))
                steps.append(first)
            if platform.images and root in with_first[-1:]:
                steps.append(Step("images", "the first images", _images))
            steps.append(Step(root.name, f"terraform apply {root.name}", self._root(root)))
        steps += [Step(task.name, f"the task {task.name}", _task(task)) for task in platform.tasks]
        if platform.services:
            steps.append(Step("services", "services steady", _services))
        steps.append(Step("second-plan", "a second plan, which must be empty", _second_plan))
        return steps

    def _preflight(self, work: Work) -> Outcome:
        """A state that lies elsewhere is said before another platform of the same names is begun."""
        found = preflight(work)
        self._begin(work)
        from launchbook.lifecycle.elsewhere import said_for  # a fifth of a second, beside Terraform

        said = said_for(work)
        return replace(found, note=said) if said else found

    def _begin(self, work: Work) -> None:
        root = self._platform.roots[0]
        if not work.run.finished and not (root.first and _images_are_there(work)):
            with suppress(RunFailed):  # what fails here fails again, and is said, in its own step
                self._ahead[root.name] = Terraform(root, work).propose(target=root.first)

    def _before(self, work: Work) -> Outcome:
        from launchbook.lifecycle.sweeping import take_before  # another fifth

        return take_before(work)

    def _proposed(self, root: Root, work: Work, target: Sequence[str] = ()) -> str:
        """Carry out what was proposed ahead, else what is proposed now."""
        terraform = Terraform(root, work)
        ahead = self._ahead.pop(root.name, None)
        return _apply(terraform, terraform.propose(target=target) if ahead is None else ahead)

    def _root(self, root: Root) -> Callable[[Work], Outcome]:
        def do(work: Work) -> Outcome:
            return Outcome(note=self._proposed(root, work))

        return do

    def _first(self, root: Root) -> Callable[[Work], Outcome]:
        def do(work: Work) -> Outcome:
            if _images_are_there(work):
                return Outcome(note="the images are there")
            return Outcome(note=self._proposed(root, work, root.first))

        return do


def _apply(terraform: Terraform, proposal: Proposal) -> str:
    """Show the plan, carry it out after a yes, and keep what was made; what it came to, in words."""
    shown = proposal.shown()
    if shown.changes:
        approve_plan(terraform.work, terraform.root.name, shown)
        terraform.work.run.record({"event": CARRIES_OUT, "root": terraform.root.name})
        try:
            proposal.accept()
        except BaseException:
            save_after_failure(terraform)
            raise
    count = save_state(terraform)
    return f"{shown.counts if shown.changes else 'no changes'}; {count} resources"


def _images_are_there(work: Work) -> bool:
    """Whether an earlier apply has brought the images; unknown outputs mean that none has."""
    try:
        return not missing_images(work)
    except RunFailed:
        return False


def _images(work: Work) -> Outcome:
    missing = missing_images(work)
    if not missing:
        return Outcome(note="they are there already")
    if work.target.name == "aws":
        raise not_pushed(work, missing)
    pushed = push_local(work, missing, commit_of(work.platform.folder))
    return Outcome(note=", ".join(pushed))


def _task(task: OneOff) -> Callable[[Work], Outcome]:
    def do(work: Work) -> Outcome:
        ended = run_one_off(work, task)
        if ended.exit_code != 0:
            raise RunFailed(
                f"the task {task.name} failed",
                f"exit code {ended.exit_code}: {ended.reason}" if ended.exit_code is not None else ended.reason,
                hint=f"aws ecs describe-tasks --cluster {work.outputs().text(task.cluster)} --tasks {ended.arn}",
            )  # fmt: skip
        return Outcome(note="exit code 0")

    return do


def _services(work: Work) -> Outcome:
    return Outcome(note=wait_steady(work, work.platform.services))


def _second_plan(work: Work) -> Outcome:
    """Terraform asked again for every root: whatever it would still change is a finding."""
    findings = []
    plans = [(root, Terraform(root, work).planning()) for root in work.platform.roots]
    for root, planning in plans:
        plan = planning.plan()
        changes = [f"{address} ({actions})" for address, actions in plan.changed()] if plan.changes else []
        level: Level = "emulated" if work.target.endpoint else "live"
        findings.append(
            Finding(
                check="second-plan-empty", severity="high", subject=root.name,
                status="FAIL" if plan.changes else "PASS",
                why=f"a plan right after apply changes {', '.join(changes) or 'outputs'}" if plan.changes else
                "a plan right after apply changes nothing",
                evidence=(Evidence(f"terraform plan {root.name}", level, changes or plan.summary),),
                fix="Make the configuration say what AWS answers, or ignore that attribute." if changes else "",
            )
        )  # fmt: skip
    failed = any(one.status == "FAIL" for one in findings)
    note = "changes" if failed else "no changes"
    return Outcome(status="findings" if failed else "done", findings=tuple(findings), note=note)
