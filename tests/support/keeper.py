"""A process that cleans up after its parent, however the parent ends: kill -9 too.

The parent writes one JSON line per thing to clean; the end of the pipe is the parent's end. (PR_SET_PDEATHSIG
would fire when the *thread* that spawned a child ends, and can't remove a directory.)

    keeper = Keeper()
    keeper.watch(process.pid)           # ended if it still runs when this process is gone
    keeper.remove(directory)            # deleted then, and a PostgreSQL whose data is in it ended
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from tests.support.postgres import postmaster_pid, release_segment
from tests.support.processes import family, wait_until_gone

_GRACE_SECONDS = 3.0


class Keeper:
    """The parent's handle; `close()` makes the keeper do its work now and waits for it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.keeper"], stdin=subprocess.PIPE, start_new_session=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip

    def watch(self, pid: int) -> None:
        """End this process and its children when the parent has gone."""
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        self._tell({"pid": pid, "created": created})

    def remove(self, directory: Path) -> None:
        """Delete this directory when the parent has gone."""
        self._tell({"directory": str(directory)})

    def close(self) -> None:
        """Clean up everything that is still there, and wait until it is done."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, message: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()


def _same_process(pid: int, created: float) -> list[psutil.Process]:
    members = family(pid)
    # A process id may have been given to somebody else's process since.
    return members if members and members[0].create_time() == created else []


def _end(members: list[psutil.Process]) -> None:
    for member in members:
        try:
            member.terminate()
        except psutil.NoSuchProcess:
            continue
    alive = set(wait_until_gone([member.pid for member in members], _GRACE_SECONDS))
    for member in members:
        try:
            if member.pid in alive:
                member.kill()
        except psutil.NoSuchProcess:
            continue
    wait_until_gone(alive, _GRACE_SECONDS)


def main() -> None:
    """Listen until the parent has gone, then clean up."""
    messages = [json.loads(line) for line in sys.stdin]
    directories = [Path(said["directory"]) for said in messages if "directory" in said]
    members = [m for said in messages if "pid" in said for m in _same_process(said["pid"], said["created"])]
    for directory in directories:
        members += family(postmaster_pid(directory / "data"))
    _end(members)
    for directory in directories:
        release_segment(directory / "data")
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
