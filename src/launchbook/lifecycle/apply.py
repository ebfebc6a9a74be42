"""Apply: each root in order, with what the services need in between, then a second plan that must be empty."""

from __future__ import annotations

from collections.abc import Callable

from launchbook.errors import RunFailed
from launchbook.lifecycle.confirm import approve_plan
from launchbook.lifecycle.doctor import preflight
from launchbook.lifecycle.ecs import run_one_off, wait_steady
from launchbook.lifecycle.images import commit_of, missing_images, not_pushed, push_local
from launchbook.lifecycle.made import save_after_failure, save_state
from launchbook.lifecycle.platform import OneOff, Platform, Root
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.sweeping import take_before
from launchbook.lifecycle.terraform import Plan, Terraform
from launchbook.model import Evidence, Finding, Level


def apply_steps(platform: Platform) -> list[Step]:
    """The steps, in order: roots, and before the last one that names ``first`` the images."""
    steps = [
        Step("preflight", "what the run needs", preflight, always=True),
        Step("before", "what is there already", take_before),
    ]
    with_first = [root for root in platform.roots if root.first]
    for root in platform.roots:
        if root.first:
            steps.append(Step(f"{root.name}-first", f"{root.name}: what the images need", _first(root)))
        if platform.images and root in with_first[-1:]:
            steps.append(Step("images", "the first images", _images))
        steps.append(Step(root.name, f"terraform apply {root.name}", _root(root)))
    steps += [Step(task.name, f"the task {task.name}", _task(task)) for task in platform.tasks]
    if platform.services:
        steps.append(Step("services", "services steady", _services))
    steps.append(Step("second-plan", "a second plan, which must be empty", _second_plan))
    return steps


def _root(root: Root) -> Callable[[Work], Outcome]:
    def do(work: Work) -> Outcome:
        return Outcome(note=_apply(Terraform(root, work), ()))

    return do


def _first(root: Root) -> Callable[[Work], Outcome]:
    def do(work: Work) -> Outcome:
        if _images_are_there(work):
            return Outcome(note="the images are there")
        return Outcome(note=_apply(Terraform(root, work), root.first))

    return do


def _apply(terraform: Terraform, target: tuple[str, ...]) -> str:
    """Plan, show, apply, and keep what was made; what it came to, in words."""
    plan = terraform.plan(target=target)
    if plan.changes:
        approve_plan(terraform.work, terraform.root.name, plan)
        try:
            terraform.apply(plan)
        except BaseException:
            save_after_failure(terraform)
            raise
    count = save_state(terraform)
    return f"{_counts(plan)}; {count} resources" if plan.changes else f"no changes; {count} resources"


def _counts(plan: Plan) -> str:
    return plan.summary.removeprefix("Plan: ").rstrip(".")


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
    for root in work.platform.roots:
        plan = Terraform(root, work).plan()
        changes = [f"{address} ({actions})" for address, actions in plan.changed()] if plan.changes else []
        plan.file.unlink(missing_ok=True)
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
