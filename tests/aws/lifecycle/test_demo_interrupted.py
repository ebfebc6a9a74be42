"""Ctrl-C, or a closed terminal, while a demo's embedded AWS starts: the demo ends at once, and nothing of it stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.small import SMALL
from tests.support.terraform import available

pytestmark = pytest.mark.skipif(bool(available()), reason=available())


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """The small platform in a repository with a commit."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
        subprocess.run([*git, *arguments], check=True)
    return folder


def within(seconds: float, found: Callable[[], object]) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not (good := found()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(good)


def of_it(mark: str) -> list[str]:
    """The commands of all processes that a demo started, by what only its environment says."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"LAUNCHBOOK_LOCAL_STATE={mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def starting(mark: str) -> bool:
    return any("launchbook.local.run" in one for one in of_it(mark))


def claimed(mark: str) -> bool:
    return any(Path(mark).glob("*-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize(
    ("moment", "heard"),
    [
        (starting, [signal.SIGINT]),
        (claimed, [signal.SIGINT]),
        (claimed, [signal.SIGINT, signal.SIGINT]),
        (starting, [signal.SIGTERM]),
        (claimed, [signal.SIGHUP]),
    ],
)
def test_nothing_stays_of_a_demo_that_is_interrupted_as_it_starts(
    platform: Path, tmp_path: Path, moment: Callable[[str], bool], heard: list[signal.Signals]
) -> None:
    mark = str(tmp_path / "local")
    demo = subprocess.Popen(
        [sys.executable, "-m", "launchbook.cli", "demo", str(platform)],
        env={**os.environ, "LAUNCHBOOK_LOCAL_STATE": mark},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup would have it ignored
    )  # fmt: skip
    assert within(300, lambda: moment(mark)), "its embedded AWS starts"
    for one in heard:
        os.killpg(demo.pid, one)
        time.sleep(0.2)
    said = demo.communicate(timeout=300)[1]
    assert demo.returncode in (130, -signal.SIGINT), said  # a shell sees 130 in both
    assert said.splitlines()[0] == "starting an embedded AWS for it"
    assert said.splitlines()[-1].startswith("interrupted: "), said
    assert "Traceback" not in said
    assert within(120, lambda: not of_it(mark)), of_it(mark)
    assert not Path(mark).exists() or not any(Path(mark).iterdir())
