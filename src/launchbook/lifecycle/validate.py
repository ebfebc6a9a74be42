"""Validate: a request at the platform's door, followed to its end; then a burst, and the backlog that falls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from launchbook.collect.keep import pick
from launchbook.errors import UsageError
from launchbook.lifecycle.asking import Aws, Unanswered
from launchbook.lifecycle.backlog import judge_burst
from launchbook.lifecycle.door import Answer, ask
from launchbook.lifecycle.elsewhere import require_state
from launchbook.lifecycle.expected import services_of
from launchbook.lifecycle.platform import Outputs, Platform
from launchbook.lifecycle.probe import Probe, Proof, filled
from launchbook.lifecycle.proofs import Look, Seen, judge
from launchbook.lifecycle.states import explain
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.verdicts import worst
from launchbook.lifecycle.watching import Watch, look, query
from launchbook.model import Evidence, Finding

#: Requests of a burst that are on their way at the same time.
AT_ONCE = 8
#: Seconds after which a service that should run nothing is not waited for.
_PATIENCE = 3.0


@dataclass
class Validation:
    """What the steps of one validation tell each other."""

    work: Work
    probe: Probe
    aws: Aws
    outputs: Outputs
    correlation: str = ""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    answer: Answer | None = None
    before: Look | None = None
    dead: int | None = None
    unread: dict[str, str] = field(default_factory=dict)
    taken: bool = False
    proven: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """What names the thing that was made; empty when the request was not taken."""
        return _id_of(self.answer, self.probe) if self.answer else ()


def validate_steps(work: Work) -> list[Step]:
    """The steps. Raises UsageError for a platform that describes no probe."""
    platform: Platform = work.platform
    if platform.probe is None:
        raise UsageError(
            "nothing can be validated", "launchbook.toml has no [platform.probe]",
            hint="docs/reference/settings.md says what it is made of",
        )  # fmt: skip
    require_state(work)
    outputs = work.outputs()
    probe = filled(platform.probe, outputs)
    state = Validation(work, probe, Aws(work.target), outputs)
    request = probe.request
    steps = [
        Step(
            "request",
            f"{request.method} {request.url}",
            _with(state, _request),
            always=True,
        ),
        Step("proofs", f"{len(probe.proofs)} proofs", _with(state, _proofs), always=True),
    ]
    if probe.burst is not None:
        title = f"{probe.burst.count} requests at once"
        steps.append(Step("backlog", title, _with(state, _backlog), always=True))
    return steps


def _with(state: Validation, do: Callable[[Validation], Outcome]) -> Callable[[Work], Outcome]:
    return lambda _: do(state)


def _request(state: Validation) -> Outcome:
    probe, aws = state.probe, state.aws
    state.correlation = f"launchbook-{uuid4()}"
    state.begun = datetime.now(UTC)
    try:
        state.before = look(aws, probe.queue) if probe.queue else None
        state.dead = _dead(state)
    except Unanswered as failure:
        state.unread["queue"] = str(failure)
    state.answer = answer = _send(state, state.correlation)
    state.taken = taken = answer.status == probe.request.status and bool(state.ids or not probe.id)
    why = answer.said
    finding = Finding(
        check="request-taken",
        status="PASS" if taken else "FAIL",
        severity="critical",
        subject=probe.request.url,
        why=f"{_moment(state.begun)}: {why}" + ("" if taken else f", not {probe.request.status}"),
        evidence=(Evidence(f"HTTP {state.begun:%Y-%m-%dT%H:%M:%SZ}", aws.level, answer.status),),
        fix="" if taken else "Read the first cause.",
    )
    if taken:
        return Outcome(findings=(finding,), note=why)
    return Outcome(status="findings", findings=(_explained(state, finding, None),), note=why)


def _send(state: Validation, correlation: str) -> Answer:
    request, probe = state.probe.request, state.probe
    headers = dict(request.headers) | ({probe.correlation: correlation} if probe.correlation else {})
    emulated = state.work.target.endpoint is not None
    return ask(request.method, request.url, body=request.body, headers=headers, emulated=emulated)


def _id_of(answer: Answer, probe: Probe) -> tuple[str, ...]:
    found = pick(answer.body, probe.id) if probe.id and answer.status == probe.request.status else None
    return (str(found),) if found is not None else ()


def _proofs(state: Validation) -> Outcome:
    if not state.taken:
        why = "the request was not taken"
        return _outcome([_not_tried(proof, why) for proof in state.probe.proofs])
    with _watching(state, state.before) as watch:
        rows, unread = _rows(state, state.ids, watch, lambda: watch.settled)
    seen = _seen(state, watch, state.ids, rows, unread)
    outcome = _outcome(_first_explained(state, judge(state.probe, seen)))
    state.proven = outcome.status == "done"
    return outcome


def _backlog(state: Validation) -> Outcome:
    burst = state.probe.burst
    assert burst is not None  # noqa: S101 - the step exists only with one
    if not state.proven:  # more of what does not work would only be left in the queue
        return _outcome(
            [_not_tried(Proof(name="backlog", title=burst.title), "one request is not through yet")]
        )
    with _watching(state, None, lines=False) as watch:
        started = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda _: _send(state, f"launchbook-{uuid4()}"), range(burst.count)))
        sending = time.monotonic() - started
        ids = tuple(name for answer in answers for name in _id_of(answer, state.probe))
        rows, unread = _rows(state, ids, watch, lambda: watch.fell)
    seen = _seen(state, watch, ids, rows, unread)
    finding = judge_burst(state.probe, seen, burst.count, sending)
    return _outcome(_first_explained(state, [finding]))


@contextmanager
def _watching(state: Validation, before: Look | None, *, lines: bool = True) -> Iterator[Watch]:
    watch = Watch(state.aws, state.probe, state.correlation if lines else "", state.begun)
    if before is not None:
        watch.looks.append(before)
    with watch:
        yield watch


def _rows(
    state: Validation, ids: tuple[str, ...], watch: Watch, settled: Callable[[], bool]
) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """What the query shows of these ids, once all is settled or nothing more is to be waited for."""
    started, within = time.monotonic(), _within(state)
    rows: list[Mapping[str, Any]] = []
    unread: dict[str, str] = {}
    wanted = state.probe.query
    if wanted is not None and wanted.waits:
        rows = _asked(state, ids, within, unread)
    while not settled() and (left := within - (time.monotonic() - started)) > 0:
        waiting = f"{watch.looks[-1].total} in the queue; " if watch.looks else ""
        state.work.say(f"{waiting}up to {left:.0f} s more")
        time.sleep(state.aws.pause)
    if wanted is not None and not wanted.waits:
        rows = _asked(state, ids, 0.0, unread)
    return rows, unread


def _asked(
    state: Validation, ids: tuple[str, ...], within: float, unread: dict[str, str]
) -> list[Mapping[str, Any]]:
    wanted = state.probe.query
    if wanted is None or not ids:
        return []
    task = next(one for one in state.work.platform.tasks if one.name == wanted.task)
    command: list[str] = []
    for argument in wanted.command:
        command += list(ids) if argument == "{id}" else [argument.replace("{wait}", f"{within:.0f}")]
    state.work.say("asking the platform from inside its network")
    try:
        return query(state.work, state.aws, task, wanted.container, command)
    except Unanswered as failure:
        unread["rows"] = str(failure)
        return []


def _within(state: Validation) -> float:
    """Seconds to wait: little where a service that a proof needs is told to run nothing."""
    for proof in state.probe.proofs:
        if proof.service:
            found = [
                one for one in state.work.platform.services if state.outputs.text(one.name) == proof.service
            ]
            if found and explain(state.aws, state.outputs.text(found[0].cluster), proof.service).idle:
                return _PATIENCE
    return float(state.probe.within)


def _seen(
    state: Validation,
    watch: Watch,
    ids: tuple[str, ...],
    rows: list[Mapping[str, Any]],
    unread: dict[str, str],
) -> Seen:
    dead = None
    try:
        after = _dead(state)
        dead = None if state.dead is None or after is None else (state.dead, after)
    except Unanswered as failure:
        unread["queue"] = str(failure)
    aws = state.aws
    sources = {
        "rows": aws.source("ecs:RunTask logs:GetLogEvents"),
        "lines": aws.source("logs:FilterLogEvents"),
        "queue": aws.source("sqs:GetQueueAttributes"),
        "door": aws.source("HTTP"),
    }
    return Seen(
        ids=ids, correlation=state.correlation, rows=tuple(rows), lines=dict(watch.lines), looks=tuple(watch.looks),
        dead=dead, unread=state.unread | watch.unread | unread, sources=sources, level=aws.level,
    )  # fmt: skip


def _dead(state: Validation) -> int | None:
    url = state.probe.dead_letters
    return look(state.aws, url).total if url else None


def _not_tried(proof: Proof, why: str) -> Finding:
    return Finding(
        check=f"proof-{proof.name}",
        status="UNKNOWN",
        severity="critical",
        subject=proof.title,
        why=f"not tried: {why}",
        settle="launchbook validate",
    )


def _first_explained(state: Validation, findings: list[Finding]) -> list[Finding]:
    """The findings, the first that fails with its first cause."""
    for number, finding in enumerate(findings):
        if finding.status == "FAIL":
            proof = next((one for one in state.probe.proofs if f"proof-{one.name}" == finding.check), None)
            return [*findings[:number], _explained(state, finding, proof), *findings[number + 1 :]]
    return findings


def _explained(state: Validation, finding: Finding, proof: Proof | None) -> Finding:
    """A failure with the first cause of whatever service is behind it; that it is well, where no service is not."""
    wanted = proof.service if proof is not None else ""
    found = [
        explain(state.aws, cluster, name)
        for cluster, name in services_of(state.work, state.outputs)
        if wanted in ("", name)
    ]
    sick = [one for one in found if not one.well]
    shown = sick or found
    if not shown:
        return finding
    said = f"{'first cause' if sick else 'its tasks run'}: {'; '.join(one.text for one in shown)}"
    evidence = tuple(each for one in shown for each in one.evidence)
    return replace(finding, why=f"{finding.why}; {said}", evidence=finding.evidence + evidence)


def _outcome(findings: list[Finding]) -> Outcome:
    good = sum(one.status == "PASS" for one in findings)
    note = f"{good} of {len(findings)}"
    missing = [one.subject for one in findings if one.status != "PASS"]
    if missing:
        note += f"; missing: {missing[0]}" + (f"; then {', '.join(missing[1:])}" if missing[1:] else "")
    return Outcome(status=worst(findings), findings=tuple(findings), note=note)


def _moment(at: datetime) -> str:
    return f"{at:%H:%M:%S.%f}"[:-3] + "Z"
