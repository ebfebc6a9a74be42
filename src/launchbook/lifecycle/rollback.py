"""Take a release back: the stable tag on what it was, a new deployment where one had begun, the cause said first."""

from __future__ import annotations

from launchbook.errors import LaunchbookError
from launchbook.lifecycle.registry import point
from launchbook.lifecycle.release_state import Release
from launchbook.lifecycle.rollout import force, wait
from launchbook.lifecycle.steps import Outcome, StepFailed
from launchbook.model import Finding


def roll_back(state: Release, findings: list[Finding], *, begun: bool) -> StepFailed:
    """Undo a release that failed for what ``findings`` say; the error to raise names the cause, then what was undone.

    ``begun``: services may run the new image already. What can't be undone is said.
    """
    failed = [one for one in findings if one.status == "FAIL"]
    cause = "; ".join(f"{one.subject}: {one.why}" for one in failed)
    try:
        undone = _undo(state, begun)
    except LaunchbookError as error:
        undone = f"it could not be rolled back: {error}"
    why = f"{cause}\n{undone[0].upper()}{undone[1:]}"
    return StepFailed(
        f"the release of {state.commit[:12]} failed", why,
        hint="correct the cause, commit it, and release again; launchbook verify says how the platform is",
        outcome=Outcome(status="findings", findings=tuple(findings), note=undone),
    )  # fmt: skip


def _undo(state: Release, begun: bool) -> str:
    back = {name: old for name, old in state.previous.items() if old and old != state.digests.get(name)}
    if not back:
        state.forget()
        return "there is nothing to roll back to: the stable tag was on no other image before"
    state.work.say("rolling back")
    for name, digest in back.items():
        point(state.aws, name, state.repositories[name], digest)
    tags = ", ".join(
        f"{name}:{state.repositories[name]} is {digest[:19]} again" for name, digest in back.items()
    )
    if not begun:
        state.forget()
        return f"rolled back: {tags}; no service was touched"
    ended = wait(state.aws, force(state.aws, state.services), state.work.say, state.timeout)
    state.forget()
    sick = [f"{one.deployment.service}: {one.why}" for one in ended if not one.well]
    if sick:
        return f"rolled back, but not every service is well: {tags}; {'; '.join(sick)}"
    return f"rolled back: {tags}; " + "; ".join(f"{one.deployment.service}: {one.why}" for one in ended)
