"""The fault campaign in its short form, the proof that it can fail, and that it leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.sabotage import SABOTAGES, sabotaged
from tests.support.directories import open_directory
from tests.support.processes import assert_gone, family

ROOT = Path(__file__).parents[2]


def campaign(*arguments: str, temporary: Path, **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.campaign", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)}, **options,
    )  # fmt: skip


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where a campaign makes its directories."""
    with open_directory() as directory:
        yield directory


@pytest.mark.slow
def test_twenty_faults_lose_double_and_block_nothing(temporary):
    run = campaign("--faults", "20", temporary=temporary)
    out, progress = run.communicate()
    last = json.loads(out.splitlines()[-1])
    assert run.returncode == 0, progress[-4000:]
    assert last["faults"] == 20
    assert {last[counter] for counter in ("lost", "doubled", "stuck", "half_written", "crashed")} == {0}
    assert last["accepted"] >= 20 * last["faults"], "a campaign with orders, however slow the machine"
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_without_the_outbox_row_the_campaign_fails(temporary):
    run = campaign("--faults", "2", "--sabotage", "outbox", temporary=temporary)
    out, _ = run.communicate()
    assert run.returncode == 1
    assert json.loads(out.splitlines()[-1])["stuck"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_campaign_leaves_no_process_and_no_file(temporary, number):
    run = campaign("--faults", "20", temporary=temporary, start_new_session=True)
    deadline = time.monotonic() + 150
    assert run.stderr is not None
    for line in run.stderr:
        if "orders accepted" in line or time.monotonic() > deadline:
            break
    started = [process.pid for process in family(run.pid)[1:]]
    assert len(started) > 7
    os.kill(run.pid, number)
    run.communicate(timeout=600)
    assert_gone(started, timeout=60)
    deadline = time.monotonic() + 60
    while any(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_every_sabotage_still_fits_the_source(name, tmp_path):
    copy = sabotaged(name, tmp_path)
    subprocess.run([sys.executable, "-m", "compileall", "-q", copy], check=True)
