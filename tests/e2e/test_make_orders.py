"""`make orders`: it comes up on an embedded AWS, its printed curl works, and every way to end it leaves nothing."""

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.orders.stack import Aws
from tests.support.directories import open_directory
from tests.support.processes import assert_gone, family

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


class Started:
    """`make orders` on a terminal of its own, as a person starts it; what it prints is collected."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.output = ""
        ours, theirs = pty.openpty()
        self.terminal = ours
        self.make = subprocess.Popen(
            ["make", "orders"], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_own_the_terminal,
            env={**os.environ, "TMPDIR": str(directory), "PORT": "8099"},
        )  # fmt: skip
        os.close(theirs)
        threading.Thread(target=self._collect, daemon=True).start()
        self.wait_for("Ctrl-C ends everything")
        self.pids = [process.pid for process in family(self.make.pid)]

    def wait_for(self, text: str, timeout: float = 300) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.output:
            assert time.monotonic() < deadline, f"{text!r} was not printed: {self.output[-3000:]}"
            assert self.make.poll() is None or text in self.output, self.output[-3000:]
            time.sleep(0.05)

    def wait_for_log(self, name: str, text: str, timeout: float = 300) -> None:
        deadline = time.monotonic() + timeout
        while not any(name in line[:20] and text in line for line in self.output.splitlines()):
            assert time.monotonic() < deadline, f"{text!r} is not in the log of {name}: {self.output[-3000:]}"
            time.sleep(0.05)

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.output)
        assert found is not None, self.output[-3000:]
        return found[1]

    def nothing_is_left(self) -> None:
        assert_gone(self.pids, timeout=300)
        deadline = time.monotonic() + 300
        while any(self.directory.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert list(self.directory.iterdir()) == []

    def end(self) -> None:
        for process in family(self.make.pid):
            process.kill()
        self.make.wait()
        os.close(self.terminal)

    def _collect(self) -> None:
        try:
            while data := os.read(self.terminal, 65536):
                self.output += data.decode(errors="replace").replace("\r\n", "\n")
        except OSError:
            return


def _own_the_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def started() -> Iterator[Started]:
    with open_directory() as directory:
        platform = Started(directory)
        yield platform
        platform.end()


def test_the_printed_curl_makes_an_order_that_is_processed_and_ctrl_c_leaves_nothing(started):
    url = started.find(r"is up: (http://127\.\d+\.\d+\.\d+:8099)\n")
    command = re.search(r"curl -i (?:[^\n]*\\\n)?[^\n]*", started.output)
    assert command is not None
    arguments = shlex.split(command.group().replace("\\\n", " "))
    answer = subprocess.run(
        [*arguments, "-H", "X-Correlation-Id: shown-in-both-logs"], capture_output=True, text=True, check=True
    ).stdout
    assert "202" in answer.splitlines()[0]
    order = json.loads(answer.splitlines()[-1])["orderId"]
    deadline = time.monotonic() + 300
    status = None
    while status != "PROCESSED" and time.monotonic() < deadline:
        status = json.load(urllib.request.urlopen(f"{url}/orders/{order}", timeout=60))["status"]
        time.sleep(0.05)
    assert status == "PROCESSED"
    for name in ("api", "worker"):
        started.wait_for_log(name, "shown-in-both-logs")
        assert "shown-in-both-logs" in stored_log(started, f"/orders/{name}")
    os.write(started.terminal, b"\x03")
    started.nothing_is_left()
    started.wait_for("ended: nothing is left")


def stored_log(started: Started, group: str) -> str:
    """What CloudWatch Logs of the embedded AWS has of a group."""
    aws = Aws(started.find(r"The AWS it runs on: (http://127\.0\.0\.1:\d+)\n"))
    found = aws.client("logs").filter_log_events(logGroupName=group)
    return "\n".join(event["message"] for event in found["events"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("whom", ["the program", "its parent"])
def test_the_end_of_the_program_or_its_parent_leaves_nothing(started, number, whom):
    program = next(pid for pid in started.pids if "examples.orders.up" in " ".join(_command(pid)))
    os.kill(program if whom == "the program" else started.make.pid, number)
    started.make.wait(timeout=300)
    started.nothing_is_left()


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def test_a_signal_while_it_starts_leaves_nothing():
    with open_directory() as directory:
        program = subprocess.Popen(
            [sys.executable, "-m", "examples.orders.up"], cwd=ROOT, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "TMPDIR": str(directory)},
        )  # fmt: skip
        assert program.stderr is not None
        said = next(line for line in program.stderr if "ECR" in line)
        pids = [process.pid for process in family(program.pid)]
        assert len(pids) > 2, said
        program.terminate()
        assert program.wait(60) == 0
        assert_gone(pids, timeout=300)
        assert list(directory.iterdir()) == []


def test_a_port_that_is_no_number_is_refused_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "examples.orders.up"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PORT": "eighty"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "PORT is not a port number: 'eighty'" in done.stderr
    assert "Traceback" not in done.stderr
