"""The first use, by somebody with no account: each as a program of its own, as it would be typed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import botocore.session
import pytest

from launchbook.collect import metadata
from tests.rules.source import ROOT

PROGRAM = str(Path(sys.executable).with_name("launchbook"))


def environment(home: Path) -> dict[str, str]:
    """No account, no settings, a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "XDG_"))}
    return {**kept, "HOME": str(home), "NO_COLOR": "1"}


def typed(home: Path, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [PROGRAM, *words],
        **{"capture_output": True, "text": True, "env": environment(home), "timeout": 60, **more},
    )


@pytest.mark.parametrize("verb", ["audit", "discover"])
def test_files_alone_are_read_without_the_library_of_aws(verb: str, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.argv = ['launchbook', '{verb}', {str(ROOT / 'examples/huntaze')!r}]\n"
        "from launchbook.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'botocore', 'boto3', 'urllib3', 'dns'} & {one.partition('.')[0] for one in sys.modules}\n"
        "print('loaded:', sorted(heavy))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(tmp_path), timeout=60
    )
    assert said.stdout.splitlines()[-1] == "loaded: []", said.stderr
    assert len(said.stdout.splitlines()) > 20


def test_a_repository_that_has_nothing_to_do_with_aws_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("print('hello')\n")
    said = typed(tmp_path, "audit", str(tmp_path))
    first = said.stdout.splitlines()[:6]
    assert first[0] == "NO-GO: 10 TODO, 1 OK"
    assert "found        nothing on AWS that a check judges: is this the root of the repository?" in first
    assert said.returncode == 3


