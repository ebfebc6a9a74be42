"""Where a platform stands, what a run needs, and in which order it is made and removed: without Terraform and AWS."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from launchbook import process
from launchbook.cli.history import command as history
from launchbook.errors import LocalAwsError, RunFailed
from launchbook.lifecycle import doctor
from launchbook.lifecycle.apply import Apply
from launchbook.lifecycle.destroy import Destroy
from launchbook.lifecycle.doctor import examine
from launchbook.lifecycle.home import write_json
from launchbook.lifecycle.platform import Image, OneOff, Root, Service
from launchbook.lifecycle.run import open_run, past_runs
from launchbook.lifecycle.status import _next, find_run, run_row

BEGAN = {"event": "step", "name": "stack"}
ENDED = {"event": "step-end", "name": "stack", "seconds": 1}
TOML = """
[platform]
name = "shop"
region = "eu-west-1"
tags = { Project = "shop" }

[[platform.root]]
name = "stack"
path = "stack"
"""


@pytest.fixture
def ended_pid():
    """The id of a process that has ended."""
    return int(process.run([sys.executable, "-c", "import os; print(os.getpid())"]).stdout)


def row_of(home):
    runs = past_runs(home)
    return run_row(runs[0], runs, there=lambda _: True)


def test_a_run_in_one_row(home, target):
    run = open_run(home, "apply", target)
    run.record({"event": "step", "name": "bootstrap"})
    run.record(
        {"event": "step-end", "name": "bootstrap", "status": "done", "seconds": 3.2, "note": "5 to add"}
    )
    run.record({"event": "step", "name": "stack"})
    row = row_of(home)
    assert (row["ended"], row["resumable"], row["at_step"]) == ("working at stack", False, "stack")
    assert row["steps"] == [{"name": "bootstrap", "status": "done", "seconds": 3.2, "note": "5 to add"}]
    run.record({"event": "step-end", "name": "stack", "status": "failed", "seconds": 1, "error": "x"})
    run.end(1)
    assert (row_of(home)["ended"], row_of(home)["resumable"]) == ("findings", False)


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        ([], "killed at its start"),
        ([BEGAN], "killed at stack"),
        ([BEGAN, {**ENDED, "status": "done"}], "killed after stack"),
        ([BEGAN, {**ENDED, "status": "interrupted"}], "interrupted at stack"),
        ([BEGAN, {**ENDED, "status": "failed"}], "failed at stack"),
    ],
)
def test_a_run_whose_process_is_gone(home, target, ended_pid, events, ended):
    run = open_run(home, "apply", target)
    run.record({"event": "resumed", "pid": ended_pid})
    for event in events:
        run.record(event)
    row = row_of(home)
    assert (row["ended"], row["resumable"], row["world"]) == (ended, True, "there")


def test_a_run_whose_embedded_aws_is_gone_goes_on_nowhere(home, target, ended_pid):
    run = open_run(home, "apply", target)
    run.record({"event": "resumed", "pid": ended_pid})
    runs = past_runs(home)
    row = run_row(runs[0], runs, there=lambda key: key != target.key)
    assert (row["ended"], row["resumable"], row["world"]) == ("killed at its start", False, "gone")


def test_history_says_where_a_run_goes_on_and_that_an_interrupted_demo_does_not(
    platform, home, target, ended_pid, monkeypatch
):
    (platform.folder / "launchbook.toml").write_text(TOML, "utf-8")
    run = open_run(home, "apply", target)
    run.record({"event": "resumed", "pid": ended_pid})
    run.record(BEGAN)
    run.record({**ENDED, "status": "interrupted"})
    said = CliRunner().invoke(history, [str(platform.folder)])
    assert "interrupted at stack; its embedded AWS has ended" in said.stdout, said.output
    assert f"next: launchbook history {platform.folder} --run ID" in said.stderr
    monkeypatch.setattr("launchbook.lifecycle.status.still_there", lambda _: True)
    said = CliRunner().invoke(history, [str(platform.folder)])
    assert "interrupted at stack; launchbook apply --port 4566 continues it" in said.stdout
    assert f"next: launchbook apply {platform.folder} --port 4566" in said.stderr
    open_run(home, "destroy", replace(target, key="local-4566-now", region="eu-west-2")).end(0)
    said = CliRunner().invoke(history, [str(platform.folder)])
    assert f"next: launchbook history {platform.folder} --run ID" in said.stderr, "that was long ago"


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


def test_after_a_destroy_that_did_not_get_all_of_it_the_next_is_a_destroy(home, target):
    """A sweep that looked meanwhile changes nothing about it."""
    for kind, code in (("apply", 0), ("destroy", None), ("sweep", 1)):
        run = open_run(home, kind, target)
        if code is not None:
            run.end(code)
    runs = past_runs(home)
    assert _next(runs, something=True) == "launchbook destroy"
    assert _next(runs[2:], something=True) == "launchbook verify"


def test_a_full_disk_is_named_with_the_file_that_found_no_room(tmp_path):
    (tmp_path / "made.json.new").symlink_to("/dev/full")
    with pytest.raises(RunFailed) as caught:
        write_json(tmp_path / "made.json", {"a": 1})
    assert str(caught.value) == f"{tmp_path}/made.json cannot be written: the disk of {tmp_path} is full"
