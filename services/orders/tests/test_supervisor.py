"""What several API processes leave behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.processes import family, wait_until_gone


def directories(place: Path) -> set[str]:
    return {path.name for path in place.glob("orders-metrics-*")}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    return place


async def test_the_directory_of_a_killed_parent_is_removed_by_the_next(
    start: Callable[..., Any], place: Path
) -> None:
    (place / "orders-metrics-file").touch()
    first = start("api", "--processes", "2", RELAY_ENABLED="false", TMPDIR=str(place))
    members = [process.pid for process in family(first.process.pid)[1:]]
    (left,) = directories(place) - {"orders-metrics-file"}
    psutil.Process(first.process.pid).kill()
    first.process.popen.wait()
    assert not wait_until_gone(members, 10)
    second = start("api", "--processes", "2", RELAY_ENABLED="false", TMPDIR=str(place))
    (own,) = directories(place) - {"orders-metrics-file"}
    assert own != left
    third = start("api", "--processes", "2", RELAY_ENABLED="false", TMPDIR=str(place))
    assert own in directories(place)
    assert (second.process.stop(), third.process.stop()) == (0, 0)
    assert directories(place) == {"orders-metrics-file"}


async def test_a_directory_stays_while_members_of_a_killed_parent_live(
    start: Callable[..., Any], place: Path
) -> None:
    first = start("api", "--processes", "2", RELAY_ENABLED="false", TMPDIR=str(place))
    members = family(first.process.pid)[1:]
    for member in members:
        member.suspend()
    psutil.Process(first.process.pid).kill()
    first.process.popen.wait()
    start("api", "--processes", "2", RELAY_ENABLED="false", TMPDIR=str(place))
    try:
        assert len(directories(place)) == 2
    finally:
        for member in members:
            member.kill()