@pytest.mark.parametrize(
    ("words", "wanted", "hint"),
    [
        (["nowhere"], "cannot read nowhere: there is no such folder", "launchbook audit PATH"),
        (["file"], "cannot read file: it is a file, and a repository is a folder", "launchbook audit PATH"),
        (["--pasted", "nowhere"], "cannot read nowhere: No such file or directory", "launchbook commands"),
        (["--plan", "nowhere"], "cannot read", "terraform show -json"),
        (["--live"], "no region to read", "launchbook audit --live --region eu-west-1"),
        (
            ["--live", "--region", "eu-west-1", "--profile", "none"],
            "there is no profile none: the AWS configuration has none",
            "aws configure list-profiles",
        ),
        (["--out", "/dev/full"], "cannot write /dev/full: No space left on device", "another --out"),
        (["--scope", " "], "the scope is empty", "--scope"),
        (["--bogus"], "No such option", "--help"),
        (["--format", "pdf"], "'pdf' is not one of", "--help"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(
    words: list[str], wanted: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    said = typed(tmp_path, "audit", *words, cwd=tmp_path)
    assert (said.returncode, said.stdout) == (2, "")
    assert wanted in said.stderr
    assert hint in said.stderr
    assert "Traceback" not in said.stderr


CONFIGURED = {
    "half of a key": "[default]\naws_access_key_id = test\n",
    "a source that is not there": "[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = none\n",
    "a signing in that is not whole": "[default]\nsso_session = work\nsso_account_id = 1\nsso_role_name = a\n",
    "a program that is not there": "[default]\ncredential_process = /nowhere/at/all\n",
    "no configuration at all": "{{{",
}


@pytest.mark.parametrize("what", CONFIGURED)
def test_credentials_that_cannot_be_used_are_said(what: str, tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(CONFIGURED[what])
    said = typed(tmp_path, "audit", "--live", "--region", "eu-west-1")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("the account cannot be read: ")
    assert "\n\nhint: aws sts get-caller-identity" in said.stderr


@pytest.mark.skipif(metadata._on_ec2(Path("/")), reason="a machine of EC2 may ask its metadata service")
def test_without_credentials_nothing_leaves_the_machine(tmp_path: Path) -> None:
    """A proxy stands for the way out: whatever would leave, of HTTP, comes by here."""
    with listening() as (port, came):
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        out = dict.fromkeys(names, f"http://127.0.0.1:{port}")
        said = typed(
            tmp_path,
            "audit",
            "--live",
            "--region",
            "eu-west-1",
            env={**environment(tmp_path), **out, "no_proxy": ""},
        )
    assert said.returncode == 2
    assert "the account cannot be read: NoCredentialsError" in said.stderr
    assert came == []


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A port that takes every connection, and what came in first on each."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    held, _ = server.accept()
                except OSError:
                    return
                came.append(b"a connection")
                held.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], came


@pytest.mark.parametrize(
    ("says", "asked"),
    [
        ({}, False),
        ({"sys/class/dmi/id/sys_vendor": "LENOVO"}, False),
        ({"sys/class/dmi/id/sys_vendor": "Amazon EC2\n"}, True),
        ({"sys/hypervisor/uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"}, True),
    ],
)
def test_the_metadata_service_is_asked_on_ec2_alone(
    says: dict[str, str], asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", raising=False)
    for name, text in says.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    session = botocore.session.Session()
    metadata.only_where_it_is(session, tmp_path)
    sources = [one.METHOD for one in session.get_component("credential_provider").providers]
    assert ("iam-role" in sources) is asked
    assert "shared-credentials-file" in sources


def test_garbage_on_stdin_says_what_was_expected(tmp_path: Path) -> None:
    said = typed(tmp_path, "audit", "--pasted", "-", input="\x00\x1b[31m{{{ nonsense\n" * 50)
    assert said.returncode == 3
    assert "each answer needs its command before it" in said.stdout
    assert "\x1b" not in said.stdout


def test_an_output_that_was_cut_off_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cut.txt").write_text(
        '$ aws sqs list-queues --region eu-west-1\n{"QueueUrls": ["https://sqs.eu'
    )
    said = typed(tmp_path, "audit", "--pasted", str(tmp_path / "cut.txt"))
    assert said.returncode == 3
    _, _, unread = said.stdout.partition("not read ")
    assert "cut.txt:1" in " ".join(unread.splitlines()[:2])
    assert "next: launchbook commands" in said.stderr


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    line = f"{PROGRAM} audit {ROOT / 'examples/huntaze'} --all | head -1"
    said = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env=environment(tmp_path), timeout=60
    )
    assert said.stdout.startswith("NO-GO")
    assert "Error" not in said.stderr
    assert "Traceback" not in said.stderr


def test_a_full_disk_behind_stdout_is_said(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        said = typed(
            tmp_path,
            "audit",
            str(ROOT / "examples/huntaze"),
            capture_output=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert said.returncode == 3
    assert "cannot write all of it: no space left on the device" in said.stderr


@contextmanager
def says_who_and_no_more() -> Iterator[tuple[int, threading.Event]]:
    """An account that answers who asks, and never anything else; and whether it was asked more."""
    asked, over = threading.Event(), threading.Event()

    class Account(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if b"GetCallerIdentity" not in body:
                asked.set()
                over.wait(60)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(WHO)))
            self.end_headers()
            self.wfile.write(WHO)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Account) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        over.set()
        server.shutdown()


WHO = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/reader</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


def test_an_interrupted_read_of_an_account_ends_at_once(tmp_path: Path) -> None:
    """Of an account that does not answer: nobody waits for the threads that ask it."""
    with says_who_and_no_more() as (port, asked):
        started = subprocess.Popen(
            [PROGRAM, "audit", "--endpoint-url", f"http://127.0.0.1:{port}", "--region", "eu-west-1"],
            env={**environment(tmp_path), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert asked.wait(30)
            started.send_signal(signal.SIGINT)
            out, err = started.communicate(timeout=10)
        finally:
            started.kill()
    assert (started.returncode, out) == (130, "")
    assert err.strip() == "interrupted: no report was made, and nothing was changed"
