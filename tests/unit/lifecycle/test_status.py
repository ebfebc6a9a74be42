"""Where a platform stands, what a run needs, and in which order it is made and removed: without Terraform and AWS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from launchbook.errors import LocalAwsError, RunFailed
from launchbook.lifecycle import doctor
from launchbook.lifecycle.apply import Apply
from launchbook.lifecycle.destroy import Destroy
from launchbook.lifecycle.doctor import examine
from launchbook.lifecycle.platform import Image, OneOff, Root, Service
from launchbook.lifecycle.run import open_run, past_runs
from launchbook.lifecycle.status import find_run, run_row


def test_a_run_in_one_row(home, target):
    run = open_run(home, "apply", target)
    run.record({"event": "step", "name": "bootstrap"})
    run.record(
        {"event": "step-end", "name": "bootstrap", "status": "done", "seconds": 3.2, "note": "5 to add"}
    )
    run.record({"event": "step", "name": "stack"})
    runs = past_runs(home)
    row = run_row(runs[0], runs)
    assert (row["ended"], row["resumable"], row["at_step"]) == ("killed at stack", True, "stack")
    assert row["steps"] == [{"name": "bootstrap", "status": "done", "seconds": 3.2, "note": "5 to add"}]
    run.record({"event": "step-end", "name": "stack", "status": "failed", "seconds": 1, "error": "x"})
    runs = past_runs(home)
    assert run_row(runs[0], runs)["ended"] == "failed at stack"
    run.end(1)
    runs = past_runs(home)
    assert (run_row(runs[0], runs)["ended"], run_row(runs[0], runs)["resumable"]) == ("findings", False)


def test_a_run_is_found_by_the_start_of_its_name(home, target):
    run = open_run(home, "apply", target)
    assert find_run(home, run.id[:-2]).start["id"] == run.id
    with pytest.raises(RunFailed, match="no run is called nothing"):
        find_run(home, "nothing")


def test_roots_with_what_the_services_need_in_between(platform):
    (stack,) = platform.roots
    bootstrap = Root(name="bootstrap", path=stack.path)
    whole = replace(
        platform,
        roots=(bootstrap, replace(stack, backend="{bootstrap.x}", first=("aws_ecr_repository.this",))),
        images=(Image(repository="{stack.repository}", source=Path(), stable="stable"),),
        tasks=(OneOff(name="migrate", cluster="c", definition="d", subnets="s", security_groups="g"),),
        services=(Service(name="api", cluster="c"),),
    )
    names = [step.name for step in Apply(whole).steps()]
    assert names == [
        "preflight", "before", "bootstrap", "stack-first", "images", "stack", "migrate", "services", "second-plan",
    ]  # fmt: skip
    assert [step.name for step in Destroy(whole).steps()] == [
        "preflight", "saved", "approved", "stack", "bootstrap", "states-empty",
    ]  # fmt: skip
    assert [step.name for step in Apply(platform).steps()] == ["preflight", "before", "stack", "second-plan"]


def test_everything_that_is_missing_is_said_at_once(platform, home, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "NEEDED_BYTES", 1 << 62)

    def no_account():
        raise RunFailed("there are no working AWS credentials", "none", hint="sign in")

    looks = {look.name: look for look in examine(platform, home, "aws", no_account)}
    assert {name for name, look in looks.items() if not look.good} == {
        "terraform",
        "provider",
        "disk",
        "target",
    }
    assert all(look.hint for look in looks.values() if not look.good)


def test_an_embedded_aws_that_does_not_run_yet_is_no_fault(platform, home):
    def none():
        raise LocalAwsError("no embedded AWS answers", "on port 4566")

    (look,) = [one for one in examine(platform, home, "local", none) if one.name == "target"]
    assert look.good
    assert "apply starts one" in look.said
