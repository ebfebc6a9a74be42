"""Release: one image under the commit's SHA and the stable tag, migrations, a rollout, and its checks.

The stable tag moves to the digest that the commit's tag names, so that both are one image by construction and the task
definitions stay as they are: the next plan has no changes. A release that fails puts the tag back and rolls out again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from launchbook.checklist import load
from launchbook.errors import RunFailed, UsageError
from launchbook.lifecycle.asking import Aws, needed
from launchbook.lifecycle.causes import last_lines, stopped_of
from launchbook.lifecycle.ecs import run_one_off
from launchbook.lifecycle.elsewhere import require_state
from launchbook.lifecycle.images import commit_of
from launchbook.lifecycle.platform import OneOff
from launchbook.lifecycle.registry import point, tagged
from launchbook.lifecycle.release_images import push
from launchbook.lifecycle.release_state import HINT, Release
from launchbook.lifecycle.rollback import roll_back
from launchbook.lifecycle.rollout import Ended, force, wait
from launchbook.lifecycle.running import released_everywhere
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.verdicts import worst
from launchbook.lifecycle.verify import CHECKLIST, Verification, health_steps, line_steps
from launchbook.model import Finding, Status

#: Seconds for a rollout, unless --timeout says otherwise.
TIMEOUT = 900.0
_SHA = re.compile(r"[0-9a-f]{7,40}")
#: Lines of the checklist that a release is held to.
_LINES = ("services", "load-balancer", "release")
#: Checks that can only guess what the stable tag is called: a release knows.
_OWN = ("image-stable-tag",)


def release_steps(work: Work, commit: str = "", timeout: float = TIMEOUT) -> list[Step]:
    """The steps. Raises UsageError for a platform without images or services, or a commit that is none."""
    platform = work.platform
    if not platform.images or not platform.services:
        raise UsageError(
            "nothing can be released", "launchbook.toml has no [[platform.image]] or no [[platform.service]]",
            hint="docs/reference/settings.md",
        )  # fmt: skip
    released = commit_to_release(work, commit)
    require_state(work)
    state = Release(work, Aws(work.target), released, timeout)
    verification = Verification(work, state.aws)
    lines = [
        replace(line, checks=tuple(one for one in line.checks if one not in _OWN))
        for line in load(CHECKLIST).lines
        if line.id in _LINES
    ]
    return [
        Step("image", f"the image of {state.commit[:12]}", _with(state, _image), always=True),
        Step(
            "stable",
            "the stable tag on the same digest",
            _with(state, _remembered(_or_back(_stable, begun=False))),
            always=True,
        ),
        *(
            Step(task.name, f"the task {task.name}", _with(state, _task(task)), always=True)
            for task in platform.tasks
        ),
        Step(
            "rollout",
            f"rolling out {len(platform.services)} services",
            _with(state, _or_back(_rollout, begun=True)),
            always=True,
        ),
        *line_steps(verification, lines),
        Step("digest", "what runs is what was released", _with(state, _digest), always=True),
        *health_steps(verification),
    ]


def commit_to_release(work: Work, commit: str) -> str:
    """The commit's SHA: the one given, else the one that the platform's folder stands at. Raises UsageError."""
    found = commit or commit_of(work.platform.folder)
    if not _SHA.fullmatch(found):
        why = f"{found!r} is no commit's SHA" if found else f"{work.platform.folder} is in no repository"
        raise UsageError(
            "no commit to release", why, hint="launchbook release --commit $(git rev-parse HEAD)"
        )
    return found


def _with(state: Release, do: Callable[[Release], Outcome]) -> Callable[[Work], Outcome]:
    return lambda _: do(state)


def _image(state: Release) -> Outcome:
    """One image a source, under the commit's tag in each repository that takes it: nobody runs it yet."""
    note = push(state.work, state.aws, state.commit)
    with needed(HINT):
        found = {name: tagged(state.aws, name, state.commit) for name in state.repositories}
    missing = [name for name, one in found.items() if one is None]
    if missing:
        raise RunFailed(
            "the image was not pushed", f"{', '.join(missing)} has no tag {state.commit}",
            hint="push it under the commit's SHA, then run the same command again",
        )  # fmt: skip
    state.digests = {name: one.digest for name, one in found.items() if one is not None}
    return Outcome(note=note)


