"""No false OK: whatever way a read fails, nothing that depends on it is OK, and the reason is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from launchbook.audit import in_scope, requirement
from launchbook.check import evaluate
from launchbook.checklist import load
from launchbook.checks import checks
from launchbook.collect import Asked, Collector, Reader, Target, collectors, patience
from launchbook.collect.actions import iam_action
from launchbook.collect.engine import GLOBAL_REGION, read_region
from launchbook.model import Facts, Finding, Requirement, Unread, kinds
from tests.aws.audit.conftest import REGIONS, SCOPE
from tests.support.estate import Deployed

ALL = list(collectors().values())
LINES = load("launch-readiness").lines
KNOWN = checks()
WANTED = [KNOWN[name] for name in dict.fromkeys(name for line in LINES for name in line.checks)]
ASKED = Asked("123456789012", "emulated", datetime.now(UTC))


class Body:
    """What a connection gives, to the end or until it breaks."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.content

    def read(self, *_: Any) -> bytes:
        return self.content


@dataclass
class Fault:
    """A way to fail, at the boundary of HTTP; ``struck`` are the operations that it happens to."""

    happen: Callable[[Any], AWSResponse]
    struck: set[str] = field(default_factory=set)
    #: Requests of the struck operations that are let through first.
    spared: int = 0

    def __call__(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        if event_name.rpartition(".")[2] not in self.struck:
            return None
        if self.spared:
            self.spared -= 1
            return None
        return self.happen(request)


def answered(status: int, body: bytes, **headers: str) -> Callable[[Any], AWSResponse]:
    return lambda request: AWSResponse(request.url, status, headers, Body(body))  # type: ignore[arg-type]


def denied(request: Any) -> AWSResponse:
    return _refused(request, 403, "AccessDenied", "User: auditor is not authorized")


def throttled(request: Any) -> AWSResponse:
    return _refused(request, 400, "Throttling", "Rate exceeded")


def timed_out(request: Any) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


def _refused(request: Any, status: int, code: str, why: str) -> AWSResponse:
    """An error as each protocol writes it: one body that XML and JSON parsers both find their way in."""
    kind = request.headers.get("Content-Type", b"")
    text = kind.decode() if isinstance(kind, bytes) else str(kind)
    xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>{why}</Message></Error></ErrorResponse>"
    plain = f'{{"__type": "{code}", "message": "{why}"}}'
    as_xml = "urlencoded" in text or "json" not in text
    body = (xml if as_xml else plain).encode()
    return answered(status, body, **{"x-amzn-ErrorType": code, "x-amzn-query-error": f"{code};Sender"})(
        request
    )


FAULTS: dict[str, Callable[[Any], AWSResponse]] = {
    "denied": denied,
    "throttled for good": throttled,
    "timed out": timed_out,
    "half a page": answered(200, b'{"QueueUrls": ["and th'),
    "a page of HTML": answered(200, b"<html><body>It works!</body></html>"),
    "another answer": answered(200, b'{"surprise": true}'),
    "nothing": answered(200, b""),
    "an element alone": answered(200, b"<DistributionListing/>"),
}


@dataclass
class Account:
    """What an account shows when all goes well, collector by collector, and how one fails."""

    reader: Reader
    fault: Fault

    @cached_property
    def parts(self) -> dict[str, Facts]:
        return {one.name: self.read(one) for one in ALL}

    def read(self, one: Collector) -> Facts:
        regions = (GLOBAL_REGION,) if one.scope == "global" else REGIONS
        return merged(read_region(self.reader, one, region, ASKED) for region in regions)

    def failed(self, one: Collector, calls: slice = slice(None)) -> Facts:
        """What one collector gives while some of its calls fail."""
        self.fault.struck = {call.operation for call in one.calls[calls]}
        try:
            return self.read(one)
        finally:
            self.fault.struck = set()

    def whole(self, instead: dict[str, Facts] | None = None) -> Facts:
        """Everything, with what some collectors gave in the place of what they give when all goes well."""
        return merged((self.parts | (instead or {})).values())


def merged(parts: Iterable[Facts]) -> Facts:
    """What `sum` gives, without an index for each step of the way."""
    held = list(parts)
    return Facts(
        (fact for one in held for fact in one.all),
        (gap for one in held for gap in one.gaps),
        (relation for one in held for relation in one.relations),
        (kind for one in held for kind in one.complete),
    )


Accounts = Callable[[Deployed, Callable[[Any], AWSResponse]], Account]


@pytest.fixture(scope="module")
def account() -> Accounts:
    """``account(ready, denied)``: each account is read once, however its calls fail then."""
    known: dict[str, Account] = {}

    def account(deployed: Deployed, happen: Callable[[Any], AWSResponse]) -> Account:
        if deployed.endpoint not in known:
            made = Account(Reader(Target(endpoint=deployed.endpoint), ALL), Fault(happen))
            made.reader._session.register("before-send", made.fault)
            known[deployed.endpoint] = made
        known[deployed.endpoint].fault.happen = happen
        return known[deployed.endpoint]

    return account


def unchanged(one: Facts, other: Facts) -> bool:
    """Whether two readings tell the very same: then they are judged the same, and need no second judgement."""
    return (one.gaps, one.relations, one.complete) == (other.gaps, other.relations, other.complete) and [
        vars(fact) for fact in one
    ] == [vars(fact) for fact in other]


def judge(facts: Facts) -> tuple[dict[tuple[str, str], Finding], dict[str, Requirement]]:
    findings = evaluate(WANTED, facts, today=ASKED.at.date(), judged=in_scope(SCOPE))
    told = {line.id: requirement(line, findings) for line in LINES}
    return {(one.check, one.subject): one for one in findings}, told


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries as ever, only fewer, and without the waiting between them."""
    monkeypatch.setattr(patience, "ATTEMPTS", 3)
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)


def reasons(facts: Facts) -> set[str]:
    """What would settle what was not read: of listings and of attributes."""
    unread = {value for fact in facts for value in fact.attributes.values() if isinstance(value, Unread)}
    return {gap.hint for gap in facts.gaps} | {value.settle for value in unread}


@pytest.mark.slow
@pytest.mark.parametrize("which", ["ready", "planted"])
def test_a_collector_that_fails_makes_nothing_ok(
    which: str, request: pytest.FixtureRequest, account: Accounts
) -> None:
    there = account(request.getfixturevalue(which), denied)
    before, _ = judge(there.whole())
    wrong = []
    for one in ALL:
        facts = there.whole({one.name: there.failed(one)})
        wanted = f"allow {iam_action(one.calls[0].service, one.calls[0].operation)}"
        findings, told = judge(facts)
        wrong += [f"{one.name}: {check} of {subject}" for check, subject in turned(before, findings)]
        for line in told.values():
            own = [KNOWN[each.check] for each in line.findings]
            if not any(one.kind in kinds(check.of) for check in own):
                continue
            if line.status == "OK":
                wrong.append(f"{one.name}: {line.id} is OK all the same")
            if not any(wanted in (each.settle or "") for each in line.findings):
                wrong.append(f"{one.name}: {line.id} does not say {wanted}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_however_a_collector_fails_it_is_the_same_gap(fault: str, ready: Deployed, account: Accounts) -> None:
    """So what holds of a refusal (above) holds of every other way to fail: a check sees nothing else."""
    there = account(ready, FAULTS[fault])
    wrong = []
    for one in ALL:
        mine = there.failed(one)
        places = 1 if one.scope == "global" else len(REGIONS)
        action = iam_action(one.calls[0].service, one.calls[0].operation)
        wanted = f"allow {action}" if fault == "denied" else f"run it again (it needs {action})"
        shape = (
            len(mine),
            [gap.hint for gap in mine.gaps],
            {kind for gap in mine.gaps for kind in gap.hides},
        )
        if shape != (0, [wanted] * places, {one.kind}) or one.kind in mine.complete:
            wrong.append(f"{one.name}: {shape}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["ready", "planted"])
def test_a_description_that_fails_turns_no_failure_into_a_pass(
    which: str, request: pytest.FixtureRequest, account: Accounts
) -> None:
    there = account(request.getfixturevalue(which), denied)
    before, _ = judge(there.whole())
    wrong = []
    for one in ALL:
        for number in range(1, len(one.calls)):
            mine = there.failed(one, slice(number, number + 1))
            same = unchanged(mine, there.parts[one.name])
            findings = before if same else judge(there.whole({one.name: mine}))[0]
            wrong += [
                f"{one.name} {one.calls[number].operation}: {check} of {subject}"
                for check, subject in turned(before, findings)
            ]
            call = one.calls[number]
            wanted = f"allow {iam_action(call.service, call.operation)}"
            if len(there.parts[one.name]) and wanted not in reasons(mine):
                wrong.append(f"{one.name} {call.operation}: no reason is shown")
    assert not wrong, "\n".join(wrong)


def turned(
    before: dict[tuple[str, str], Finding], after: dict[tuple[str, str], Finding]
) -> list[tuple[str, str]]:
    """Findings that failed, and pass now that less is known."""
    return [
        key
        for key, was in before.items()
        if was.status == "FAIL" and key in after and after[key].status == "PASS"
    ]


def test_a_second_page_that_never_comes_is_a_gap(ready: Deployed, account: Accounts) -> None:
    events = ready.estate.client("events", "us-east-2")
    for number in range(120):
        events.put_rule(Name=f"page-{number:03}", ScheduleExpression="rate(1 day)", State="DISABLED")
    there = account(ready, denied)
    there.fault.spared = 1
    there.fault.struck = {"ListRules"}
    facts = read_region(there.reader, collectors()["event_rules"], "us-east-2", ASKED)
    for number in range(120):
        events.delete_rule(Name=f"page-{number:03}")
    assert 0 < len(facts) < 120
    assert [gap.hint for gap in facts.gaps] == ["allow events:ListRules"]
    assert "aws_cloudwatch_event_rule" not in facts.complete


def test_no_region_at_all_is_no_answer(ready: Deployed) -> None:
    from launchbook.collect import collect

    facts = collect(Reader(Target(endpoint=ready.endpoint), ALL), ALL, [], ASKED)
    regional = {one.kind for one in ALL if one.scope == "region"}
    assert facts.complete & regional == set()
    _, told = judge(facts)
    assert [line.id for line in told.values() if line.status == "OK"] == []
