"""The audit: facts from every source that was asked for, judged by the checks of a checklist, as one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from launchbook.check import Waiver, evaluate
from launchbook.checklist import Line, load
from launchbook.checks import checks
from launchbook.errors import UsageError
from launchbook.model import Fact, Facts, Finding, LineStatus, Report, Requirement
from launchbook.redact import shown
from launchbook.scope import OF_EVERYBODY, SEEN_OF_OTHERS
from launchbook.scope import in_scope as in_scope  # lifecycle judges by the same scope
from launchbook.settings import Settings, load_settings
from launchbook.settle import settled

if TYPE_CHECKING:  # a source that is not asked is not loaded: botocore and the readers of files take longest
    from launchbook.collect import Target

#: How a report names an embedded AWS among its sources (docs/decisions/0013-emulated-evidence.md).
REHEARSAL = "embedded AWS (a rehearsal: it proves nothing of a real account)"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an audit is asked: where to look, and for which environment and scope.

    ``pasted`` maps a file's name to its text. ``live`` is the account to read, None for no account; a role that the
    settings name is taken unless it has one itself. ``regions`` are asked besides those that the repository and its
    settings name, and so are ``new_regions``, of which botocore need not know. ``dns`` allows to ask the system's
    resolver about the sending domains.
    """

    path: Path | None = None
    live: Target | None = None
    pasted: Mapping[str, str] = field(default_factory=dict)
    pasted_at: datetime | None = None
    plan: Path | None = None
    environment: str = ""
    scope: Sequence[str] = ()
    regions: Sequence[str] = ()
    new_regions: Sequence[str] = ()
    account: str = ""
    checklist: str = ""
    dns: bool = False


@dataclass(frozen=True)
class Answer:
    """The report, and the facts behind it (for the picture)."""

    report: Report
    facts: Facts


def audit(question: Question, progress: Progress = lambda *_: None) -> Answer:
    """Read every source, judge every check of the checklist.

    Raises UsageError for a path that is no folder or an account that is not the pinned one, UnreadableInput for a
    source that cannot be read at all. A read that fails is a gap of the report, never an error.
    """
    at = datetime.now(UTC)
    if question.path is not None and not question.path.is_dir():
        why = (
            "it is a file, and a repository is a folder"
            if question.path.exists()
            else "there is no such folder"
        )
        raise UsageError(f"cannot read {shown(str(question.path))}", why, hint="launchbook audit PATH")
    settings = load_settings(question.path) if question.path is not None else Settings()
    checklist = load(question.checklist or settings.checklist)
    question = _admissible(question, settings)
    gathered = _gather(question, settings, at, progress)
    scope = _scope(question, settings, gathered.facts)
    judged = in_scope(scope)
    waivers = [Waiver(one.check, one.subject, one.owner, one.reason, one.expires) for one in settings.waivers]
    known = checks()
    wanted = [known[name] for name in dict.fromkeys(name for line in checklist.lines for name in line.checks)]
    findings = evaluate(wanted, gathered.facts, waivers=waivers, today=at.date(), judged=judged)
    findings = settled(findings, gathered.facts, gathered.looked_at)
    there = (fact for fact in gathered.facts if not fact.where.file and fact.type not in SEEN_OF_OTHERS)
    outside = sum(1 for fact in there if not judged(fact))
    hollow, read = _hollow(gathered.facts, judged), question.live is not None
    report = Report(
        run=f"{at:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}",
        at=at,
        checklist=checklist.name,
        sources=gathered.sources,
        account=gathered.account,
        role=gathered.role,
        regions=gathered.regions,
        not_asked=gathered.not_asked,
        environment=question.environment or settings.environment,
        scope=scope,
        outside_scope=outside,
        requirements=tuple(requirement(line, findings, hollow, read) for line in checklist.lines),
        emulated=any(fact.level == "emulated" for fact in gathered.facts),
        gaps=gathered.facts.gaps,
    )
    return Answer(report, gathered.facts)


def _admissible(question: Question, settings: Settings) -> Question:
    """The question with the role that its account is read in. Raises UsageError for what no account can be asked."""
    if question.live is None:
        return question
    from launchbook.account import admissible

    pinned, regions = question.account or settings.account, (*question.regions, *settings.regions)
    return replace(question, live=admissible(question.live, settings, pinned, regions, question.new_regions))


@dataclass
class _Gathered:
    facts: Facts = field(default_factory=Facts)
    sources: list[str] = field(default_factory=list)
    account: str = ""
    role: str = ""
    #: The regions of an account that was read, or that pasted commands name.
    regions: list[str] = field(default_factory=list)
    #: The same, as a person may be told; empty where nothing was asked of an account.
    looked_at: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)


