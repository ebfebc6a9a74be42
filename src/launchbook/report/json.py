"""A report as JSON: the contract of ``launchbook audit --json``. Keys are stable; more may be added."""

from __future__ import annotations

import json
from typing import Any

from launchbook.model import Evidence, Finding, Gap, Report, Requirement

#: Without an indent, which would have every value written by Python: that takes a tenth of a whole audit.
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def render(report: Report) -> str:
    """The report as one JSON object with a newline at its end: a key a line, and each item of a list on its own."""
    return (
        "{\n"
        + ",\n".join(f"{_ENCODE(key)}: {_spread(value)}" for key, value in as_data(report).items())
        + "\n}\n"
    )


def _spread(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _ENCODE(value)
    return "[\n" + ",\n".join(map(_ENCODE, value)) + "\n]"


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "run": report.run,
        "at": report.at.isoformat(timespec="seconds"),
        "checklist": report.checklist,
        "go": report.go,
        "sources": list(report.sources),
        "account": report.account,
        "role": report.role,
        "regions": list(report.regions),
        "regions_not_asked": list(report.not_asked),
        "environment": report.environment,
        "scope": list(report.scope),
        "outside_scope": report.outside_scope,
        "requirements": [_requirement(one) for one in report.requirements],
        "findings": [finding_data(one) for one in report.findings],
        "gaps": [gap_data(one) for one in report.gaps],
    }


def _requirement(one: Requirement) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "status": one.status,
        "levels": list(one.levels),
        "findings": [finding_data(finding) for finding in one.findings],
        "settle": list(one.settle),
    }


def finding_data(one: Finding) -> dict[str, Any]:
    """One finding, in a report or in a run's step."""
    return {
        "check": one.check,
        "status": one.status,
        "severity": one.severity,
        "subject": one.subject,
        "level": one.level,
        "why": one.why,
        "evidence": [_evidence(evidence) for evidence in one.evidence],
        "fix": one.fix,
        "settle": one.settle,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    place, _, line = one.source.rpartition(":")
    where = {"file": place, "line": int(line)} if place and line.isdigit() else {}
    return {"source": one.source, "where": where, "value": one.value, "level": one.level}


def gap_data(one: Gap) -> dict[str, Any]:
    """One gap, in a report or in a run."""
    where = {
        "file": one.where.file,
        "line": one.where.line,
        "account": one.where.account,
        "region": one.where.region,
    }
    return {"where": where, "what": one.what, "hint": one.hint, "hides": list(one.hides)}
