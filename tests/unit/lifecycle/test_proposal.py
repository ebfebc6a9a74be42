"""A Terraform that waits for its yes: what it shows is done after a yes, and nothing without one. Real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle.failures import LockHeld
from launchbook.lifecycle.proposal import Shown
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.terraform import Terraform

#: Plans, asks and acts as Terraform does; ``plan`` is what it prints while it plans, ``question`` its question.
PROGRAM = """#!/bin/sh
cd "$(dirname "$0")"
case "$1" in init) exit 0;; esac
echo "$$" > pid
cat plan
[ -e question ] || { echo "No changes. Nothing to do."; exit 0; }
printf '%s' "$(cat question)
  Enter a value: "
read -r answer || { echo "Error: error asking for approval: EOF"; exit 1; }
[ "$answer" = yes ] || { echo "Apply cancelled."; exit 1; }
[ ! -e fails ] || { echo "Error: the queue already exists"; exit 1; }
touch carried-out
"""
PLAN = """  # aws_sqs_queue.orders will be destroyed
Plan: 0 to add, 0 to change, 1 to destroy.

"""
QUESTION = """Do you really want to destroy all resources?
  Terraform will destroy all your managed infrastructure, as shown above.
  There is no undo. Only 'yes' will be accepted to confirm.
"""


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """A folder with a `terraform` in it, which does as the files beside it say."""
    folder = tmp_path / "tool"
    folder.mkdir()
    (folder / "terraform").write_text(PROGRAM, "utf-8")
    (folder / "terraform").chmod(0o755)
    (folder / "plan").write_text(PLAN, "utf-8")
    (folder / "question").write_text(QUESTION, "utf-8")
    return folder


@pytest.fixture
def terraform(work: Work, tool: Path) -> Terraform:
    work.target = replace(work.target, env={"PATH": f"{tool}:{os.environ['PATH']}"})
    return Terraform(work.platform.roots[0], work)


def test_what_was_shown_is_carried_out_after_a_yes_by_the_same_process(terraform, tool):
    proposal = terraform.propose(destroy=True)
    shown = proposal.shown()
    assert (shown.changes, shown.counts) == (True, "0 to add, 0 to change, 1 to destroy")
    assert shown.changed() == [("aws_sqs_queue.orders", "destroyed")]
    time.sleep(0.2)
    assert not (tool / "carried-out").exists(), "it waits"
    asked = (tool / "pid").read_text()
    proposal.accept()
    assert (tool / "carried-out").exists()
    assert (tool / "pid").read_text() == asked
    with pytest.raises(RunFailed, match="no plan waits"):
        proposal.accept()


def test_without_a_yes_nothing_is_done_and_nobody_is_left(terraform, tool, work):
    with work.closing:
        terraform.propose().shown()
        pid = int((tool / "pid").read_text())
        assert pid in work.ours
    assert not (tool / "carried-out").exists()
    assert pid not in work.ours
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_plan_that_changes_nothing_asks_nothing(terraform, tool):
    (tool / "question").unlink()
    proposal = terraform.propose()
    assert not proposal.shown().changes
    with pytest.raises(RunFailed, match="no plan waits"):
        proposal.accept()


@pytest.mark.parametrize(
    "question",
    [
        "var.password\n  The database's\n",
        "Do you want to migrate all workspaces?\n  Enter 'yes' to migrate.\n",
        "  + text = <<-EOT\n      Do you want to perform these actions?\n        Perhaps.\n    EOT\n",
    ],
)
def test_another_question_is_not_answered(terraform, tool, question):
    (tool / "question").write_text(question, "utf-8")
    proposal = terraform.propose()
    with pytest.raises(RunFailed, match="asking for approval"):
        proposal.shown()
    assert not (tool / "carried-out").exists()


def test_a_failure_is_said_in_its_own_words_not_in_the_plans(terraform, tool):
    (tool / "plan").write_text(f"  # the text AccessDenied in a policy\n{PLAN}", "utf-8")
    (tool / "fails").touch()
    proposal = terraform.propose()
    assert proposal.shown().changes
    with pytest.raises(RunFailed, match="a name is in use already"):
        proposal.accept()


def test_two_at_once_each_with_its_own_answer(terraform, tool, work, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.tf").write_text("", "utf-8")
    first = terraform.propose()
    second = Terraform(
        replace(terraform.root, name="other", path=other, variables={}, local={}), work
    ).propose()
    assert first.shown().changes
    assert second.shown().changes
    first.refuse()
    assert not (tool / "carried-out").exists()
    second.accept()
    assert (tool / "carried-out").exists()


def test_a_lock_that_nobody_of_ours_left_is_said(terraform, tool):
    (tool / "question").unlink()
    said = (
        "Error: Error acquiring the state lock\n\nLock Info:\n  ID:        1\n  Path:      p\n"
        "  Operation: OperationTypeApply\n  Who:       somebody@elsewhere\n  Created:   2026-01-01 00:00:00 +0000 UTC\n"
    )
    (tool / "plan").write_text(said, "utf-8")
    program = (tool / "terraform").read_text("utf-8").replace("cat plan\n", "cat plan\nexit 1\n")
    (tool / "terraform").write_text(program, "utf-8")
    with pytest.raises(LockHeld, match="somebody@elsewhere"):
        terraform.propose().shown()


WAITING = """
import sys, time
from pathlib import Path
from launchbook.lifecycle.home import Home
from launchbook.lifecycle.platform import Platform, Root
from launchbook.lifecycle.run import open_run
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import Target
from launchbook.lifecycle.terraform import Terraform
folder, path = Path(sys.argv[1]), sys.argv[2]
root = Root(name="stack", path=folder / "stack")
target = Target("local", "eu-west-1", "1", "local-4566-then", env={"PATH": path})
platform = Platform(folder=folder, name="shop", region="eu-west-1", tags={}, roots=(root,))
home = Home.of(folder)
proposal = Terraform(root, Work(platform, target, open_run(home, "apply", target), home)).propose()
proposal.shown()
print("shown", flush=True)
time.sleep(60)
"""


def test_one_whose_tool_is_killed_ends_without_a_yes(platform, tool):
    path = f"{tool}:{os.environ['PATH']}"
    argv = [sys.executable, "-c", WAITING, str(platform.folder), path]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "shown\n"
        pid = int((tool / "pid").read_text())
        os.kill(pid, 0)
        os.kill(waiting.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while process.working_in(tool, "sh") == pid and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.working_in(tool, "sh") != pid
    assert not (tool / "carried-out").exists()


def test_outputs_alone_are_a_change_too():
    assert Shown("Changes to Outputs:\n  + dns = 1\n", changes=True).counts == "outputs change"
    assert Shown("No changes. Your infrastructure matches.", changes=False).counts.startswith("No changes")