def _gather(question: Question, settings: Settings, at: datetime, progress: Progress) -> _Gathered:
    found = _Gathered()
    if question.path is not None:
        from launchbook.repo import discover

        found.facts += discover(question.path, question.environment or settings.environment).facts
        found.sources.append(f"repository {question.path}")
    if question.plan is not None:
        from launchbook.repo.plan import read_plan, with_plan

        plan = read_plan(question.plan, question.environment or settings.environment)
        found.facts = with_plan(found.facts, plan)
        found.sources.append(f"plan {question.plan}")
    if question.pasted:
        from launchbook.collect import collectors
        from launchbook.collect.pasted import read_saved
        from launchbook.collect.pasted_account import account_of

        saved = question.pasted_at or at
        pasted, found.regions = read_saved(question.pasted, collectors().values(), saved)
        found.looked_at = [*found.regions] or ["what was pasted"]
        found.account = account_of(pasted, question.account or settings.account)
        found.facts += pasted
        age = (at - saved).days
        count = len(question.pasted)
        files = f"{count} pasted file" + ("s" if count != 1 else "")
        found.sources.append(files + (f", {age} days old" if age else ""))
    if question.live is not None:
        _live(question, question.live, settings, at, found, progress)
    if question.dns:
        from launchbook.collect.published import published, sending_domains

        found.facts += published(sending_domains(found.facts), at)
        found.sources.append("DNS")
    if not found.sources or found.sources == ["DNS"]:
        raise UsageError(
            "nothing to audit", "no path, account or pasted output was given", hint="launchbook audit PATH"
        )
    return found


def _live(
    question: Question, target: Target, settings: Settings, at: datetime, found: _Gathered, progress: Progress
) -> None:
    from launchbook.account import Account, read_account

    account = Account(
        target,
        pinned=question.account or settings.account,
        regions=[*question.regions, *settings.regions],
        new_regions=question.new_regions,
    )
    read = read_account(account, found.facts, _scope(question, settings, found.facts), at, progress)
    found.facts += read.facts
    found.account, found.role = read.identity.account, read.identity.arn
    found.looked_at = list(dict.fromkeys([*read.regions, *found.regions]))
    found.regions, found.not_asked = read.regions, read.not_asked
    found.sources.append(REHEARSAL if target.endpoint else "account")


def _scope(question: Question, settings: Settings, facts: Facts) -> tuple[str, ...]:
    """The words of the scope that was asked for, else of the settings, else what the files' names begin with."""
    asked = tuple(question.scope or settings.scope)
    words = tuple(word for one in asked if (word := one.strip()))
    if asked and not words:
        raise UsageError(
            "the scope is empty", "an empty word is part of every name", hint="launchbook audit --scope shop"
        )
    return words or _scope_of(facts)


def _scope_of(facts: Facts) -> tuple[str, ...]:
    """The word with which the names in the files begin, where one does for most of them."""
    names = [
        fact.name for fact in facts if fact.where.file and fact.type.startswith("aws_") and "-" in fact.name
    ]
    first = Counter(name.strip("/").split("-")[0].lower() for name in names)
    word, count = first.most_common(1)[0] if first else ("", 0)
    return (word,) if count >= 3 and count * 2 > len(names) and len(word) > 2 else ()


def _hollow(facts: Facts, judged: Callable[[Fact], bool]) -> str:
    """What to do where an account was read and nothing in it is in scope: nothing there is not OK."""
    others = [
        fact for fact in facts if not fact.where.file and fact.type not in (*OF_EVERYBODY, *SEEN_OF_OTHERS)
    ]
    if not others or any(fact.where.file for fact in facts) or any(judged(fact) for fact in others):
        return ""
    return "launchbook audit --scope PART-OF-A-NAME   (nothing that was read is in scope)"


def requirement(
    line: Line, findings: Sequence[Finding], hollow: str = "", account_read: bool = False
) -> Requirement:
    """One line of a checklist, judged by its checks' findings. ``hollow``: what to do where nothing is in scope.

    What has to be done comes before what has to be read. Where the account was read, reading it settles nothing more.
    """
    own = tuple(finding for finding in findings if finding.check in line.checks)
    settle = dict.fromkeys(
        [hollow] * bool(hollow)
        + [one for one in line.settle if not one.startswith(("aws ", "launchbook "))]
        + [one.settle for one in own if one.status == "UNKNOWN" and one.settle]
        + [one for one in line.settle if not (account_read and one == "launchbook audit --live")]
    )
    status = _status(line, own)
    return Requirement(
        id=line.id,
        title=line.title,
        titles=line.titles,
        why=line.why,
        status="TODO" if hollow and status == "OK" else status,
        findings=own,
        settle=tuple(settle),
    )


def _status(line: Line, own: Sequence[Finding]) -> LineStatus:
    """NOK if a finding fails; else TODO if any is unknown or none passes; else OK."""
    statuses = {finding.status for finding in own}
    if "FAIL" in statuses:
        return "NOK"
    if "UNKNOWN" in statuses:
        return "TODO"
    if statuses <= {"NOT_APPLICABLE"} and own and line.may_not_apply:
        return "NOT_APPLICABLE"
    return "OK" if statuses & {"PASS", "WAIVED"} else "TODO"
