"""A reason is read beside the name of what it is of, and what is open for one reason is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from launchbook.audit import Question, audit
from launchbook.model import Evidence, Finding, Gap, LineStatus, Report, Requirement, Status, Where
from launchbook.report import markdown, sarif, text
from launchbook.report.subjects import said
from tests.rules.source import ROOT


def finding(check: str, status: Status, subject: str, why: str, settle: str = "") -> Finding:
    shown = (Evidence("main.tf:3", "static", "x"),) if status in ("PASS", "FAIL") else ()
    return Finding(
        check=check, status=status, severity="high", subject=subject, why=why, evidence=shown,
        fix="mend it" if status == "FAIL" else "", settle=settle,
    )  # fmt: skip


def report(status: LineStatus, *findings: Finding) -> Report:
    line = Requirement(id="a", title="Multi-AZ", why="zones fail", status=status, findings=findings)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Report(
        run="r", at=at, checklist="launch-readiness", sources=["repository ."], requirements=(line,)
    )


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("infra/main.tf#aws_db_instance.app", "app: one zone"),
        ("main.tf#module.db.aws_db_instance.this[0]", "module.db.this[0]: one zone"),
        ("template.yaml#Orders", "Orders: one zone"),
        ("serverless.yml#function.create", "function.create: one zone"),
        ("k8s/cron.yaml#CronJob/nightly", "CronJob/nightly: one zone"),
        ("arn:aws:rds:eu-west-1:123456789012:db:shop", "shop: one zone"),
        ("arn:aws:sqs:eu-west-1:123456789012:jobs", "jobs: one zone"),
        ("arn:aws:ecs:eu-west-1:123456789012:service/prod/web", "prod/web: one zone"),
        ("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:jobs-age", "jobs-age: one zone"),
        ("Dockerfile#dockerfile", "one zone"),
        (".github/workflows/deploy.yml#workflow", "one zone"),
        ("aws_backup_plan", "one zone"),
        (".env#document:secrets", "one zone"),
    ],
)
def test_a_reason_names_what_it_is_of(subject: str, wanted: str) -> None:
    assert said(finding("rds-multi-az", "FAIL", subject, "one zone")) == wanted


def test_a_name_that_the_reason_has_is_not_said_twice() -> None:
    assert said(finding("a", "FAIL", "main.tf#aws_sqs_queue.jobs", "jobs has none")) == "jobs has none"


def test_every_format_for_people_names_it() -> None:
    found = report("NOK", finding("rds-multi-az", "FAIL", "main.tf#aws_db_instance.app", "one zone"))
    for shown in (text.render(found), text.render(found, every=True), markdown.render(found)):
        assert "app: one zone" in shown
    assert "app: one zone. mend it" in sarif.render(found, "1")


def test_what_is_open_for_one_reason_is_said_once() -> None:
    because = "module acme/rds/aws is not in the repository"
    open_ones = [
        finding(f"check-{n}", "UNKNOWN", "aws_db_instance", f"aws_x{n} may exist unseen: {because}", "a plan")
        for n in range(30)
    ]
    none = [
        finding(f"none-{n}", "UNKNOWN", "aws_x", f"no aws_x{n} was seen, and no source lists every one")
        for n in range(3)
    ]
    lines = text.render(report("TODO", *open_ones, *none), every=True).splitlines()
    assert sum(because in line for line in lines) == 1
    assert sum("settle: a plan" in line for line in lines) == 1
    shown = " ".join(lines)
    assert all(f"check-{n}" in shown for n in range(30))
    assert all(f"none-{n}" in shown for n in range(3))
    assert all(len(line) <= 110 for line in lines)


@pytest.mark.parametrize("width", [80, 110, 140])
@pytest.mark.parametrize("every", [False, True])
def test_no_line_is_wider_than_the_terminal_and_the_place_is_never_cut(width: int, every: bool) -> None:
    answer = audit(Question(path=ROOT / "examples/huntaze"))
    lines = text.render(answer.report, width=width, every=every).splitlines()
    kept = ("run ", "settle", "infra/")  # what is asked for, commands and places are whole, however long
    wide = [line for line in lines if len(line) > width and not any(word in line for word in kept)]
    assert wide == []
    assert any(line.endswith("infra/aws/cloudfront-distribution-stack.yaml:69") for line in lines)


def test_a_place_in_an_account_is_its_call_and_region() -> None:
    asked = "rds:DescribeDBInstances eu-west-1 123456789012 2026-11-23T01:22:37Z"
    one = replace(
        finding("rds-multi-az", "FAIL", "arn:aws:rds:eu-west-1:123456789012:db:shop", "in one zone alone"),
        evidence=(Evidence(asked, "live", False),),
    )
    shown = text.render(report("NOK", one), width=80)
    assert "✗ rds-multi-az: shop: in one zone alone  rds:DescribeDBInstances eu-west-1\n" in shown
    assert asked in text.render(report("NOK", one), every=True)


def test_a_line_of_which_nothing_is_here_says_so() -> None:
    none = finding(
        "lb-two-zones", "NOT_APPLICABLE", "aws_lb", "there is no aws_lb in scope, and all were listed"
    )
    assert "none of what it asks about is here, and all was listed" in text.render(report("TODO", none))


def test_many_refused_reads_name_the_policy_that_allows_them() -> None:
    gaps = tuple(
        Gap(where=Where(account="1", region="eu-west-1"), what=f"sqs:List{n}: AccessDenied: no", hint="allow")
        for n in range(3)
    )
    refused = replace(report("TODO"), gaps=gaps)
    assert "3 reads were refused: launchbook policy" in text.render(refused)


def test_markdown_says_first_what_was_looked_at() -> None:
    asked = replace(
        report("TODO"), account="123456789012", regions=["eu-west-1"], not_asked=["us-east-1"], scope=["shop"],
        outside_scope=3, environment="production",
    )  # fmt: skip
    head = markdown.render(asked).partition("| Domain")[0]
    for said_first in (
        "123456789012",
        "eu-west-1 (not asked: us-east-1)",
        "production",
        "shop; 3 resources outside it",
    ):
        assert said_first in head
