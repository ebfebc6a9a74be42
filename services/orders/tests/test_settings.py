"""Settings: read once, every mistake named at once, no secret ever shown, and documented."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from orders import settings

README = Path(__file__).parents[1] / "README.md"
GOOD = {
    "DATABASE_URL": "postgresql://db/orders",
    "QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/orders",
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def mistakes(**changes: str) -> list[str]:
    with pytest.raises(settings.BadSettings) as bad:
        settings.load({**GOOD, **changes})
    return bad.value.mistakes


def test_defaults() -> None:
    found = settings.load(GOOD)
    assert (found.host, found.port, found.management_port) == ("0.0.0.0", 8080, 8081)
    assert (found.visibility_timeout, found.lease_seconds, found.max_retries) == (30, 24.0, 3)
    assert (found.processor_latency, found.processor_failure_rate) == (0, 0)


def test_every_mistake_is_named_at_once() -> None:
    found = mistakes(
        PORT="http", DB_TIMEOUT="nan", RELAY_ENABLED="yes", QUEUE_URL="sqs", LOG_LEVEL="loud",
        LEASE_SECONDS="40", RETRY_DELAY="10", RETRY_DELAY_MAX="5", DATABASE_URL="mysql://x",
        AWS_ACCESS_KEY_ID="",
    )  # fmt: skip
    names = [mistake.partition(":")[0] for mistake in found]
    assert names == [
        "PORT", "DATABASE_URL", "DB_TIMEOUT", "QUEUE_URL", "RELAY_ENABLED", "LOG_LEVEL",
        "AWS_ACCESS_KEY_ID", "LEASE_SECONDS", "RETRY_DELAY_MAX",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL: is not set, nor is DB_HOST"),
        ({"QUEUE_URL": ""}, "QUEUE_URL: is not set"),
        ({"AWS_REGION": ""}, "AWS_REGION: is not set"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY: is not set, but AWS_ACCESS_KEY_ID is"),
        ({"PORT": "70000"}, "PORT: must be a whole number from 0 to 65535, not '70000'"),
        ({"PROCESSOR_FAILURE_RATE": "1.1"}, "PROCESSOR_FAILURE_RATE: must be a number from 0 to 1, not '1.1'"),
        ({"HOST": "banana"}, "HOST: must be an IP address or localhost, not 'banana'"),
        ({"PORT": "9000", "MANAGEMENT_PORT": "9000"}, "MANAGEMENT_PORT: 9000 is PORT already"),
        ({"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:99999"},
         "AWS_ENDPOINT_URL_SQS: must be an http or https address, not 'http://127.0.0.1:99999'"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://198.51.100.7/role"},
         "AWS_CONTAINER_CREDENTIALS_FULL_URI: must be https, or an address of this machine, ECS or EKS, "
         "not 'http://198.51.100.7/role'"),
        ({"PROCESSOR_FAILURE_RATE": "0.7", "PROCESSOR_REJECT_RATE": "0.4"},
         "PROCESSOR_REJECT_RATE: is over 1 together with PROCESSOR_FAILURE_RATE (1.1)"),
        ({"DRAIN_SECONDS": "24"}, "DRAIN_SECONDS: must be a number from 0 to 23, not '24'"),
        ({"DB_SSLMODE": "on"}, f"DB_SSLMODE: must be one of {', '.join(settings.SSL_MODES)}, not 'on'"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_is_wrong(changes: dict[str, str], mistake: str) -> None:
    assert mistakes(**changes) == [mistake]


def test_secrets_are_never_shown() -> None:
    assert mistakes(DATABASE_URL="mysql://user:pa55word@db") == [
        "DATABASE_URL: must start with postgresql://"
    ]
    for part in ("/", "#", "?", "[", "12/", "12?", "12#", "\uff0f", "@", "@:"):
        assert mistakes(DATABASE_URL=f"postgresql://orders:{part}s3cr{part}et@db:5432/orders") == [
            "DATABASE_URL: is not a valid address; escape / # ? @ in the password"
        ], part
    assert mistakes(DATABASE_URL="postgresql:///orders?port=s3cret") == [
        "DATABASE_URL: is not a valid address; escape / # ? @ in the password"
    ]
    assert "secret" not in repr(settings.load(GOOD))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql:///orders?host=/run/postgresql&password=a@b",
        "postgres://u:p%2F%40@[::1]:5432/orders",
        "postgresql://u:p@first:5432,second:5433/orders?sslmode=require",
    ],
)
def test_addresses_of_every_kind_are_taken(address: str) -> None:
    assert settings.load({**GOOD, "DATABASE_URL": address}).database_url == address


def test_ports_that_are_left_to_the_system_may_be_the_same() -> None:
    assert settings.load({**GOOD, "PORT": "0", "MANAGEMENT_PORT": "0"}).port == 0


def test_second_names_and_parts_work_as_ecs_injects_them() -> None:
    found = settings.load(
        {
            "DB_HOST": "db.internal", "DB_USER": "u", "DB_PASSWORD": "p", "QUEUE_URL": GOOD["QUEUE_URL"],
            "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x",
        }
    )  # fmt: skip
    assert (found.db_host, found.aws_region, found.sqs_endpoint) == (
        "db.internal", "eu-west-1", "http://127.0.0.1:1"
    )  # fmt: skip


def test_a_command_asks_only_for_what_it_needs() -> None:
    assert settings.load({"DB_HOST": "db"}, queue=False).queue_url == ""
    assert settings.load({}, database=False, queue=False).management_port == 8081


def test_the_command_prints_one_message_and_exits_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orders.cli", "worker"],
        env={"PATH": os.environ["PATH"], "PORT": "x"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "orders: the configuration has 5 mistakes:\n"
        "  PORT: must be a whole number from 0 to 65535, not 'x'\n"
        "  DATABASE_URL: is not set, nor is DB_HOST\n"
        "  QUEUE_URL: is not set\n"
        "  AWS_REGION: is not set\n"
        "  AWS_ACCESS_KEY_ID: is not set, nor are container credentials\n"
        "\n"
        "hint: services/orders/README.md lists every variable with its default\n"
    )


def test_the_readme_has_every_variable_with_its_default_and_meaning() -> None:
    rows = re.findall(
        r"^\| `([A-Z_0-9]+)`(?: or `[A-Z_]+`)? \| (.*?) \| (.*?) \|$", README.read_text(), re.MULTILINE
    )
    declared = [
        (v["env"], f"`{v['default']}`" if v["default"] else "–", v["meaning"]) for v in settings.VARIABLES
    ]
    assert rows == declared
