"""What somebody is told at three in the morning when the account cannot be read: what is the matter, and what to do."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.unit.audit.test_first_use import PROGRAM, WHO

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
#: What STS answers to credentials that it does not take; the words are AWS's.
REFUSALS = {
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "InvalidClientTokenId": (403, "The security token included in the request is invalid."),
    "SignatureDoesNotMatch": (
        403,
        "The request signature we calculated does not match the signature you provided.",
    ),
}


def environment(home: Path, **more: str) -> dict[str, str]:
    nowhere = str(home / "none")
    files = {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere}
    return {"PATH": os.environ["PATH"], "HOME": str(home)} | files | more


@contextmanager
def account(answer: Callable[[str, str], tuple[int, bytes]]) -> Iterator[str]:
    """Something that answers as an account does: ``answer(operation or path, authorization)``."""

    class Account(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            named = dict(pair.partition("=")[::2] for pair in body.split("&")).get("Action", "")
            status, said = answer(target or named or self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Account) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def refusal(code: str, why: str) -> bytes:
    said = f"<Code>{code}</Code><Message>{why}</Message>"
    return f"<ErrorResponse><Error><Type>Sender</Type>{said}</Error></ErrorResponse>".encode()


def audit(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "audit", *words],
        env=environment(home, **more), capture_output=True, text=True, timeout=60, check=False, cwd=home,
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str], what: str, hint: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert what in done.stderr.partition("\n\nhint: ")[0]
    assert hint in done.stderr.partition("\n\nhint: ")[2]


@pytest.mark.parametrize(
    ("name", "near"), [("mars-1", "eu-west-1"), ("us-est-1", "us-east-1"), ("eu-west-9", "eu-west-")]
)
def test_a_region_that_is_not_is_refused_before_anything_is_asked(
    name: str, near: str, tmp_path: Path
) -> None:
    done = audit(tmp_path, "--live", "--region", name, **KEYS)
    told(done, f"{name} is no region", near)
    assert "--new-region NAME" in done.stderr


def test_a_region_in_the_settings_is_looked_at_as_well(tmp_path: Path) -> None:
    (tmp_path / "launchbook.toml").write_text('[audit]\nregions = ["eu-wst-1"]\n')
    told(audit(tmp_path, ".", "--live", **KEYS), "eu-wst-1 is no region", "eu-west-1")


def test_a_region_newer_than_the_program_is_asked_where_one_insists(tmp_path: Path) -> None:
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:1"}  # nothing leaves this machine
    done = audit(tmp_path, "--live", "--new-region", "eu-west-9", **KEYS, **proxy)
    told(done, "Failed to connect", "https://sts.eu-west-9.amazonaws.com")


def test_no_credentials(tmp_path: Path) -> None:
    told(
        audit(tmp_path, "--live", "--region", "eu-west-1"),
        "Unable to locate credentials",
        "aws configure sso",
    )


def test_no_such_profile(tmp_path: Path) -> None:
    done = audit(tmp_path, "--live", "--region", "eu-west-1", "--profile", "work")
    told(done, "there is no profile work", "aws configure list-profiles")


ROLE = ("--role", "arn:aws:iam::123456789012:role/auditor")
#: Profiles that lead to no credentials.
PROFILES = """
[profile signed-out]
sso_session = s
sso_account_id = 123456789012
sso_role_name = r
[sso-session s]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[profile chained]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = gone
[profile program]
credential_process = /nonexistent/program
"""


@pytest.mark.parametrize("role", [(), ROLE], ids=["", "in a role"])
@pytest.mark.parametrize(
    ("profile", "what", "hint"),
    [
        ("signed-out", "Error loading SSO Token", "aws sso login --profile signed-out"),
        ("chained", 'The source_profile "gone"', "aws sts get-caller-identity --profile chained"),
        ("program", "/nonexistent/program", "aws sts get-caller-identity --profile program"),
    ],
)
def test_a_profile_that_leads_to_no_credentials(
    profile: str, what: str, hint: str, role: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(PROFILES)
    words = ("--live", "--region", "eu-west-1", "--profile", profile, *role)
    told(audit(tmp_path, *words, AWS_CONFIG_FILE=str(tmp_path / "config")), what, hint)


def test_a_role_without_credentials_to_take_it(tmp_path: Path) -> None:
    done = audit(tmp_path, "--live", "--region", "eu-west-1", *ROLE)
    told(done, "Unable to locate credentials", "aws configure sso")


def test_the_region_of_the_profile_is_read_where_nobody_names_another(tmp_path: Path) -> None:
    keys = "aws_access_key_id = test\naws_secret_access_key = test\n"  # an explicit profile's own ones count
    (tmp_path / "config").write_text(f"[profile work]\nregion = eu-north-1\n{keys}")
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:1", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    done = audit(tmp_path, "--live", "--profile", "work", **proxy)
    told(done, "Failed to connect", "https://sts.eu-north-1.amazonaws.com")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("ExpiredToken", "aws sso login"),
        ("InvalidClientTokenId", "sign in, or choose --profile"),
        ("SignatureDoesNotMatch", "check the clock"),
    ],
)
def test_credentials_that_are_not_taken(code: str, hint: str, tmp_path: Path) -> None:
    status, why = REFUSALS[code]
    with account(lambda *_: (status, refusal(code, why))) as there:
        told(
            audit(tmp_path, "--endpoint-url", there, "--region", "eu-west-1", **KEYS), f"{code}: {why}", hint
        )


def test_nobody_answers(tmp_path: Path) -> None:
    started = time.monotonic()
    done = audit(tmp_path, "--endpoint-url", "http://127.0.0.1:1", "--region", "eu-west-1", **KEYS)
    told(done, "Could not connect", "launchbook local status")
    assert time.monotonic() - started < 30


def test_a_region_that_is_not_enabled_is_a_gap_and_the_account_is_told_by_another(tmp_path: Path) -> None:
    status, why = REFUSALS["InvalidClientTokenId"]

    def answer(operation: str, signed: str) -> tuple[int, bytes]:
        if "/af-south-1/" in signed:
            return status, refusal("InvalidClientTokenId", why)
        return (200, WHO) if operation == "GetCallerIdentity" else (403, refusal("AccessDenied", "not you"))

    regions = ("--region", "af-south-1", "--region", "eu-west-1")
    with account(answer) as there:
        done = audit(tmp_path, "--endpoint-url", there, *regions, **KEYS)
    assert done.returncode == 3, done.stderr
    assert "account      123456789012" in done.stdout
    assert " OK" not in done.stdout.splitlines()[0]
    assert "enable af-south-1 for the account, or leave it out" in done.stdout


def test_credentials_that_run_out_meanwhile_leave_everything_open(tmp_path: Path) -> None:
    status, why = REFUSALS["ExpiredToken"]

    def answer(operation: str, signed: str) -> tuple[int, bytes]:
        return (200, WHO) if operation == "GetCallerIdentity" else (status, refusal("ExpiredToken", why))

    with account(answer) as there:
        done = audit(tmp_path, "--endpoint-url", there, "--region", "eu-west-1", **KEYS)
    assert done.returncode == 3, done.stderr
    assert " OK" not in done.stdout.splitlines()[0]
    assert "sign in again, and run it again: the credentials ran out" in done.stdout


def test_an_interrupt_at_the_terminal_ends_it_at_once_and_says_so(tmp_path: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def answer(operation: str, signed: str) -> tuple[int, bytes]:
        if operation == "GetCallerIdentity":
            return 200, WHO
        asked.set()
        over.wait(30)
        return 500, b""

    with account(answer) as there:
        ours, theirs = pty.openpty()
        started = subprocess.Popen(
            [PROGRAM, "audit", "--endpoint-url", there, "--region", "eu-west-1"],
            env=environment(tmp_path, **KEYS), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_terminal,
        )  # fmt: skip
        os.close(theirs)
        try:
            assert asked.wait(30)
            os.write(ours, b"\x03")  # as somebody does: the terminal makes a signal of it
            code = started.wait(10)
            said = _all_of(ours)
        finally:
            started.kill()
            over.set()
            os.close(ours)
    assert code == 130
    assert "interrupted: no report was made, and nothing was changed" in said
    assert "Traceback" not in said
    assert "GO" not in said


def _terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _all_of(ours: int) -> str:
    said = b""
    while select.select([ours], [], [], 0.5)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    return said.decode("utf-8", "replace")
