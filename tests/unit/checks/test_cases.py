"""Every check says what its cases expect, knows nothing of what was not read, and is missed when it is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from launchbook.check import Body, Check, evaluate
from launchbook.checks import checks, recovery
from launchbook.checks.coverage import WATCHES
from launchbook.model import Fact, Facts, Gap, Verdict, Where, kinds, verdict
from launchbook.model.file_kinds import IN_FILES_ALONE
from tests.unit.checks.loader import TODAY, Case, judged, load, statuses

CHECKS = checks()
CASES = load()
#: Checks of things whose mere existence is the failure, or that can't be told at all.
NEVER_PASS = {"state-in-repository", "queue-stand-in", "ses-documented-gap"}
NEVER_SAID = {"access-key-shared"}
#: Checks that only ever say "seen" or "not known": a page or a call implies something that is declared elsewhere.
NEVER_FAIL = {"implied-store-watched", "ses-sender-declared"}


@pytest.fixture(autouse=True)
def a_program_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records count when a program of ours wrote them. None does so yet; for the cases there is one."""
    monkeypatch.setattr(recovery, "PRODUCERS", frozenset({"a program of ours"}))


#: Dimensions without which AWS publishes none of the metrics of a row.
WITH = {"ecs": {"ClusterName": "main"}, "lb": {"TargetGroup": "targetgroup/web/1"}}


def generated() -> list[Case]:
    """The cases of the alarms that should be there: the same three for each row of the table."""
    found = []
    for watch in WATCHES:
        subject: dict[str, Any] = {"type": watch.of, "_name": "it"}
        more: list[dict[str, Any]] = []
        if watch.id == "dead-letters":
            more = [
                {"type": watch.of, "_name": "work", "redrive_policy": {"deadLetterTargetArn": {"ref": "it"}}}
            ]
        if watch.id == "rds-replica-lag":
            subject["replicate_source_db"] = "main"
        alarm = {
            "type": "aws_cloudwatch_metric_alarm",
            "_name": "alarm",
            "namespace": watch.namespaces[0],
            "metric_name": watch.metrics[0],
            "dimensions": {
                watch.dimension: {"ref": "it", "attribute": "name"},
                **WITH.get(watch.id.partition("-")[0], {}),
            },
        }
        other = {**alarm, "dimensions": {**alarm["dimensions"], watch.dimension: "another"}}
        blind = {"_gaps": ["aws_cloudwatch_metric_alarm"]}
        live = {**subject, "_level": "live"}
        found += [
            Case(f"alarm-{watch.id}", "PASS", (subject, alarm, *more)),
            Case(f"alarm-{watch.id}", "FAIL", (subject, other, *more)),
            Case(f"alarm-{watch.id}", "UNKNOWN: alarms may be hidden", (subject, blind, *more)),
            Case(f"alarm-{watch.id}", "UNKNOWN: alarms were not listed", (live, *more)),
        ]
    return found


ALL = [*CASES, *generated()]


def ids(case: Case) -> str:
    return f"{case.check}-{case.name}"


@pytest.mark.parametrize("case", ALL, ids=ids)
def test_a_check_says_what_its_case_expects(case: Case) -> None:
    findings = judged(CHECKS[case.check], case.facts(), case.subject)
    assert statuses(findings) == {case.status}, [finding.why for finding in findings]
    for finding in findings:
        assert bool(finding.evidence) == (finding.status in ("PASS", "FAIL"))
        assert bool(finding.fix) == (finding.status == "FAIL")
        assert "the check itself failed" not in finding.why


@pytest.mark.parametrize("case", [case for case in ALL if case.status == "PASS"], ids=ids)
def test_what_was_not_read_never_passes(case: Case) -> None:
    bare = case.facts(bare=True)
    findings = judged(CHECKS[case.check], bare, case.subject)
    rests = {one.source for finding in findings for one in finding.evidence}
    subject = next(fact for fact in bare if fact.id == case.subject)
    if statuses(findings) == {"PASS"}:  # then on its companions or on its mere existence
        assert CHECKS[case.check].id in RESTS_ON_OTHERS, (subject.type, rests)
    assert not any("the check itself failed" in finding.why for finding in findings)


