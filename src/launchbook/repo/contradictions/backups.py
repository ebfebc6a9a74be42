"""Backups: what the backup configuration promises, what documents say, and what databases are declared to keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from launchbook.model import Evidence, Fact, Facts, Finding, Value
from launchbook.repo.contradictions._ends import Placed, claims, conflicting, differing, end, placed, spoken

_DATABASE_WORDS = frozenset(
    {"rds", "database", "postgres", "postgresql", "mysql", "backups", "backup", "snapshots"}
)
_DATABASES = ("aws_db_instance", "aws_rds_cluster")
#: A database and the days that it declares.
Declared = tuple[Fact, Evidence]


def contradict(facts: Facts) -> Iterator[Finding]:
    """One finding when promises and databases differ; without a promise, one for each database declared twice."""
    told = [*_promised(facts), *_said(facts)]
    declared = list(_declared(facts))
    # Two databases may well be kept for different times: that is no contradiction before somebody promised one.
    ends = conflicting([*told, *(placed(fact, one) for fact, one in declared)]) if told else []
    if ends:
        yield _kept("database backups are", "aws_db_instance", ends)
        return
    for databases in _same(declared):
        ends = conflicting(placed(fact, one) for fact, one in databases)
        if ends:
            fact = databases[0][0]
            yield _kept(f"backups of {fact.name} are", fact.id, ends)


def _kept(what: str, subject: str, ends: Sequence[Evidence]) -> Finding:
    values = sorted({str(one.value) for one in ends})
    why = f"{what} kept {' or '.join(values)} days, depending on which file is asked"
    return differing("retention", why, subject, ends)


def _promised(facts: Facts) -> Iterator[Placed]:
    for fact in facts:
        promises = fact.attributes.get("promises") if fact.type == "document" else None
        if isinstance(promises, dict) and fact.origin == "source":
            yield from (placed(fact, one) for one in _days(fact, promises))


def _days(fact: Fact, promises: Mapping[str, Value]) -> Iterator[Evidence]:
    for name, part in promises.items():
        days = part.get("retention_days") if isinstance(part, dict) else None
        if isinstance(days, int) and name.lower() in ("database", "rds", "postgres", "postgresql", "db"):
            yield end(fact, f"promises.{name}.retention_days", days)


def _declared(facts: Facts) -> Iterator[Declared]:
    for kind in _DATABASES:
        for fact in facts.seen(kind):
            days = fact.attributes.get("backup_retention_period")
            if isinstance(days, int) and fact.origin == "source":
                yield fact, end(fact, "backup_retention_period", days)


def _same(declared: Iterable[Declared]) -> list[list[Declared]]:
    """Databases by identifier and region, of which an account holds one of each."""
    groups: dict[tuple[str, str, str], list[Declared]] = {}
    for fact, one in declared:
        identifier = fact.attributes.get("identifier") or fact.attributes.get("cluster_identifier")
        if isinstance(identifier, str):
            groups.setdefault((fact.type, identifier, fact.where.region), []).append((fact, one))
    # A story that names no region is deployed in whichever it is told: also where another one says.
    for kind, identifier, region in list(groups):
        general = groups.get((kind, identifier, ""), ())
        if region:
            groups[kind, identifier, region] += general
    return [group for group in groups.values() if len({fact.where.file for fact, _ in group}) > 1]


def _said(facts: Facts) -> Iterator[Placed]:
    for claim in claims(facts, "retention"):
        if _DATABASE_WORDS & spoken(claim) and "queue" not in spoken(claim):
            yield placed(claim, end(claim, "", claim.attributes.get("value")))
