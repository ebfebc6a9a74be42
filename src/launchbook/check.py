"""Checks: pure functions from facts to verdicts, and ``evaluate``, which alone handles what is missing.

A check looks at one subject and answers with a :class:`~launchbook.model.Verdict`, or None where it does not
apply. It never has to ask whether something was read: touching what was not read raises
:class:`~launchbook.model.NotKnown`, and ``evaluate`` turns that into UNKNOWN with what would settle it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from launchbook.model import Fact, Facts, Finding, Gap, NotKnown, Severity, Status, Verdict, kinds

F = TypeVar("F", bound=Fact)
Body = Callable[[Any, Facts], Verdict | None]

#: A fact of these origins can make a check fail; it is never what makes one pass.
WEAK_ORIGINS = ("generated", "document", "state")


@dataclass(frozen=True)
class Check:
    """One check: what it looks at, how it judges, and what to do about a failure.

    ``present`` marks a presence check: it passes when at least one fact of the kind satisfies the body, and
    fails only when every fact of the kind is known and none does.
    """

    id: str
    title: str
    of: type[Fact] | str
    severity: Severity
    fix: str
    body: Body
    present: bool = False

    @property
    def kind(self) -> str:
        """The kind it looks at, as shown to people: ``aws_sqs_queue``."""
        return "/".join(kinds(self.of))


#: Every check that was defined, by id; modules of ``launchbook.checks`` fill it as they are imported.
CHECKS: dict[str, Check] = {}


def check(
    id: str,
    title: str,
    *,
    of: type[F] | str,
    severity: Severity,
    fix: str,
    present: bool = False,
) -> Callable[[Callable[[F, Facts], Verdict | None]], Check]:
    """Declare a check; the decorated function judges one subject. Raises ValueError when the id is taken."""

    def declare(body: Callable[[F, Facts], Verdict | None]) -> Check:
        if id in CHECKS:
            raise ValueError(f"two checks are called {id}")
        CHECKS[id] = Check(id, title, of, severity, fix, body, present)
        return CHECKS[id]

    return declare


@dataclass(frozen=True)
class Waiver:
    """A failure that its owner accepts until a day. It is counted and shown, and an expired one fails."""

    check: str
    subject: str
    owner: str
    reason: str
    expires: date


def evaluate(
    checks: Iterable[Check],
    facts: Facts,
    *,
    waivers: Iterable[Waiver] = (),
    today: date,
    judged: Callable[[Fact], bool] = lambda _: True,
) -> list[Finding]:
    """Every finding of the checks, in the order of checks and facts.

    ``judged`` says whether a fact belongs to the scope; other people's resources are never judged. A kind of which no
    fact is in scope gives one finding of its own: NOT_APPLICABLE where every one was listed, UNKNOWN otherwise.
    """
    held = list(waivers)
    ours = {id(fact) for fact in facts if judged(fact)}  # asked once, for all checks
    return [
        _waived(finding, held, today)
        for one in checks
        for finding in (_presence(one, facts, ours) if one.present else _subjects(one, facts, ours))
    ]


def _subjects(one: Check, facts: Facts, ours: Container[int]) -> Iterator[Finding]:
    hiding = list(dict.fromkeys(gap for kind in kinds(one.of) for gap in facts.hiding(kind)))
    yield from (_hidden(one, gap) for gap in hiding)
    subjects = [fact for fact in facts.seen(one.of) if fact.origin != "archived" and id(fact) in ours]
    yield from (_judge(one, subject, facts) for subject in subjects)
    if subjects or hiding:
        return
    if set(kinds(one.of)) <= facts.complete:
        yield _finding(
            one, "NOT_APPLICABLE", one.kind, f"there is no {one.kind} in scope, and all were listed"
        )
    else:
        yield _finding(one, "UNKNOWN", one.kind, f"no {one.kind} was seen, and no source lists every one")


def _presence(one: Check, facts: Facts, ours: Container[int]) -> Iterator[Finding]:
    facts = facts.there()
    found = [fact for fact in facts.seen(one.of) if fact.origin != "archived" and id(fact) in ours]
    findings = [_judge(one, fact, facts) for fact in found]
    passed = [finding for finding in findings if finding.status == "PASS"]
    unknown = [finding for finding in findings if finding.status == "UNKNOWN"]
    if passed or unknown:
        yield from passed or unknown
        return
    seen = tuple(evidence for finding in findings for evidence in finding.evidence)
    try:
        # Complete only if no gap hides one and some source lists them all.
        facts.of(one.of)
        missing = [kind for kind in kinds(one.of) if kind not in facts.complete]
        if missing:
            raise NotKnown(
                "whether there is one", f"none was seen, and no source lists every {', '.join(missing)}"
            )
    except NotKnown as unread:
        yield _finding(one, "UNKNOWN", one.kind, str(unread), settle=unread.settle)
    else:
        why = (
            f"none of {len(found)} {one.kind} is one"
            if found
            else f"there is no {one.kind}, and all were listed"
        )
        yield replace(_finding(one, "FAIL", one.kind, why), evidence=seen)


def _judge(one: Check, subject: Fact, facts: Facts) -> Finding:
    if not subject.declared:
        facts = facts.there()
    try:
        answer = one.body(subject, facts)
    except NotKnown as unread:
        return _finding(one, "UNKNOWN", subject.id, str(unread), settle=unread.settle)
    except Exception as crash:  # a body must not take the run down: the subject alone is unknown
        return _finding(
            one, "UNKNOWN", subject.id, f"the check itself failed: {type(crash).__name__}: {crash}"
        )
    if answer is None:
        return _finding(one, "NOT_APPLICABLE", subject.id, "does not apply")
    if answer.holds and subject.origin in WEAK_ORIGINS:
        return _finding(one, "UNKNOWN", subject.id, f"only a {subject.origin} file shows it")
    if answer.holds and _by_chance(one, subject, facts):
        why = f"{answer.why or one.title}, if all exists that may: values given elsewhere decide"
        return _finding(one, "UNKNOWN", subject.id, why, settle="launchbook audit --plan FILE")
    status: Status = "PASS" if answer.holds else "FAIL"
    return replace(_finding(one, status, subject.id, answer.why), evidence=answer.at)


def _by_chance(one: Check, subject: Fact, facts: Facts) -> bool:
    """Whether a check holds only because of something that may not exist: a count that no file settles."""
    if one.present and subject.created is None:
        return True
    certain = facts.certain(subject.condition if subject.created is None else "")
    if certain is facts:
        return False
    try:
        answer = one.body(subject, certain)
    except Exception:  # what may not exist is referred to: then it does
        return False
    return answer is not None and not answer.holds


def _hidden(one: Check, gap: Gap) -> Finding:
    why = f"{one.kind} may exist unseen: {gap.what} ({gap.where})"
    return _finding(one, "UNKNOWN", one.kind, why, settle=gap.hint)


def _finding(one: Check, status: Status, subject: str, why: str, settle: str = "") -> Finding:
    return Finding(
        check=one.id,
        status=status,
        severity=one.severity,
        subject=subject,
        why=why or one.title,
        fix=one.fix if status == "FAIL" else "",
        settle=settle,
    )


def _waived(finding: Finding, waivers: list[Waiver], today: date) -> Finding:
    if finding.status != "FAIL":
        return finding
    for waiver in waivers:
        if (waiver.check, waiver.subject) != (finding.check, finding.subject):
            continue
        terms = f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}"
        if waiver.expires < today:
            return replace(
                finding, why=f"{finding.why}; the waiver of {waiver.owner} expired on {waiver.expires}"
            )
        return replace(finding, status="WAIVED", why=f"{finding.why}; {terms}")
    return finding
