"""Recovery that was tried: drills with their records, objectives that are written down, a window that covers them."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._shapes import day, field, known, of_account
from launchbook.model import Document, Fact, Facts, NotKnown, Verdict, verdict

#: Programs of ours that write a record while they do what it tells of. None exists yet: a record that anything else
#: wrote, a person above all, never counts as proof.
PRODUCERS: frozenset[str] = frozenset()


def recorded(document: Document, facts: Facts, kind: str, days: int) -> Verdict | None:
    """The verdict on one record of a drill or load run: by a program of ours, with success, recent enough."""
    if document.kind != f"{kind}-record":
        return None
    producer = str(document.get("producer"))
    if producer not in PRODUCERS:
        raise NotKnown(
            f"whether {document.where.file} is true",
            f"{producer or 'nobody'} is no program that makes {kind} runs",
        )
    made = day(document.get("at"))
    if made is None:
        raise NotKnown(f"when {document.where.file} was made", "it gives no day")
    age = (facts.today - made).days
    if age < -1:
        raise NotKnown(f"when {document.where.file} was made", "it is of a day to come")
    fine = document.get("result") == "pass" and age <= days
    return verdict(
        fine, f"{document.get('result')}, {age} days ago", at=[document.at("at"), document.at("result")]
    )


@check(
    "restore-drill",
    "A restore was tried within 90 days",
    of=Document,
    severity="high",
    fix="Restore the newest backup into a place of its own, check the data, and keep the record.",
    present=True,
)
def restore_drill(document: Document, facts: Facts) -> Verdict | None:
    """A backup that was never restored is a hope. Only a record that the restoring program itself wrote counts."""
    if document.kind == "backup-configuration":
        planned = known(document.attributes.get("promises"), f"what {document.where.file} plans")
        for name in planned if isinstance(planned, dict) else ():
            if "restore" in name:
                plan = document.at(f"promises.{name}").source
                raise NotKnown(
                    "whether a restore was tried", f"{plan} plans it, and no record of one is here"
                )
    return recorded(document, facts, "restore", 90)


@check(
    "failover-drill",
    "A failover was tried within 90 days",
    of=Document,
    severity="medium",
    fix="Fail the database and the cache over on purpose, measure, and keep the record.",
    present=True,
)
def failover_drill(document: Document, facts: Facts) -> Verdict | None:
    """Two zones help if the change between them works."""
    return recorded(document, facts, "failover", 90)


@check(
    "load-test-result",
    "A load test held its budget within 30 days",
    of=Document,
    severity="high",
    fix="Run the load test against staging with the budget, and keep the record.",
    present=True,
)
def load_result(document: Document, facts: Facts) -> Verdict | None:
    """A script is no result, and a result that nobody can place proves nothing."""
    if document.kind == "load-result":
        raise NotKnown(f"where {document.where.file} comes from", "no program of ours wrote it")
    if document.kind == "load-test":
        raise NotKnown(f"how {document.where.file} went", "no record of a run is here")
    return recorded(document, facts, "load", 30)


@check(
    "load-test-budget",
    "The budget of a load test is written down",
    of=Document,
    severity="medium",
    fix="Write p95 and p99 in milliseconds into a performance budget.",
    present=True,
)
def load_budget(document: Document, facts: Facts) -> Verdict | None:
    """Without a budget every result is good."""
    if document.kind != "performance-budget":
        return None
    limits = document.get("limits")
    fine = field(limits, "p95_ms") is not None and field(limits, "p99_ms") is not None
    return verdict(fine, "p95 and p99" if fine else "no p95 or p99", at=[document.at("limits")])


@check(
    "recovery-objectives",
    "The time and the data that may be lost are written down",
    of=Document,
    severity="medium",
    fix="Write rto_minutes and rpo_minutes beside the backup configuration.",
    present=True,
)
def objectives(document: Document, facts: Facts) -> Verdict | None:
    """Whether a recovery was good enough can only be said against an objective."""
    if document.kind != "backup-configuration":
        return None
    found = document.get("promises.objectives")
    fine = field(found, "rpo_minutes") is not None and field(found, "rto_minutes") is not None
    return verdict(fine, "RTO and RPO" if fine else "not both", at=[document.at("promises.objectives")])


@check(
    "restore-window-covers-objective",
    "Every database can be restored to a moment within the objective",
    of="aws_db_instance",
    severity="high",
    fix="Look at the instance's events: the log backup behind the restorable time fails.",
)
def window(database: Fact, facts: Facts) -> Verdict | None:
    """Only an account can tell up to when a database can be restored; days are compared."""
    of_account(database, "rds:DescribeDBInstances")
    latest = known(database.attributes.get("latest_restorable_time"), f"the window of {database.name}")
    when = day(latest)
    if when is None:
        return None
    late = (facts.today - when).days
    return verdict(late <= 1, f"restorable up to {latest}", at=[database.at("latest_restorable_time")])
