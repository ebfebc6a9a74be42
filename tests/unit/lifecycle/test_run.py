"""Journals: what is in them survives a kill, and decides what is done again."""

from __future__ import annotations

import json
import stat

import pytest

from launchbook.errors import RunFailed
from launchbook.lifecycle.home import Home
from launchbook.lifecycle.run import open_run, past_runs, read_run
from launchbook.lifecycle.steps import (
    Outcome,
    Step,
    StepFailed,
    Work,
    exit_code,
    outcome_from,
    outcome_json,
    proceed,
)
from launchbook.model import Evidence, Finding, Gap, Where

FINDING = Finding(
    check="second-plan-empty", status="FAIL", severity="high", subject="stack", why="it changes",
    evidence=(Evidence("terraform plan stack", "emulated", ["a"]),),
)  # fmt: skip


def work_on(home, target, platform, **how) -> Work:
    return Work(platform, target, open_run(home, "apply", target, **how), home)


def steps(*names: str, failing: str = "", done: list[str] | None = None) -> list[Step]:
    def act(name: str):
        def do(_: Work) -> Outcome:
            if done is not None:
                done.append(name)
            if name == failing:
                raise RunFailed(f"{name} failed", "because", hint="mend it")
            return Outcome(note=f"{name} it is")

        return do

    return [Step(name, f"the {name}", act(name), always=name == "look") for name in names]


def test_a_run_goes_on_where_it_failed(home, target, platform):
    done: list[str] = []
    first = proceed(work_on(home, target, platform), steps("look", "one", "two", failing="two", done=done))
    assert [one.status for one in first] == ["done", "done", "failed"]
    assert exit_code(first) == 3
    again = work_on(home, target, platform)
    assert again.run.resumed
    second = proceed(again, steps("look", "one", "two", "three", done=done))
    assert [one.status for one in second] == ["done", "skipped", "done", "done"]
    assert second[1].outcome.note == "one it is", "what was skipped is still told"
    assert done == ["look", "one", "two", "look", "two", "three"]
    assert not work_on(home, target, platform).run.resumed, "it has come to its end"
    assert len(past_runs(home)) == 2


def test_a_step_that_failed_for_good_ends_the_run_with_what_it_found(home, target, platform):
    def do(_: Work) -> Outcome:
        raise StepFailed(
            "the release failed", "exit code 1", outcome=Outcome(status="findings", findings=(FINDING,))
        )

    results = proceed(work_on(home, target, platform), [Step("rollout", "rolling out", do), *steps("never")])
    assert [(one.status, one.outcome.findings) for one in results] == [("failed", (FINDING,))]
    assert exit_code(results) == 1
    (past,) = past_runs(home)
    assert past.code == 1
    assert past.steps()["rollout"]["findings"][0]["check"] == FINDING.check
    assert not work_on(home, target, platform).run.resumed, "what failed for good is begun anew"


def test_a_line_that_a_kill_cut_off_is_left_out(home, target, platform):
    work = work_on(home, target, platform)
    work.run.record({"event": "step-end", "name": "one", "status": "done", "seconds": 1})
    journal = work.run.folder / "journal.jsonl"
    journal.write_bytes(
        journal.read_bytes() + b'{"at": "2026-01-01T00:00:00+00:00", "event": "step-end", "na'
    )
    again = work_on(home, target, platform)
    assert again.run.finished == {"one"}
    again.run.record({"event": "step", "name": "two"})
    past = read_run(again.run.folder)
    assert past is not None
    assert past.steps().keys() == {"one"}


@pytest.mark.parametrize("change", ["fingerprint", "kind", "key"])
def test_another_input_another_kind_or_another_target_is_another_run(home, target, platform, change):
    first = open_run(home, "apply", target, fingerprint="a")
    other = target if change != "key" else type(target)(**{**vars(target), "key": "other"})
    kind = "destroy" if change == "kind" else "apply"
    assert open_run(home, kind, other, fingerprint="b" if change == "fingerprint" else "a").id != first.id


def test_a_destroy_in_between_ends_what_an_apply_had_begun(home, target):
    first = open_run(home, "apply", target)
    open_run(home, "destroy", target).end(0)
    assert open_run(home, "apply", target).id != first.id


def test_a_look_in_between_does_not(home, target):
    first = open_run(home, "apply", target)
    open_run(home, "verify", target).end(1)
    assert open_run(home, "apply", target).id == first.id


def test_an_interrupt_is_journaled_and_goes_on(home, target, platform):
    def interrupted(_: Work) -> Outcome:
        raise KeyboardInterrupt

    results = proceed(work_on(home, target, platform), [Step("wait", "waiting", interrupted)])
    assert (results[0].status, exit_code(results)) == ("interrupted", 130)
    again = work_on(home, target, platform)
    assert again.run.resumed
    assert again.run.finished == set()


def test_a_mistake_of_ours_is_journaled_and_not_swallowed(home, target, platform):
    with pytest.raises(ZeroDivisionError):
        proceed(
            work_on(home, target, platform), [Step("divide", "dividing", lambda _: Outcome(note=str(1 / 0)))]
        )
    past = past_runs(home)[0]
    assert past.code is None
    assert "ZeroDivisionError" in past.steps()["divide"]["error"]


def test_findings_and_gaps_come_back_from_the_journal(home, target, platform):
    gap = Gap(where=Where(region="eu-west-1"), what="refused", hint="allow it", hides=("aws_eip",))
    outcome = Outcome(status="findings", findings=(FINDING,), gaps=(gap,), note="changes", proven_empty=False)
    event = json.loads(json.dumps(outcome_json(outcome)))
    assert outcome_from(event, "findings") == Outcome(
        status="findings", findings=(FINDING,), gaps=(gap,), note="changes", proven_empty=False
    )


@pytest.mark.parametrize(
    ("statuses", "code"),
    [(("done",), 0), (("done", "findings"), 1), (("unproven",), 3), (("unproven", "findings"), 1)],
)
def test_exit_codes(home, target, platform, statuses, code):
    made = [Step(str(n), "x", lambda _, s=status: Outcome(status=s)) for n, status in enumerate(statuses)]
    assert exit_code(proceed(work_on(home, target, platform), made)) == code
    assert past_runs(home)[0].code == code


def test_only_the_owner_reads_a_journal(home, target):
    run = open_run(home, "apply", target)
    for path in (home.folder, run.folder, run.folder / "journal.jsonl"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert (home.folder / ".gitignore").read_text("utf-8") == "*\n"


def test_two_at_once_on_one_target_are_refused(home, target):
    with (
        home.alone(target.key),
        pytest.raises(RunFailed, match="another launchbook works"),
        Home(home.folder).alone(target.key),
    ):
        pass
    with home.alone("another"):
        pass


def test_a_journal_that_cannot_be_written_ends_the_run(home, target, platform):
    work = work_on(home, target, platform)
    (work.run.folder / "journal.jsonl").unlink()
    (work.run.folder / "journal.jsonl").mkdir()
    with pytest.raises(RunFailed, match="the journal"):
        proceed(work, steps("one"))


def test_seconds_of_two_terraforms_at_once_count_once(work):
    at = "2026-01-01T00:00:{}+00:00"
    for until, seconds in (("10.000", 4.0), ("12.000", 5.0), ("30.000", 1.0)):
        work.run.record(
            {"event": "terraform", "command": "plan", "seconds": seconds, "until": at.format(until)}
        )
    past = read_run(work.run.folder)
    assert past is not None
    assert past.terraform_seconds() == pytest.approx(7.0), "6 to 12, and 29 to 30"
