"""Which of two sources speaks: what the files could not tell, and the account does, is settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from launchbook.model import Fact, Facts, Finding
from launchbook.model.file_kinds import IN_FILES_ALONE


def settled(findings: Sequence[Finding], facts: Facts, looked_at: Sequence[str] = ()) -> list[Finding]:
    """Without what the files could not tell and the account does.

    An UNKNOWN about something in the files goes only where the account was listed to its end and the same check gives
    a verdict of its own on the same thing there. What the files declare and the account has not is unknown, also where
    the files look good: nobody has seen it, and it says so, with where an account, or what was pasted of one, was
    ``looked_at``.
    """
    about = {id(finding): facts.find(finding.subject) for finding in findings}
    seen: dict[tuple[str, str], list[tuple[str, Finding]]] = {}
    for finding in findings:
        subject = about[id(finding)]
        if subject is not None and not subject.where.file and finding.status != "NOT_APPLICABLE":
            seen.setdefault((finding.check, subject.type), []).append((subject.name.lower(), finding))
    declared = Counter(
        (finding.check, subject.type)
        for finding in findings
        if (subject := about[id(finding)]) is not None and subject.where.file and not _own_name(subject)
    )
    kept = []
    for finding in findings:
        subject = about[id(finding)]
        if finding.status == "UNKNOWN" and subject is not None and subject.where.file:
            key = (finding.check, subject.type)
            told = seen.get(key, []) if subject.type in facts.complete else []
            if any(name == subject.name.lower() for name, _ in told):
                continue
            # The name is AWS's to choose: then as many there as are declared must have been judged.
            if told and not _own_name(subject) and len(told) >= declared[key]:
                continue
        if finding.status in ("UNKNOWN", "PASS") and looked_at and _missing(subject, facts):
            finding = _said_missing(finding, subject, looked_at)
        kept.append(finding)
    return kept


def _missing(subject: Fact | None, facts: Facts) -> TypeGuard[Fact]:
    """Whether an account that was listed to its end has nothing of a declared thing's kind and name; where the name is
    AWS's to choose, nothing of its kind."""
    if subject is None or not subject.where.file:
        return False
    if subject.type not in facts.complete or subject.type in IN_FILES_ALONE or facts.hiding(subject.type):
        return False
    there = [one for one in facts.seen(subject.type) if not one.where.file]
    return not there or (
        _own_name(subject) and all(one.name.lower() != subject.name.lower() for one in there)
    )


def _said_missing(finding: Finding, subject: Fact, looked_at: Sequence[str]) -> Finding:
    why = (
        f"{finding.why}; the account has no {subject.type} {subject.name} (looked at {', '.join(looked_at)})"
    )
    hint = "apply what declares it, or have the region read that it is in: --region REGION"
    return replace(finding, status="UNKNOWN", why=why, settle=hint)


def _own_name(fact: Fact) -> bool:
    """Whether the files give a name, or only an address of their own."""
    return not fact.id.endswith(f"#{fact.name}")
