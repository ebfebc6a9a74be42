"""The installed AWS CLI, loaded once: each command is a fork of it, since its start costs a hundred times its work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_SERVER = r"""
import json, os, socket, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
loader = driver.session.get_component("data_loader")
for name in sys.argv[2].split(","):
    loader.load_service_model(name, "service-2")
# One command to nowhere loads what every command needs; the forks have it already.
kept = os.dup(1), os.dup(2)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1), os.dup2(nowhere, 2)
driver.main(["sts", "get-caller-identity", "--endpoint-url", "http://127.0.0.1:1", "--query", "Arn"])
sys.stdout.flush()
os.dup2(kept[0], 1), os.dup2(kept[1], 2)
import gc
gc.freeze()  # a collection in a fork would copy all that was loaded here
gc.disable()
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
print("ready", flush=True)
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    connection, _ = listener.accept()
    if os.fork():
        connection.close()
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listener.close()
    words = json.loads(connection.makefile("rb").readline())
    os.dup2(connection.fileno(), 1)
    os.dup2(os.open(words["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    code = driver.main(words["words"])
    sys.stdout.flush()
    connection.shutdown(socket.SHUT_RDWR)
    os._exit(code)
"""
_CLIENT = r"""#!{python} -SE
import json, os, socket, sys, tempfile
errors = tempfile.mktemp(dir={folder!r})
there = socket.socket(socket.AF_UNIX)
there.connect({path!r})
words = [*sys.argv[1:], "--endpoint-url", {endpoint!r}]
there.sendall(json.dumps(dict(words=words, errors=errors)).encode() + b"\n")
while part := there.recv(65536):
    os.write(1, part)
said = open(errors, "rb").read() if os.path.exists(errors) else b""
os.write(2, said)
sys.exit(bool(said))
"""


@cache
def interpreter() -> str:
    """The Python that the installed AWS CLI runs on; empty where there is none, or one that needs none."""
    program = shutil.which("aws")
    if program is None:
        return ""
    candidates = [program]
    if shutil.which("pyenv"):
        found = subprocess.run(["pyenv", "which", "aws"], capture_output=True, text=True, check=False).stdout
        candidates.append(found.strip())
    for one in filter(None, candidates):
        first = Path(one).read_bytes()[:200].decode("utf-8", "replace").splitlines()[:1]
        match = re.match(r"#!\s*(\S*python\S*)", first[0]) if first else None
        if (
            match
            and subprocess.run([match[1], "-c", "import awscli.clidriver"], capture_output=True).returncode
            == 0
        ):
            return match[1]
    return ""


class CommandLine:
    """``program`` stands for ``aws``, against one endpoint; close it when done."""

    def __init__(self, endpoint: str, services: list[str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        path = str(folder / "socket")
        given = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PYTHON"))}
        given |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PAGER": ""}
        given |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
        self._server = subprocess.Popen(
            [interpreter(), "-c", _SERVER, path, ",".join(services)],
            env=given,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == "ready\n"
        self.program = folder / "aws"
        self.program.write_text(
            _CLIENT.format(python=sys.executable, folder=str(folder), path=path, endpoint=endpoint)
        )
        self.program.chmod(0o755)

    def run(self, line: str) -> str:
        """One line as it stands in a runbook, pipes and all; its output and what it complained of."""
        done = subprocess.run(
            ["bash", "-c", line],
            env={**os.environ, "PATH": f"{self.program.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        return done.stdout + done.stderr

    def close(self) -> None:
        """End it."""
        self._server.terminate()
        self._server.wait(10)
        self._folder.cleanup()
