"""Verify: what a runbook expects of a platform that was provisioned, on the same facts and checks as the audit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from launchbook.audit import in_scope
from launchbook.check import Check, evaluate
from launchbook.checklist import Line, load
from launchbook.checks import checks
from launchbook.collect import Reader, collectors
from launchbook.collect.engine import Asked, collect
from launchbook.lifecycle.asking import Aws
from launchbook.lifecycle.elsewhere import require_state
from launchbook.lifecycle.expected import backends, freshest, health, named, outputs_present
from launchbook.lifecycle.made import made
from launchbook.lifecycle.others import Others, others_of
from launchbook.lifecycle.platform import Outputs
from launchbook.lifecycle.states import with_cause
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.verdicts import worst
from launchbook.model import IN_FILES_ALONE, Fact, Facts, Finding, kinds

CHECKLIST = "platform"
#: Lines of the checklist that only a release makes true.
RELEASE_LINES = ("release",)


@dataclass
class Verification:
    """What the steps of one verification tell each other."""

    work: Work
    aws: Aws
    facts: Facts = field(default_factory=Facts)
    others: Others = field(default_factory=Others)

    @property
    def scope(self) -> Callable[[Fact], bool]:
        """Whether a fact goes by a name of the platform."""
        words = self.work.platform.names or (self.work.platform.name,)
        return in_scope([word.strip("/") for word in words])

    def outputs(self) -> Outputs:
        """The platform's outputs."""
        return self.work.outputs()


def verify_steps(work: Work) -> list[Step]:
    """The steps: outputs, a read of the account, a step for each line of the checklist, the platform's own answer."""
    require_state(work)
    state = Verification(work, Aws(work.target))
    lines = [line for line in load(CHECKLIST).lines if line.id not in RELEASE_LINES]
    return [
        Step("outputs", "Terraform outputs", _with(state, _outputs), always=True),
        *line_steps(state, lines),
        *health_steps(state),
    ]


def line_steps(state: Verification, lines: Sequence[Line]) -> list[Step]:
    """A read of the account, and a step for each line."""
    return [
        Step("account", "reading the account", _with(state, _read), always=True),
        *(Step(line.id, _short(line), _with(state, _line(line)), always=True) for line in lines),
    ]


def _short(line: Line) -> str:
    return re.split("[:,]", line.title, maxsplit=1)[0]


def health_steps(state: Verification) -> list[Step]:
    """The platform's own answer; nothing for one that names no health address."""
    if state.work.platform.health is None:
        return []
    url = state.outputs().text(state.work.platform.health.url)
    return [Step("health", f"GET {url}", _with(state, _health), always=True)]


def _with(state: Verification, do: Callable[[Verification], Outcome]) -> Callable[[Work], Outcome]:
    return lambda _: do(state)


def _outcome(findings: list[Finding], facts: Facts | None = None) -> Outcome:
    held = [one for one in findings if one.status != "NOT_APPLICABLE"]
    good = sum(one.status == "PASS" for one in held)
    return Outcome(
        status=worst(held),
        findings=tuple(held),
        note=f"{good} of {len(held)}",
        gaps=facts.gaps if facts else (),
    )


def _outputs(state: Verification) -> Outcome:
    return _outcome(outputs_present(state.work, state.aws))


def _read(state: Verification) -> Outcome:
    """Every fact that the audit would read of this region. A gap of another kind than is judged does no harm."""
    target, reads = state.work.target, list(collectors().values())
    reader = Reader(target.reader_target(), reads)
    asked = Asked(target.account, state.aws.level, datetime.now(UTC))
    found = collect(
        reader, reads, [target.region], asked,
        lambda done, total: state.work.say(f"{done} of {total} reads"),
    )  # fmt: skip
    found += backends(state.work, state.outputs())
    state.facts = freshest(state.aws, found, state.work, state.outputs())
    state.others = others_of(state.work, state.aws)
    aside = state.others.said(state.facts, state.scope)
    return Outcome(note=f"{len(found)} facts from {len(reads)} reads{f'; {aside}' if aside else ''}")


def _line(line: Line) -> Callable[[Verification], Outcome]:
    def do(state: Verification) -> Outcome:
        if _not_of_this_platform(state, line):
            return Outcome(note="this platform has none")
        return _outcome(judge_line(state, line))

    return do


def _not_of_this_platform(state: Verification, line: Line) -> bool:
    """Whether a platform was made here, root by root, without one thing of the kinds that a line is about."""
    platform, mine = state.work.platform, made(state.work)
    asked = {kind for name in line.checks for kind in kinds(checks()[name].of)}
    if {root.name for root in platform.roots} - {one.root for one in mine}:
        return False  # applied elsewhere, or not whole: what it has is not known here
    if "terraform_backend" in asked and any(root.backend for root in platform.roots):
        return False
    return not asked & {one.type for one in mine}


def judge_line(state: Verification, line: Line) -> list[Finding]:
    """The findings of a line: its checks on what belongs to the platform, and what the platform names itself.

    What only files could tell is the audit's. A line of which nothing holds is open: what it asks for was not seen.
    """
    known = checks()
    wanted = [known[name] for name in line.checks if not _of_files(known[name])]
    judged = state.others.judged(state.scope)
    found = evaluate(wanted, state.facts, today=datetime.now(UTC).date(), judged=judged)
    findings = [with_cause(state.aws, one, state.facts) for one in found if one.status != "NOT_APPLICABLE"]
    findings += named(line.id, state.work, state.facts, state.outputs())
    if not findings:
        findings.append(
            Finding(
                check=f"line-{line.id}",
                status="UNKNOWN",
                severity="high",
                subject=line.title,
                why="nothing of this platform was seen that it asks for",
                settle="name the platform's own names in [platform] names",
            )
        )
    return findings


def _of_files(check: Check) -> bool:
    return check.id != "backend-exists" and set(kinds(check.of)) <= {*IN_FILES_ALONE, "terraform_backend"}


def _health(state: Verification) -> Outcome:
    return _outcome([health(state.work, state.aws, state.outputs())])
