"""`make orders`: it comes up on real parts, its printed curl works, and every way to end it leaves nothing."""

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

from tests.support.directories import open_directory
from tests.support.ports import free_port
from tests.support.processes import assert_gone, family

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Started:
    """`make orders` on a terminal of its own, as a person starts it; what it prints is collected."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.main_port, self.management_port = free_port(), free_port()
        self.output = ""
        ours, theirs = pty.openpty()
        self.terminal = ours
        self.make = subprocess.Popen(
            ["make", "orders"], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_own_the_terminal,
            env={
                **os.environ, "TMPDIR": str(directory), "PORT": str(self.main_port),
                "MANAGEMENT_PORT": str(self.management_port),
            },
        )  # fmt: skip
        os.close(theirs)
        threading.Thread(target=self._collect, daemon=True).start()
        self.wait_for("Ctrl-C ends everything")
        self.pids = [process.pid for process in family(self.make.pid)]

    def wait_for(self, text: str, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.output:
            assert time.monotonic() < deadline, f"{text!r} was not printed: {self.output[-3000:]}"
            assert self.make.poll() is None or text in self.output, self.output[-3000:]
            time.sleep(0.05)

    def wait_for_log(self, name: str, text: str, timeout: float = 5) -> None:
        deadline = time.monotonic() + timeout
        while not any(name in line[:20] and text in line for line in self.output.splitlines()):
            assert time.monotonic() < deadline, f"{text!r} is not in the log of {name}: {self.output[-3000:]}"
            time.sleep(0.05)

    def nothing_is_left(self) -> None:
        assert_gone(self.pids, timeout=40)
        deadline = time.monotonic() + 10
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
    command = re.search(r"curl -i (?:[^\n]*\\\n)?[^\n]*", started.output)
    assert command is not None
    arguments = shlex.split(command.group().replace("\\\n", " "))
    answer = subprocess.run(
        [*arguments, "-H", "X-Correlation-Id: shown-in-both-logs"], capture_output=True, text=True, check=True
    ).stdout
    assert "202" in answer.splitlines()[0]
    order = json.loads(answer.splitlines()[-1])["orderId"]
    deadline = time.monotonic() + 5
    status = None
    while status != "PROCESSED" and time.monotonic() < deadline:
        url = f"http://127.0.0.1:{started.main_port}/orders/{order}"
        status = json.load(urllib.request.urlopen(url, timeout=5))["status"]
        time.sleep(0.05)
    assert status == "PROCESSED"
    for name in ("api", "worker"):
        started.wait_for_log(name, "shown-in-both-logs")
    os.write(started.terminal, b"\x03")
    started.nothing_is_left()
    assert "ending: nothing stays" in started.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("whom", ["the program", "its parent"])
def test_the_end_of_the_program_or_its_parent_leaves_nothing(started, number, whom):
    program = next(pid for pid in started.pids if "examples.orders.up" in " ".join(_command(pid)))
    os.kill(program if whom == "the program" else started.make.pid, number)
    started.make.wait(timeout=40)
    started.nothing_is_left()


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def test_a_port_that_is_no_number_is_refused_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "examples.orders.up"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PORT": "eighty"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "PORT is not a port number: 'eighty'" in done.stderr
    assert "Traceback" not in done.stderr
