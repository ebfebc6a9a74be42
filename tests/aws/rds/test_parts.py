"""The parts of the database plane that are data in, data out."""

import os
import socket
from datetime import datetime
from pathlib import Path

import pytest

from launchbook.local.planes.rds.backups import in_window
from launchbook.local.planes.rds.measures import connections, cpu_seconds
from launchbook.local.postgres import Installation, identifier, installations, literal, nearest, readable

FOUND = [Installation(Path("/a"), "15.18"), Installation(Path("/b"), "17.10")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("15.4", 15), ("17", 17), ("16.3", 17), ("12.1", 15), ("18.1", 17), ("9.6.24", 15), ("", 15)],
)
def test_the_nearest_major_version_runs_and_of_two_the_newer(asked: str, expected: int) -> None:
    assert nearest(asked, FOUND).major == expected


def test_this_machine_has_a_server() -> None:
    found = installations()
    assert all((each.programs / "initdb").exists() for each in found)
    assert len({each.major for each in found}) == len(found)


@pytest.mark.parametrize(
    ("window", "clock", "expected"),
    [
        ("03:00-04:00", "03:30", True),
        ("03:00-04:00", "04:00", False),
        ("23:30-00:15", "23:45", True),
        ("23:30-00:15", "00:10", True),
        ("23:30-00:15", "12:00", False),
    ],
)
def test_a_backup_window_may_cross_midnight(window: str, clock: str, expected: bool) -> None:
    assert in_window(window, datetime.strptime(clock, "%H:%M")) is expected


def test_sql_takes_any_name_and_any_text() -> None:
    assert identifier('a"b') == '"a""b"'
    assert literal("it's \\ 1") == "'it''s \\ 1'"


def test_connections_are_those_the_kernel_knows() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert connections("127.0.0.1", port) == 0
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            assert connections("127.0.0.1", port) == 2


def test_a_process_that_has_ended_used_no_time() -> None:
    assert cpu_seconds(2**22 + 1) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_programs_that_the_unprivileged_user_cannot_reach_are_copied(tmp_path: Path) -> None:
    private = tmp_path / "private"
    (private / "pg" / "bin").mkdir(parents=True)
    (private / "pg" / "bin" / "postgres").write_text("program")
    private.chmod(0o700)
    found = readable(Installation(private / "pg" / "bin", "17.10"), tmp_path / "rds")
    assert found == Installation(tmp_path / "rds" / "postgresql-17.10" / "bin", "17.10")
    assert (found.programs / "postgres").read_text() == "program"
    assert readable(Installation(Path("/usr/bin"), "17.10"), tmp_path).programs == Path("/usr/bin")
