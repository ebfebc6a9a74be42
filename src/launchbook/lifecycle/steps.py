"""Steps: what a command does, one after the other, each with its outcome in the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import LaunchbookError, RunFailed
from launchbook.lifecycle.failures import surprise
from launchbook.lifecycle.home import Home, read_json, write_json
from launchbook.lifecycle.platform import Outputs, Platform
from launchbook.lifecycle.run import FINISHED, Run
from launchbook.lifecycle.target import Target
from launchbook.model import Evidence, Finding, Gap, Where

Status = Literal["done", "findings", "unproven", "skipped", "failed", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class Left:
    """Something that should not be there any more. ``monthly_cost`` in US dollars, None without a known price."""

    type: str
    id: str
    region: str = ""
    monthly_cost: float | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a step came to. A step that did not get there raises a LaunchbookError instead."""

    status: Literal["done", "findings", "unproven"] = "done"
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    note: str = ""
    left: tuple[Left, ...] = ()
    proven_empty: bool | None = None


class StepFailed(RunFailed):
    """A step that failed and knows why: ``outcome`` has the findings. It is a finding, not something unknown."""

    exit_code = 1

    def __init__(self, what: str, why: str = "", *, hint: str = "", outcome: Outcome) -> None:
        super().__init__(what, why, hint=hint)
        self.outcome = outcome


@dataclass(frozen=True)
class StepResult:
    """A step as it ended: ``skipped`` ones carry what the journal has of them; ``failed`` ones their error."""

    name: str
    title: str
    status: Status
    seconds: float
    outcome: Outcome = field(default_factory=Outcome)
    error: LaunchbookError | None = None


class Show(Protocol):
    """Whoever shows the progress of a run."""

    def begin(self, name: str, title: str) -> None:
        """A step begins."""

    def say(self, text: str) -> None:
        """What is being waited for now: one line, replaced by the next."""

    def note(self, text: str) -> None:
        """A line that stays."""

    def ended(self, result: StepResult) -> None:
        """A step has ended."""

    def ask(self, question: str) -> bool | None:
        """Ask a person yes or no; None where nobody can answer."""

    def typed(self, question: str) -> str | None:
        """What a person types; None where nobody can."""


class Silent:
    """Shows nothing, and nobody answers."""

    def begin(self, name: str, title: str) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    def ended(self, result: StepResult) -> None:
        """Nothing."""

    def ask(self, question: str) -> bool | None:
        """Nobody answers."""
        return None

    def typed(self, question: str) -> str | None:
        """Nobody types."""
        return None


@dataclass
class Work:
    """All that a step needs. ``options`` are the command's own (``yes``, ``account``, …).

    ``ours`` are the processes that this run started and has not seen end; ``closing`` ends what must not outlive it.
    """

    platform: Platform
    target: Target
    run: Run
    home: Home
    options: Mapping[str, Any] = field(default_factory=dict)
    show: Show = field(default_factory=Silent)
    ours: set[int] = field(default_factory=set, repr=False)
    closing: ExitStack = field(default_factory=ExitStack, repr=False)

    def say(self, text: str) -> None:
        """What is being waited for now."""
        self.show.say(text)

    def outputs(self) -> Outputs:
        """The Terraform outputs of every root that was applied, as saved; asked of Terraform where nothing is saved."""
        saved = read_json(self.home.state(self.target.key) / "outputs.json")
        if saved is None:
            from launchbook.lifecycle.state_bucket import has_bucket
            from launchbook.lifecycle.terraform import Terraform

            for root in self.platform.roots:
                terraform = Terraform(root, self)
                if not root.backend or has_bucket(terraform):
                    self.save_outputs(root.name, terraform.outputs())
            saved = read_json(self.home.state(self.target.key) / "outputs.json") or {}
        return Outputs(
            {f"{root}.{name}": value for root, values in saved.items() for name, value in values.items()}
        )

    def save_outputs(self, root: str, values: Mapping[str, Any] | None) -> None:
        """Keep a root's outputs for the commands that follow; None forgets them."""
        path = self.home.state(self.target.key) / "outputs.json"
        saved = dict(read_json(path) or {})
        if values is None:
            saved.pop(root, None)
        else:
            saved[root] = dict(values)
        write_json(path, saved)


