"""A running program followed, interrupted once and twice, and one that outlived whoever started it: real processes."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from launchbook import process
from launchbook.lifecycle.following import follow
from launchbook.lifecycle.leftovers import wait_for_orphan
from launchbook.lifecycle.steps import Silent

TRAPPING = """
import signal, sys, time
seen = 0
def on(*_):
    global seen
    seen += 1
    print("Interrupt received", flush=True)
signal.signal(signal.SIGINT, on)
print("aws_sqs_queue.a: Creating...", flush=True)
while not (seen == {after}):
    time.sleep(0.01)
sys.exit(1)
"""


class Told(Silent):
    """Keeps what is said; answers as it is told to."""

    def __init__(self, answer: bool | None = None) -> None:
        self.said: list[str] = []
        self.asked = 0
        self.answer = answer

    def say(self, text: str) -> None:
        self.said.append(text)

    def note(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str) -> bool | None:
        self.asked += 1
        return self.answer


def started(tmp_path: Path, after: int) -> tuple[process.Child, Path]:
    import sys

    log = tmp_path / "log"
    child = process.start([sys.executable, "-c", TRAPPING.format(after=after)], cwd=tmp_path, log=log)
    while not log.read_bytes():
        time.sleep(0.01)
    return child, log


def interrupt(*seconds: float) -> None:
    for one in seconds:
        threading.Timer(one, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_one_interrupt_reaches_it_once_and_it_ends_by_itself(tmp_path, work):
    work.show = told = Told()
    child, log = started(tmp_path, after=1)
    interrupt(0.3)
    with pytest.raises(KeyboardInterrupt):
        follow(child, log, 0, work)
    assert child.poll() == 1, "waited for"
    assert log.read_text("utf-8").count("Interrupt received") == 1
    assert any("waiting for aws_sqs_queue.a" in line for line in told.said)


@pytest.mark.parametrize(("answer", "reached"), [(None, 2), (True, 2)])
def test_a_second_interrupt_reaches_it_unless_a_person_says_no(tmp_path, work, answer, reached):
    work.show = told = Told(answer)
    child, log = started(tmp_path, after=2)
    interrupt(0.3, 0.6)
    with pytest.raises(KeyboardInterrupt):
        follow(child, log, 0, work)
    assert told.asked == 1
    assert log.read_text("utf-8").count("Interrupt received") == reached


def test_a_person_may_say_no_to_the_second(tmp_path, work):
    work.show = Told(answer=False)
    child, log = started(tmp_path, after=2)
    interrupt(0.3, 0.6)
    threading.Timer(1.0, child.send_signal, (signal.SIGINT,)).start()  # what ends it at last
    with pytest.raises(KeyboardInterrupt):
        follow(child, log, 0, work)
    assert log.read_text("utf-8").count("Interrupt received") == 2


def test_what_changes_nothing_ends_at_the_second_without_a_question(tmp_path, work):
    work.show = told = Told(answer=False)
    child, log = started(tmp_path, after=2)
    interrupt(0.3, 0.6)
    with pytest.raises(KeyboardInterrupt):
        follow(child, log, 0, work, changes=False)
    assert told.asked == 0
    assert log.read_text("utf-8").count("Interrupt received") == 2
    assert "interrupted: Terraform ends; it has changed nothing" in told.said


def test_how_it_ended(tmp_path, work):
    log = tmp_path / "log"
    assert follow(process.start(["sh", "-c", "exit 2"], log=log), log, 0, work) == 2
    assert follow(process.start(["sh", "-c", "kill -9 $$"], log=log), log, 0, work) == 137


def test_one_that_outlived_its_tool_is_found_by_where_it_works_and_waited_for(tmp_path, work):
    work.show = told = Told()
    program = tmp_path / "terraform"
    shutil.copy(shutil.which("sleep") or "", program)
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
    child = process.start([str(program), "1"], cwd=here)
    other = process.start([str(program), "30"], cwd=elsewhere)
    reaper = threading.Thread(target=child.wait)
    reaper.start()
    try:
        assert process.working_in(here, "terraform") == child.pid
        wait_for_orphan(here, "terraform", work)
        assert child.poll() == 0, "it was not ended, it has ended"
        assert any(str(child.pid) in line for line in told.said)
        assert process.working_in(here, "terraform") is None
        assert process.working_in(elsewhere, "tofu") is None
    finally:
        other.kill()
        other.wait()
        reaper.join()
