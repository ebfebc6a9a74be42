"""`launchbook local` as a person uses it, in processes of their own."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from launchbook.cli import main; main()", "local"]


def local(*arguments, **more):
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False, **more
    )


@pytest.fixture
def port():
    started = local("start", "--detach", "--port", "0")
    assert started.returncode == 0, started.stderr
    port = started.stdout.split("127.0.0.1:")[1].split()[0]
    yield port
    local("stop", "--port", port)


@pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")
def test_start_env_status_requests_stop(port):
    exports = local("env", "--port", port, "--region", "eu-west-1").stdout
    assert f"export AWS_ENDPOINT_URL=http://127.0.0.1:{port}" in exports
    assert "export AWS_REGION=eu-west-1" in exports
    variables = json.loads(local("env", "--port", port, "--json").stdout)
    environment = {**os.environ, **variables}
    made = subprocess.run(
        ["aws", "--endpoint-url", variables["AWS_ENDPOINT_URL"], "sqs", "create-queue", "--queue-name", "seen"],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "/123456789012/seen" in made.stdout
    status = local("status", "--port", port).stdout
    assert "aws_sqs_queue" in status
    assert "seen" in status
    rows = [json.loads(line) for line in local("requests", "--port", port, "--json").stdout.splitlines()]
    assert [(row["service"], row["operation"]) for row in rows] == [("sqs", "CreateQueue")]
    assert "aws-cli" in rows[0]["agent"]
    stopped = local("stop", "--port", port)
    assert stopped.returncode == 0
    assert local("status", "--port", port).returncode == 2


def test_inject_and_clear(port):
    assert local("inject", "throttle", "sqs:*", "--rate", "0.5", "--port", port).returncode == 0
    assert "throttle sqs:* at 0.5" in local("inject", "--port", port).stdout
    assert "1 fault removed" in local("inject", "--clear", "--port", port).stdout
    wrong = local("inject", "throttle", "sqs", "--port", port)
    assert wrong.returncode == 2
    assert "service:Operation" in wrong.stderr
    assert local("inject", "throttle", "--port", port).returncode == 2


def test_clearing_names_what_it_clears(port):
    for kind, operation in (("throttle", "sqs:*"), ("deny", "sqs:*"), ("deny", "ecs:*"), ("deny", "elbv2:*")):
        local("inject", kind, operation, "--port", port)
    assert "1 fault removed" in local("inject", "deny", "sqs:*", "--clear", "--port", port).stdout
    assert local("inject", "--port", port).stdout.count("happened") == 3
    assert "0 faults removed" in local("inject", "deny", "sqs:*", "--clear", "--port", port).stdout
    assert "1 fault removed" in local("inject", "deny", "elbv2:*", "--clear", "--port", port).stdout
    assert "1 fault removed" in local("inject", "deny", "--clear", "--port", port).stdout
    assert "throttle sqs:*" in local("inject", "--port", port).stdout
    for more in (("--rate", "0.5"), ("--times", "2"), ("--seconds", "2")):
        wrong = local("inject", "throttle", "sqs:*", "--clear", *more, "--port", port)
        assert wrong.returncode == 2
        assert more[0] in wrong.stderr
    assert "1 fault removed" in local("inject", "--clear", "--port", port).stdout


def test_inject_knows_the_services(port):
    for given, logged in (("sesv2:*", "ses:*"), ("elbv2:Describe*", "elasticloadbalancing:Describe*")):
        assert logged in local("inject", "deny", given, "--port", port).stdout
    wrong = local("inject", "deny", "sqz:*", "--port", port)
    assert wrong.returncode == 2
    assert "no service is called 'sqz'" in wrong.stderr
    for seconds in ("nan", "inf", "-1"):
        assert local("inject", "delay", "sqs:*", "--seconds", seconds, "--port", port).returncode == 2


@pytest.mark.parametrize(
    "wrong",
    [("--port", "-1"), ("--port", "65536"), ("--speed", "nan"), ("--speed", "inf"), ("--speed", "1001"),
     ("--speed", "0")],
)  # fmt: skip
def test_start_refuses_what_is_out_of_range(wrong):
    refused = local("start", "--detach", *wrong)
    assert refused.returncode == 2
    assert wrong[0] in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_env_that_fails_fails_the_eval(tmp_path):
    elsewhere = {**os.environ, "LAUNCHBOOK_LOCAL_STATE": str(tmp_path)}
    failed = local("env", env=elsewhere)
    assert (failed.returncode, failed.stdout) == (2, "false\n")
    assert "no embedded AWS runs" in failed.stderr
    assert local("env", "--json", env=elsewhere).stdout == ""


def test_logs(port):
    assert "host.log" in local("logs", "--list", "--port", port).stdout
    assert local("logs", "--port", port).returncode == 0
    assert "no log is called" in local("logs", "nothing", "--port", port).stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_a_signal_ends_it(number):
    process = subprocess.Popen([*PROGRAM, "start", "--port", "0"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    port = line.split("127.0.0.1:")[1].split()[0]
    state = Path(json.loads(local("status", "--port", port, "--json").stdout)["instance"]["state"])
    assert state.exists()
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not state.exists()


def test_without_its_packages_it_says_how_to_get_them(tmp_path):
    # A finder that does not find moto, as on a machine without the extra.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'moto' else find(name, *a)\n"
    )
    said = local("start", "--detach", "--port", "0", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert said.returncode == 2
    assert "not installed: moto" in said.stderr
    assert "hint: pip install 'launchbook[local]'" in said.stderr


def test_asking_when_none_runs(tmp_path):
    began = time.monotonic()
    said = local("status", env={**os.environ, "LAUNCHBOOK_LOCAL_STATE": str(tmp_path / "none")})
    assert said.returncode == 2
    assert "no embedded AWS runs" in said.stderr
    assert "hint: launchbook local start" in said.stderr
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("detach", [["--detach"], []])
def test_a_state_that_cannot_be_written_is_said_at_once(detach):
    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    started = time.monotonic()
    refused = local("start", "--port", "0", *detach, preexec_fn=no_room)
    assert refused.returncode == 2
    assert "can't write to" in refused.stderr
    assert "hint: make room" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert time.monotonic() - started < 20, "nobody waits for an answer that cannot come"
