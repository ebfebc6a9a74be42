"""A report as the runbook's own table: domain, status, evidence, what to validate or do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from launchbook.model import Evidence, Finding, Report, Requirement
from launchbook.report.subjects import said, settling

#: Checks shown in a row of the table; the rest is counted.
SHOWN = 4


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
    shown = list(_by_check(failed or passed).values())
    evidence = [_evidence(findings) for findings in shown[:SHOWN]]
    if len(shown) > SHOWN:
        rest = len(shown) - SHOWN
        evidence.append(f"… {rest} more {'check' if rest == 1 else 'checks'}")
    fixes = dict.fromkeys(findings[0].fix for findings in shown[:SHOWN] if failed)
    actions = [f"**Action**: {escaped(fix)}" for fix in fixes]
    if unknown and not failed:
        actions = [f"**Validate**: {escaped(settle)}" for settle in settling(one)[:3]]
    elif unknown:
        more = "".join(f": {escaped(settle)}" for settle in settling(one)[:1])
        actions.append(f"**Validate**: {len(unknown)} more {'is' if len(unknown) == 1 else 'are'} open{more}")
    cells = [escaped(one.title), one.status, "<br>".join(evidence) or "none", "<br>".join(actions)]
    return "| " + " | ".join(cells) + " |"


def _by_check(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Findings by their check, in its first one's place: one check may fail of ninety things."""
    held: dict[str, list[Finding]] = {}
    for one in findings:
        held.setdefault(one.check, []).append(one)
    return held


def _evidence(findings: Sequence[Finding]) -> str:
    more = f" and {len(findings) - 1} more" if findings[1:] else ""
    return f"{escaped(said(findings[0]))} ({_ends(findings[0].evidence)}){more}"


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
