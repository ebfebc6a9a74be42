"""Plans of AWS Backup: there is one, and what it selects is what holds data."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._backup_rules import Broken, broken
from launchbook.checks._pointing import elsewhere, points_at
from launchbook.checks._shapes import listed, pick, some
from launchbook.model import Fact, Facts, NotKnown, Value, Verdict, verdict

#: What shows which things were really copied; no check reads it yet.
_COPIED = "aws backup list-protected-resources"


@check(
    "backup-plan-exists",
    "A backup plan copies on a schedule",
    of="aws_backup_plan",
    severity="high",
    fix="Declare an AWS Backup plan with a rule, and a selection that names what holds data.",
    present=True,
)
def plan_exists(plan: Fact, facts: Facts) -> Verdict | None:
    """Automated snapshots go with their instance; a plan's copies stay."""
    rules = listed(plan.attributes.get("rule")) or listed(plan.attributes.get("schedules"))
    return verdict(bool(rules), f"{len(rules)} rules", at=[plan.at()])


@check(
    "backup-plan-covers-database",
    "The backup plan covers every database",
    of="aws_db_instance",
    severity="high",
    fix="Name the database in a selection of the plan, by ARN or by tag.",
)
def plan_covers(database: Fact, facts: Facts) -> Verdict | None:
    """A plan copies what its selections name, and nothing else."""
    if not facts.seen("aws_backup_plan"):
        unhidden(facts, database, "aws_backup_plan")
        return None
    chosen = [one for one in facts.seen("aws_backup_selection") if not elsewhere(one, database)]
    naming = pick(
        ((one, index, pointer) for one in chosen for index, pointer in enumerate(_listed(one, "resources"))),
        lambda one: _names(facts, one[2], database),
    )
    left_out = [
        one
        for one, _, _ in naming.found
        if some(_listed(one, "not_resources"), partial(_names, facts, target=database))
    ]
    failing: list[tuple[Fact, Broken]] = []
    for selection, index, _ in naming.found:
        if selection not in left_out:
            _unconditional(selection, database)
            if (gap := broken(selection, facts)) is not None:
                failing.append((selection, gap))
                continue
            return verdict(True, "it does", at=[database.at(), selection.at(f"resources.{index}")])
    naming.settled()
    if any(one not in left_out and _by_tag(one) for one in chosen):
        raise NotKnown(f"whether a plan covers {database.name}", "it chooses by tag", _COPIED)
    absent(facts, database, "aws_backup_selection")
    for selection, (why, end) in failing:
        return verdict(False, f"{selection.name} names it, but {why}", at=[database.at(), end])
    for selection in left_out:
        return verdict(
            False, f"{selection.name} leaves it out", at=[database.at(), selection.at("not_resources")]
        )
    return verdict(
        False, "no selection names it", at=[database.at(), *(one.at("resources") for one in chosen)]
    )


def _listed(selection: Fact, name: str) -> list[Value]:
    given = selection.attributes.get(name)
    return given if isinstance(given, list) else [] if given is None else [given]


def _by_tag(selection: Fact) -> bool:
    """Whether a selection chooses by tags or other conditions."""
    return any(listed(selection.attributes.get(name)) for name in _CONDITIONS)


#: As files name them, and as an account's answer is kept.
_CONDITIONS = (
    *("selection_tag", "list_of_tags", "condition", "conditions"),
    *("tag_keys", "equals_keys", "not_equals_keys", "like_keys", "not_like_keys"),
)


def _unconditional(selection: Fact, database: Fact) -> None:
    """Raise NotKnown where a selection takes only some of what it names."""
    if _by_tag(selection):
        why = f"{selection.name} takes of what it names what carries a tag"
        raise NotKnown(f"whether a plan covers {database.name}", why, _COPIED)


def _names(facts: Facts, pointer: Value, target: Fact) -> bool:
    """Whether a pattern or a pointer of a selection means the target."""
    if isinstance(pointer, str) and "*" in pointer:
        own, parts = target.attributes.get("arn"), pointer.split(":")
        place = ":".join(parts[3:5]) if len(parts) > 5 else ":"
        arn = own if isinstance(own, str) else f"arn:aws:rds:{place}:db:{target.name}"
        return fnmatchcase(arn, pointer)
    return points_at(facts, pointer, target)
