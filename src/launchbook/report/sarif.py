"""The repository's failures as SARIF 2.1.0, for code hosts that show findings beside the lines."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from launchbook.model import Evidence, Finding, Report
from launchbook.report.subjects import said

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}


def render(report: Report, version: str) -> str:
    """Each failing finding that has a line of a file, as one SARIF run."""
    failed = [
        one for one in report.findings if one.status == "FAIL" and any(_place(end) for end in one.evidence)
    ]
    rules = {one.check: one for one in failed}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "launchbook",
                        "version": version,
                        "rules": [_rule(one) for one in rules.values()],
                    }
                },
                "results": [_result(one, list(rules)) for one in failed],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(one: Finding) -> dict[str, Any]:
    return {
        "id": one.check,
        "help": {"text": one.fix or one.check},
        "defaultConfiguration": {"level": _LEVELS[one.severity]},
    }


def _result(one: Finding, rules: list[str]) -> dict[str, Any]:
    places = [place for end in one.evidence if (place := _place(end))]
    return {
        "ruleId": one.check,
        "ruleIndex": rules.index(one.check),
        "level": _LEVELS[one.severity],
        "message": {"text": f"{said(one)}. {one.fix}".strip()},
        "locations": places[:1],
        "relatedLocations": [{"id": number, **place} for number, place in enumerate(places[1:], 1)],
    }


def _place(end: Evidence) -> dict[str, Any] | None:
    path, _, line = end.source.rpartition(":")
    if not path or not line.isdigit() or end.level not in ("static", "plan", "document"):
        return None
    region = {"region": {"startLine": max(1, int(line))}}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(path)}, **region}}
