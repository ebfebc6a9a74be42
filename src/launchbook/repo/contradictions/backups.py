"""Backups: what the backup configuration promises, what documents say, and what databases are declared to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from launchbook.model import Evidence, Fact, Facts, Finding, Value
from launchbook.repo.contradictions._ends import claims, conflicting, differing, end

_DATABASE_WORDS = frozenset(
    {"rds", "database", "postgres", "postgresql", "mysql", "backups", "backup", "snapshots"}
)


def contradict(facts: Facts) -> Iterator[Finding]:
    """One finding when the days of database backups differ between any two sources."""
    told = [*_promised(facts), *_said(facts)]
    # Two databases may well be kept for different times: that is no contradiction before somebody promised one.
    ends = conflicting([*told, *_declared(facts)]) if told else []
    values = sorted({str(one.value) for one in ends})
    if len(values) > 1:
        why = f"database backups are kept {' or '.join(values)} days, depending on which file is asked"
        yield differing("retention", why, "aws_db_instance", ends)


def _promised(facts: Facts) -> Iterator[Evidence]:
    for fact in facts:
        promises = fact.attributes.get("promises") if fact.type == "document" else None
        if isinstance(promises, dict) and fact.origin == "source":
            yield from _days(fact, promises)


def _days(fact: Fact, promises: Mapping[str, Value]) -> Iterator[Evidence]:
    for name, part in promises.items():
        days = part.get("retention_days") if isinstance(part, dict) else None
        if isinstance(days, int) and name.lower() in ("database", "rds", "postgres", "postgresql", "db"):
            yield end(fact, f"promises.{name}.retention_days", days)


def _declared(facts: Facts) -> Iterator[Evidence]:
    for fact in facts.seen("aws_db_instance"):
        days = fact.attributes.get("backup_retention_period")
        if isinstance(days, int) and fact.origin == "source":
            yield end(fact, "backup_retention_period", days)


def _said(facts: Facts) -> Iterator[Evidence]:
    for claim in claims(facts, "retention"):
        words = claim.attributes.get("words")
        spoken = set(map(str, words)) if isinstance(words, list) else set()
        if _DATABASE_WORDS & spoken and "queue" not in spoken:
            yield end(claim, "", claim.attributes.get("value"))
