"""One estate from four sources: the same verdict or unknown, never the opposite."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from launchbook.audit import Answer, Question, audit
from launchbook.collect import collectors
from launchbook.collect.commands import script
from tests.aws.audit.conftest import REGIONS, SCOPE, ask, lines
from tests.aws.audit.runbook import filled
from tests.support.cli import CommandLine, interpreter
from tests.support.estate import Deployed
from tests.support.terraform import Terraform, available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not interpreter(), reason="the AWS CLI is not installed"),
]
SERVICES = sorted({call.service for one in collectors().values() for call in one.calls})
OPPOSITE = {("PASS", "FAIL"), ("FAIL", "PASS")}
BOTH = {"PASS", "FAIL"}
ACCOUNT = "123456789012"
NAMES = {"OK": "PASS", "NOK": "FAIL"}


@dataclass
class Estate:
    deployed: Deployed
    aws: CommandLine
    live: Answer


@pytest.fixture(scope="module", params=["ready", "planted"])
def estate(request: pytest.FixtureRequest) -> Iterator[Estate]:
    deployed: Deployed = request.getfixturevalue(request.param)
    aws = CommandLine(deployed.endpoint, SERVICES)
    yield Estate(deployed, aws, ask(deployed, files=False))
    aws.close()


def named(answer: Answer) -> dict[tuple[str, str, str], set[str]]:
    """Every verdict on a thing, by what it is called: sources have ids of their own."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for one in answer.report.findings:
        fact = answer.facts.find(one.subject)
        kind, name = (fact.type, fact.name.lower()) if fact is not None else ("", one.subject)
        found.setdefault((one.check, kind, name), set()).add(one.status)
    return found


def read_by_mail_alone(declared: Answer) -> set[tuple[str, str, str]]:
    """What the estate does otherwise than its files say: the embedded AWS sends no mail, so its mailboxes are read over
    HTTP. Of a topic that only they read the account therefore says that more than a mailbox hears it."""
    readers: dict[str, set[str]] = {}
    for one in declared.facts.seen("aws_sns_topic_subscription"):
        topic = declared.facts.find(one.attributes["topic_arn"])
        if topic is not None:
            readers.setdefault(topic.name.lower(), set()).add(str(one.attributes["protocol"]))
    return {
        ("pager-behind-topic", "aws_sns_topic", name)
        for name, protocols in readers.items()
        if protocols == {"email"}
    }


def opposite(one: Answer, other: Answer, leave: Container[tuple[str, str, str]] = ()) -> list[str]:
    """Where two sources contradict each other: of a thing, or of a whole line."""
    here, there = named(one), named(other)
    wrong = [
        f"{key}: {sorted(here[key])} and {sorted(there[key])}"
        for key in here.keys() & there.keys()
        if any((a, b) in OPPOSITE for a in here[key] for b in there[key])
        and key not in leave
        and not {"PASS", "FAIL"} <= here[key]
        and not {"PASS", "FAIL"} <= there[key]
    ]
    told, said = lines(one), lines(other)
    return wrong + [
        f"{line}: {told[line]} and {said[line]}"
        for line in told
        if (NAMES.get(told[line]), NAMES.get(said[line])) in OPPOSITE
    ]


def pasted(texts: dict[str, str]) -> Answer:
    return audit(Question(pasted=texts, scope=SCOPE))


def decided(answer: Answer) -> int:
    return sum(one.status in ("PASS", "FAIL") for one in answer.report.findings)


def test_the_bundle_of_the_printed_commands_says_what_the_account_says(
    estate: Estate, tmp_path: Path
) -> None:
    reads = tmp_path / "reads.sh"
    reads.write_text(script(collectors().values(), REGIONS), encoding="utf-8")
    done = subprocess.run(
        ["bash", str(reads), str(tmp_path / "out")],
        env={"PATH": "/usr/bin:/bin", "AWS": str(estate.aws.program)},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    texts = {one.name: one.read_text("utf-8") for one in (tmp_path / "out").iterdir()}
    answer = pasted(texts)
    assert opposite(estate.live, answer) == []
    told = named(answer)
    # It holds the same answers: all that the account decides, it decides too.
    assert [
        key for key, said in named(estate.live).items() if said & BOTH and not told.get(key, set()) & BOTH
    ] == []
    assert decided(answer) <= 1.05 * decided(estate.live)
    # And so it does beside the files: what they declare and the account has not is missing from either.
    beside = audit(Question(path=estate.deployed.path, pasted=texts))
    assert lines(beside) == lines(ask(estate.deployed))
    assert beside.report.regions == sorted(REGIONS)
    # And the account is not named in it.
    assert [name for name, text in texts.items() if ACCOUNT in text] == []


def test_the_runbook_s_own_tables_never_say_the_opposite(estate: Estate) -> None:
    text = []
    for line in filled(placeholders(estate)):
        text.append(f"$ {line}\n{estate.aws.run(line)}")
    answer = pasted({"terminal.txt": "\n".join(text)})
    assert opposite(estate.live, answer) == []
    assert decided(answer) > 10  # of the planted estate its tables show little


def placeholders(estate: Estate) -> dict[str, list[str]]:
    client: Callable[..., object] = estate.deployed.estate.client
    asked = lambda service: client(service, "us-east-1")  # noqa: E731
    return {
        "app": [one["appId"] for one in asked("amplify").list_apps()["apps"]],  # type: ignore[attr-defined]
        "user": [one["UserName"] for one in asked("iam").list_users()["Users"]],  # type: ignore[attr-defined]
        "group": [
            one["TargetGroupArn"]
            for one in asked("elbv2").describe_target_groups()["TargetGroups"]  # type: ignore[attr-defined]
        ],
        "queue": asked("sqs").list_queues().get("QueueUrls", []),  # type: ignore[attr-defined]
        "identity": [
            one["IdentityName"]
            for one in asked("sesv2").list_email_identities()["EmailIdentities"]  # type: ignore[attr-defined]
        ],
    }


@pytest.mark.skipif(bool(available()), reason=available() or "")
def test_files_and_a_plan_never_say_the_opposite(estate: Estate, tmp_path: Path) -> None:
    source = estate.deployed.path / "infra/aws"
    copy = tmp_path / "source"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.tfstate", ".terraform*"))
    (copy / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
    variables = {"AWS_ENDPOINT_URL": estate.deployed.endpoint, "AWS_REGION": "us-east-1"}
    variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    terraform = Terraform.of(copy, tmp_path / "run", variables)
    terraform.run("plan", "-input=false", "-out=new.tfplan", "-var=cron_secret=unused", codes=(0, 2))
    plan = tmp_path / "plan.json"
    plan.write_text(terraform.run("show", "-json", "new.tfplan"), encoding="utf-8")
    answer = audit(Question(path=estate.deployed.path, plan=plan))
    assert "plan" in {one.level for one in answer.report.findings}
    assert opposite(estate.live, answer, read_by_mail_alone(answer)) == []
    paged = [key for key, said in named(answer).items() if key[0] == "pager-behind-topic" and said & BOTH]
    assert paged