@dataclass(frozen=True)
class Step:
    """``do`` does it; an ``always`` step (a check, a look) is done again on resume."""

    name: str
    title: str
    do: Callable[[Work], Outcome]
    always: bool = False


def proceed(work: Work, steps: Sequence[Step]) -> list[StepResult]:
    """Do the steps in order, without those that the journal says are finished; stop at the first that fails.

    An interrupt is journaled, and is the last result then. The run ends (is not resumable any more) when every
    step has ended by itself, or one has failed for good (StepFailed).
    """
    results: list[StepResult] = []
    with work.closing:
        for step in steps:
            result = _finished_before(work, step) or _do(work, step)
            results.append(result)
            work.show.ended(result)
            if result.status in ("failed", "interrupted"):
                if isinstance(result.error, StepFailed):
                    work.run.end(result.error.exit_code)
                return results
        work.run.end(exit_code(results))
    return results


def exit_code(results: Sequence[StepResult]) -> int:
    """0 good, 1 findings, 2 and 3 as the failed step's error says, 3 unproven, 130 interrupted."""
    for result in results:
        if result.status == "interrupted":
            return 130
        if result.error is not None:
            return result.error.exit_code
    statuses = {result.outcome.status for result in results}
    return 1 if "findings" in statuses else 3 if "unproven" in statuses else 0


def _do(work: Work, step: Step) -> StepResult:
    work.show.begin(step.name, step.title)
    work.run.record({"event": "step", "name": step.name})
    started = time.monotonic()

    def ended(status: Status, outcome: Outcome, error: LaunchbookError | None = None) -> StepResult:
        seconds = round(time.monotonic() - started, 3)
        said = outcome_json(outcome) | ({"error": error.render()} if error else {})
        event = {"event": "step-end", "name": step.name, "status": status, "seconds": seconds, **said}
        try:
            work.run.record(event)
        except LaunchbookError as failure:  # a full disk: what could not be noted is said
            return StepResult(step.name, step.title, "failed", seconds, outcome, error or failure)
        return StepResult(step.name, step.title, status, seconds, outcome, error)

    try:
        outcome = step.do(work)
    except StepFailed as error:
        return ended("failed", error.outcome, error)
    except LaunchbookError as error:
        return ended("failed", Outcome(), error)
    except (BotoCoreError, ClientError, OSError) as error:
        return ended("failed", Outcome(), surprise(step.title, error))
    except KeyboardInterrupt:
        return ended("interrupted", Outcome())
    except Exception as crash:  # a mistake of ours: journaled, and shown as such by whoever called
        ended("failed", Outcome(), RunFailed(f"{step.title} crashed", f"{type(crash).__name__}: {crash}"))
        raise
    return ended(outcome.status, outcome)


def _finished_before(work: Work, step: Step) -> StepResult | None:
    event = work.run.steps.get(step.name)
    if step.always or event is None or event["status"] not in FINISHED:
        return None
    return StepResult(
        step.name, step.title, "skipped", float(event["seconds"]), outcome_from(event, event["status"])
    )


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the journal keeps it."""
    kept = asdict(outcome)
    del kept["status"]
    return {name: value for name, value in kept.items() if value not in ((), "", None)}


def outcome_from(event: Mapping[str, Any], status: Literal["done", "findings", "unproven"]) -> Outcome:
    """The outcome that a journal's event holds."""
    findings = tuple(
        Finding(**{**one, "evidence": tuple(Evidence(**each) for each in one["evidence"])})
        for one in event.get("findings", [])
    )
    gaps = tuple(
        Gap(**{**one, "where": Where(**one["where"]), "hides": tuple(one["hides"])})
        for one in event.get("gaps", [])
    )
    left = tuple(Left(**one) for one in event.get("left", []))
    return Outcome(
        status=status, findings=findings, gaps=gaps, left=left, note=str(event.get("note", "")),
        proven_empty=event.get("proven_empty"),
    )  # fmt: skip