def _remembered(do: Callable[[Release], Outcome]) -> Callable[[Release], Outcome]:
    """The step that changes something first: what was stable is kept before it begins."""

    def remembering(state: Release) -> Outcome:
        state.remember()
        return do(state)

    return remembering


def _stable(state: Release) -> Outcome:
    moved = []
    for name, stable in state.repositories.items():
        if state.previous.get(name) != state.digests[name]:
            moved.append(f"{name}:{stable}")
        point(state.aws, name, stable, state.digests[name])
    digests = ", ".join(sorted({one[:19] for one in state.digests.values()}))
    return Outcome(note=f"{digests} " + (f"is now {', '.join(moved)}" if moved else "was it before"))


def _task(task: OneOff) -> Callable[[Release], Outcome]:
    def do(state: Release) -> Outcome:
        ended = run_one_off(state.work, task)
        if ended.exit_code == 0:
            return Outcome(note=f"exit code 0 ({ended.reason})")
        cluster = state.work.outputs().text(task.cluster)
        with needed(HINT):
            lines = last_lines(state.aws, stopped_of(state.aws, cluster, ended.arn))
        said = f"; it wrote last: {lines[-1]}" if lines else ""
        code = f"exit code {ended.exit_code}" if ended.exit_code is not None else "it never ran"
        finding = Finding(
            check="task-ended-well", status="FAIL", severity="critical", subject=task.name,
            why=f"{code}: {ended.reason}{said}", fix="Correct what it says, and release again.",
            evidence=(
                state.aws.evidence("ecs", "describe_tasks", {"exitCode": ended.exit_code, "reason": ended.reason}),
                state.aws.evidence("logs", "get_log_events", list(lines)),
            ),
        )  # fmt: skip
        raise roll_back(state, [finding], begun=False)

    return _or_back(do, begun=False)


def _rollout(state: Release) -> Outcome:
    begun = force(state.aws, state.services)
    ended = wait(state.aws, begun, state.work.say, state.timeout)
    findings = [_of_rollout(one) for one in ended]
    if worst(findings) != "done":
        raise roll_back(state, findings, begun=True)
    state.forget()
    return Outcome(
        findings=tuple(findings), note="; ".join(f"{one.deployment.service}: {one.why}" for one in ended)
    )


def _of_rollout(ended: Ended) -> Finding:
    cause = ended.cause
    status: Status = "PASS" if ended.well else "FAIL" if ended.known else "UNKNOWN"
    why = ended.why if cause is None else f"{cause.text} ({ended.why})"
    return Finding(
        check="rollout-completed", status=status, severity="critical",
        subject=ended.deployment.service, why=why, evidence=ended.evidence,
        fix="Correct what the first cause says, and release again." if status == "FAIL" else "",
    )  # fmt: skip


def _or_back(do: Callable[[Release], Outcome], *, begun: bool) -> Callable[[Release], Outcome]:
    """A step after which an error leaves nothing of the release behind: what it could not do is its cause."""

    def tried(state: Release) -> Outcome:
        try:
            return do(state)
        except RunFailed as error:
            if error.exit_code == 1:
                raise
            finding = Finding(
                check="release-step", status="FAIL", severity="critical", subject=error.what,
                why=error.why or str(error),
            )  # fmt: skip
            raise roll_back(state, [finding], begun=begun) from None

    return tried


def _digest(state: Release) -> Outcome:
    findings = released_everywhere(state.aws, state.repositories, state.digests, state.services, state.commit)
    return Outcome(status=worst(findings), findings=tuple(findings), note=f"{len(findings)} looked at")
