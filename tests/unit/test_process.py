"""Processes: whether one that was noted still works."""

import os
import subprocess
import sys
import time

from launchbook import process


def test_a_process_that_works_is_alive_and_one_that_ended_is_not():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    noted = time.time()
    assert process.alive(child.pid, noted)
    child.communicate(b"\n")
    assert not process.alive(child.pid, noted)


def test_a_child_that_nobody_has_waited_for_has_ended_all_the_same():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process.alive(child.pid, time.time())
    child.wait()


def test_a_later_process_with_the_same_id_is_another_one():
    assert process.alive(os.getpid(), time.time())
    assert not process.alive(os.getpid(), time.time() - 365 * 86400)
