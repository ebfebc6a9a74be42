"""What a verdict may rest on: every way in which something is missing ends in UNKNOWN, never in PASS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from launchbook.check import CHECKS, Check, Waiver, check, evaluate
from launchbook.model import Fact, Facts, Finding, Gap, Unread, Verdict, Where, make_fact, verdict
from launchbook.model.aws import Queue

TODAY = date(2026, 6, 1)


def long_visibility(queue: Queue, facts: Facts) -> Verdict | None:
    if queue.name.endswith("-dlq"):
        return None
    seconds = queue.visibility_timeout
    return verdict(seconds >= 60, f"{seconds} s", at=[queue.at("visibility_timeout_seconds")])


def declared(present: bool = False, body: Any = long_visibility) -> Check:
    return Check("queue-visibility", "Queues wait a minute", Queue, "high", "Raise it.", body, present)


def queue(name: str = "jobs", origin: Any = "source", whole: bool = True, **attributes: Any) -> Fact:
    return make_fact(
        "aws_sqs_queue",
        id=f"main.tf#{name}",
        name=name,
        where=Where("main.tf", 3),
        origin=origin,
        whole=whole,
        attributes=attributes,
    )


def judge(*facts: Fact, gaps: tuple[Gap, ...] = (), complete: bool = False, **options: Any) -> list[Finding]:
    collected = Facts(facts, gaps, complete=["aws_sqs_queue"] if complete else [])
    waivers = options.pop("waivers", ())
    return evaluate([declared(**options)], collected, today=TODAY, waivers=waivers)


def statuses(findings: list[Finding]) -> list[str]:
    return [finding.status for finding in findings]


GAP = Gap(
    where=Where("bad.tf"), what="cannot be parsed", hint="terraform fmt bad.tf", hides=("aws_sqs_queue",)
)


def test_a_good_subject_passes_with_its_evidence() -> None:
    (finding,) = judge(queue(visibility_timeout_seconds=90))
    assert (finding.status, finding.evidence[0].source, finding.evidence[0].value) == (
        "PASS",
        "main.tf:3",
        90,
    )
    assert finding.level == "static"


def test_a_bad_subject_fails_and_says_what_to_do() -> None:
    (finding,) = judge(queue(visibility_timeout_seconds=30))
    assert (finding.status, finding.fix, finding.why) == ("FAIL", "Raise it.", "30 s")


def test_an_absent_attribute_has_its_default_only_where_the_source_is_whole() -> None:
    assert statuses(judge(queue())) == ["FAIL"]
    assert statuses(judge(queue(whole=False))) == ["UNKNOWN"]


def test_an_unread_attribute_is_unknown_with_its_reason() -> None:
    (finding,) = judge(queue(visibility_timeout_seconds=Unread("var.timeout has no value")))
    assert finding.status == "UNKNOWN"
    assert "var.timeout has no value" in finding.why


def test_a_subject_to_which_it_does_not_apply() -> None:
    assert statuses(judge(queue("jobs-dlq"))) == ["NOT_APPLICABLE"]


def test_a_gap_is_unknown_beside_what_was_read() -> None:
    findings = judge(queue(visibility_timeout_seconds=90), gaps=(GAP,))
    assert statuses(findings) == ["UNKNOWN", "PASS"]
    assert findings[0].settle == "terraform fmt bad.tf"


def test_a_gap_that_hides_another_kind_changes_nothing() -> None:
    other = Gap(where=Where("x.tf"), what="cannot be parsed", hint="", hides=("aws_sns_topic",))
    assert statuses(judge(queue(visibility_timeout_seconds=90), gaps=(other,))) == ["PASS"]


def test_a_file_that_was_not_read_hides_nothing_of_what_an_account_listed() -> None:
    assert statuses(judge(queue(visibility_timeout_seconds=90), gaps=(GAP,), complete=True)) == ["PASS"]
    elsewhere = Gap(where=Where(account="1", region="eu-west-1"), what="denied", hint="", hides=("aws_*",))
    assert statuses(judge(queue(visibility_timeout_seconds=90), gaps=(elsewhere,), complete=True)) == [
        "UNKNOWN",
        "PASS",
    ]


def test_nothing_seen_is_unknown_unless_all_were_listed() -> None:
    assert statuses(judge()) == ["UNKNOWN"]
    assert statuses(judge(complete=True)) == ["NOT_APPLICABLE"]


def test_a_body_that_crashes_costs_only_its_own_subject() -> None:
    def crashes(subject: Queue, facts: Facts) -> Verdict | None:
        if subject.name == "odd":
            raise KeyError("boom")
        return verdict(True, at=[subject.at()])

    assert statuses(judge(queue("odd"), queue("even"), body=crashes)) == ["UNKNOWN", "PASS"]


@pytest.mark.parametrize("origin", ["generated", "document", "state"])
def test_weak_origins_can_fail_and_never_pass(origin: str) -> None:
    assert statuses(judge(queue(origin=origin, visibility_timeout_seconds=90))) == ["UNKNOWN"]
    assert statuses(judge(queue(origin=origin, visibility_timeout_seconds=30))) == ["FAIL"]


def test_an_archived_copy_is_not_judged() -> None:
    assert statuses(judge(queue(origin="archived", visibility_timeout_seconds=30), complete=True)) == [
        "NOT_APPLICABLE"
    ]


def test_presence_passes_on_one_good_fact() -> None:
    findings = judge(
        queue("a", visibility_timeout_seconds=30), queue("b", visibility_timeout_seconds=90), present=True
    )
    assert [(finding.status, finding.subject) for finding in findings] == [("PASS", "main.tf#b")]


def test_presence_fails_only_when_all_were_listed() -> None:
    assert statuses(judge(present=True)) == ["UNKNOWN"]
    assert statuses(judge(present=True, complete=True)) == ["FAIL"]
    short = queue(visibility_timeout_seconds=30)
    assert statuses(judge(short, present=True)) == ["UNKNOWN"]
    assert statuses(judge(short, present=True, complete=True)) == ["FAIL"]


def test_presence_is_unknown_while_a_gap_may_hide_one() -> None:
    (finding,) = judge(present=True, gaps=(GAP,))
    assert (finding.status, finding.settle) == ("UNKNOWN", "terraform fmt bad.tf")


def waiver(expires: date) -> Waiver:
    return Waiver("queue-visibility", "main.tf#jobs", "ops", "moving to events", expires)


def test_a_waiver_holds_until_its_day_and_then_fails() -> None:
    short = queue(visibility_timeout_seconds=30)
    assert statuses(judge(short, waivers=[waiver(date(2026, 6, 1))])) == ["WAIVED"]
    (expired,) = judge(short, waivers=[waiver(date(2026, 5, 31))])
    assert expired.status == "FAIL"
    assert "expired on 2026-05-31" in expired.why


def test_a_waiver_hides_nothing_unknown() -> None:
    assert statuses(judge(queue(whole=False), waivers=[waiver(date(2026, 7, 1))])) == ["UNKNOWN"]


def test_other_peoples_resources_are_not_judged() -> None:
    facts = Facts([queue(visibility_timeout_seconds=30)])
    assert statuses(evaluate([declared()], facts, today=TODAY, judged=lambda fact: False)) == ["UNKNOWN"]


@pytest.fixture
def registry() -> Iterator[dict[str, Check]]:
    before = dict(CHECKS)
    yield CHECKS
    CHECKS.clear()
    CHECKS.update(before)


def test_two_checks_cannot_share_an_id(registry: dict[str, Check]) -> None:
    declare = check("twice", "t", of=Queue, severity="low", fix="f")
    declare(long_visibility)
    with pytest.raises(ValueError, match="twice"):
        declare(long_visibility)


def test_a_verdict_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="evidence"):
        verdict(True, at=[])


def watched(queue: Queue, facts: Facts) -> Verdict | None:
    alarms = facts.seen("aws_cloudwatch_metric_alarm")
    return verdict(bool(alarms), at=[queue.at()])


def perhaps(kind: str, condition: str) -> Fact:
    where = Where("main.tf", 9)
    return make_fact(kind, id=f"main.tf#{kind}", name=kind, where=where, condition=condition, created=None)


def test_what_may_not_exist_makes_nothing_pass() -> None:
    alarm = perhaps("aws_cloudwatch_metric_alarm", "count: var.watch")
    (finding,) = judge(queue(), alarm, body=watched)
    assert finding.status == "UNKNOWN"
    assert finding.settle == "launchbook audit --plan FILE"
    assert statuses(judge(perhaps("aws_sqs_queue", "count: var.watch"), alarm, body=watched)) == ["PASS"]


def test_a_presence_check_is_not_met_by_what_may_not_exist() -> None:
    (finding,) = judge(
        perhaps("aws_sqs_queue", "count: var.all"), body=lambda one, _: verdict(True), present=True
    )
    assert finding.status == "UNKNOWN"
