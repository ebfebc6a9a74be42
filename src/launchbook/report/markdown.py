"""A report as the runbook's own table: domain, status, evidence, what to validate or do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from launchbook.model import Evidence, Report, Requirement
from launchbook.report.subjects import said


def render(report: Report) -> str:
    """The report as Markdown. No name in it can end a cell, start a tag or become a link."""
    lines = [f"# Launch readiness: {'GO' if report.go else 'NO-GO'}", ""]
    lines += [f"- {escaped(line)}" for line in _asked(report)]
    lines += ["", "| Domain | Status | Evidence | To validate / action |", "|---|---|---|---|"]
    lines += [_row(one) for one in report.requirements]
    first = report.first()
    if first:
        lines += ["", "## Fix first", ""]
        lines += [
            f"{number}. **{one.severity}** {escaped(one.check)}: {escaped(said(one))}. {escaped(one.fix)}"
            for number, one in enumerate(first, 1)
        ]
    if report.gaps:
        lines += ["", "## Could not be read", "", "| where | what | would settle it |", "|---|---|---|"]
        lines += [
            f"| {escaped(str(one.where))} | {escaped(one.what)} | {escaped(one.hint)} |"
            for one in report.gaps
        ]
    return "\n".join(lines) + "\n"


def _asked(report: Report) -> Iterator[str]:
    yield f"Run {report.run}, {report.at:%Y-%m-%d %H:%M} UTC; read: {'; '.join(report.sources)}"
    if report.account:
        yield f"Account {report.account}" + (f", as {report.role}" if report.role else "")
    if report.regions:
        rest = f" (not asked: {', '.join(report.not_asked)})" if report.not_asked else ""
        yield f"Regions {', '.join(report.regions)}{rest}"
    if report.environment:
        yield f"Environment {report.environment}"
    scope = ", ".join(report.scope) or "everything that was read"
    yield f"Scope {scope}" + (
        f"; {report.outside_scope} resources outside it" if report.outside_scope else ""
    )


def _row(one: Requirement) -> str:
    failed, unknown, passed = one.of("FAIL"), one.of("UNKNOWN"), one.of("PASS")
    shown = failed or passed
    evidence = [f"{escaped(said(finding))} ({_ends(finding.evidence)})" for finding in shown[:4]]
    if len(shown) > 4:
        evidence.append(f"… {len(shown) - 4} more")
    actions = [f"**Action**: {escaped(fix)}" for fix in dict.fromkeys(finding.fix for finding in failed[:4])]
    if not failed and unknown:
        actions = [f"**Validate**: {escaped(settle)}" for settle in one.settle[:3]]
    cells = [escaped(one.title), one.status, "<br>".join(evidence) or "none", "<br>".join(actions)]
    return "| " + " | ".join(cells) + " |"


def _ends(evidence: tuple[Evidence, ...]) -> str:
    return ", ".join(_source(one.source) + _value(one.value) for one in evidence[:2])


def _source(text: str) -> str:
    """A place as code; one that could leave a code span or a cell is plain text instead."""
    return escaped(text) if re.search(r"[`<>|\\]", text) else f"`{text}`"


def _value(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return f" = {escaped(json.dumps(value, ensure_ascii=False))[:80]}"


def escaped(text: str) -> str:
    """Text that stays text in a Markdown table."""
    flat = re.sub(r"\s+", " ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([|\[\]`*_\\])", r"\\\1", flat)