#: Checks whose subject only has to exist: the verdict rests on what stands beside it, or on its identity.
RESTS_ON_OTHERS = {f"alarm-{watch.id}" for watch in WATCHES} | {
    *(
        "rds-snapshot-fresh",
        "tasks-keep-running",
        "deployment-failure-event",
        "record-health-check",
        "budget-forecast",
        "dependencies-scanned",
    ),
    *(
        "ses-bounce-alarm",
        "ses-complaint-alarm",
        "ses-mail-from",
        "mail-spf",
        "mail-dmarc",
        "mail-dkim-records",
    ),
    *("topic-without-subscription", "topic-policy-excludes-publisher", "pager-behind-topic"),
    *("dead-letter-queue-not-writable", "s3-versioning", "state-bucket-versioned", "state-bucket-encrypted"),
    *("state-bucket-private", "sqs-dead-letter-queue", "open-administration-port", "state-without-source"),
    *(
        "health-route-lacks-settings",
        "backup-plan-covers-database",
        "image-tagged-with-commit",
        "image-stable-tag",
    ),
    *(
        "role-may-do-everything",
        "role-may-use-whole-service",
        "template-property-ignored",
        "cron-wrong-method",
    ),
}


def test_every_check_has_a_case_for_each_side() -> None:
    for name in CHECKS:
        seen = {case.status for case in ALL if case.check == name}
        wanted = {"PASS", "FAIL"}
        if name in NEVER_PASS:
            wanted = {"FAIL"}
        elif name in NEVER_FAIL:
            wanted = {"PASS"}
        elif name in NEVER_SAID:
            wanted = set()
        assert wanted <= seen, f"{name} has no case for {wanted - seen}"


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_nothing_seen_is_unknown_and_nothing_there_is_not_applicable(name: str) -> None:
    one = CHECKS[name]
    nothing = statuses(evaluate([one], Facts(), today=TODAY))
    assert nothing == {"UNKNOWN"}
    kind = kinds(one.of)[0]
    where = Where("bad.tf", 1) if kind in IN_FILES_ALONE else Where(account="1", region="eu-west-1")
    gap = Gap(where=where, what="it was not read", hint="ask again", hides=(kind,))
    assert statuses(evaluate([one], Facts(gaps=[gap], complete=kinds(one.of)), today=TODAY)) == {"UNKNOWN"}
    listed = statuses(evaluate([one], Facts(complete=kinds(one.of)), today=TODAY))
    assert listed == ({"FAIL"} if one.present else {"NOT_APPLICABLE"})


def test_every_case_is_of_a_check() -> None:
    assert {case.check for case in ALL} <= set(CHECKS)


def inverted(body: Body) -> Body:
    def mutant(subject: Fact, facts: Facts) -> Verdict | None:
        answer = body(subject, facts)
        return answer and replace(answer, holds=not answer.holds)

    return mutant


def silent(_: Body) -> Body:
    return lambda *_: None


def agreeable(_: Body) -> Body:
    return lambda subject, _: verdict(True, at=[subject.at()])


@pytest.mark.parametrize("mutation", [inverted, silent, agreeable])
@pytest.mark.parametrize("name", sorted(set(CHECKS)))
def test_a_broken_check_is_noticed(name: str, mutation: Callable[[Body], Body]) -> None:
    if mutation is inverted and name in NEVER_SAID:
        pytest.skip("it gives no verdict that could be turned round")
    whole = CHECKS[name]
    broken: Check = replace(whole, body=mutation(whole.body))
    cases = [case for case in ALL if case.check == name]
    assert any(statuses(judged(broken, case.facts(), case.subject)) != {case.status} for case in cases)
