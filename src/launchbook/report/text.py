"""A report for a person at a terminal: what was asked, each line with its evidence, GO or NO-GO, what to fix first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from launchbook.model import Evidence, Finding, Report, Requirement

#: Checks shown below a line, and places below a check; the rest is counted.
SHOWN, PLACES = 5, 3
_COLOURS = {"OK": "32", "NOK": "31", "TODO": "33", "NOT_APPLICABLE": "2", "GO": "32;1", "NO-GO": "31;1"}


def render(report: Report, *, colour: bool = False, width: int = 100) -> str:
    """The report as text. ``width`` is the widest line in characters; names are already fit for a terminal."""
    lines = [*_asked(report), ""]
    for one in report.requirements:
        lines += [*_requirement(one, colour, width), ""]
    lines += _end(report, colour)
    return "\n".join(line[: width * 3] for line in lines) + "\n"


def _asked(report: Report) -> Iterator[str]:
    yield f"{report.checklist}, run {report.run}, {report.at:%Y-%m-%d %H:%M} UTC"
    yield f"read         {'; '.join(report.sources)}"
    if report.account:
        yield f"account      {report.account}" + (f" as {report.role}" if report.role else "")
    if report.regions:
        rest = f" (not asked: {', '.join(report.not_asked)})" if report.not_asked else ""
        yield f"regions      {', '.join(report.regions)}{rest}"
    yield f"environment  {report.environment or 'none named: values that hold for all of them'}"
    scope = ", ".join(report.scope) or "everything that was read"
    yield f"scope        {scope}" + (
        f"; {report.outside_scope} resources outside it" if report.outside_scope else ""
    )


def _requirement(one: Requirement, colour: bool, width: int) -> Iterator[str]:
    failed, unknown, passed = one.of("FAIL"), one.of("UNKNOWN"), one.of("PASS")
    counts = [
        (len(failed), "fail"),
        (len(unknown), "unknown"),
        (len(passed), "pass"),
        (len(one.of("WAIVED")), "waived"),
    ]
    said = ", ".join(f"{number} {word}" for number, word in counts if number)
    levels = " to ".join(dict.fromkeys(one.levels))
    detail = "; ".join(part for part in (said, f"evidence {levels}" if levels else "") if part)
    yield f"{_painted(one.status, colour):<4} {one.title}" + (f"  ({detail})" if detail else "")
    groups = _by_check(failed or unknown)
    for findings in groups[:SHOWN]:
        yield from _group(findings, width)
    if len(groups) > SHOWN:
        yield f"     … and {len(groups) - SHOWN} more checks {'fail' if failed else 'are open'}"
    for finding in one.of("WAIVED"):
        yield f"     waived  {finding.check}: {finding.why}"
    if one.status == "TODO":
        for settle in one.settle[:3]:
            yield f"     settle  {settle}"


def _by_check(findings: Sequence[Finding]) -> list[list[Finding]]:
    held: dict[str, list[Finding]] = {}
    for finding in findings:
        held.setdefault(finding.check, []).append(finding)
    return list(held.values())


def _group(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """One check: why its first subject fails, each place, and the fix once."""
    one = findings[0]
    mark = "✗" if one.status == "FAIL" else "?"
    whys = list(dict.fromkeys(finding.why for finding in findings))
    yield f"     {mark} {one.check}: {_cut(whys[0], width)}" + (
        f" (and {len(findings) - 1} more)" if findings[1:] else ""
    )
    for finding in findings[:PLACES]:
        for evidence in finding.evidence[: 3 if len(findings) == 1 else 1]:
            yield f"         {evidence.source}  {_value(evidence, width)}".rstrip()
    if one.fix:
        yield f"         fix: {one.fix}"
    if one.settle:
        yield f"         settle: {_cut(one.settle, width)}"


def _value(evidence: Evidence, width: int) -> str:
    if evidence.value is None:
        return ""
    text = (
        evidence.value if isinstance(evidence.value, str) else json.dumps(evidence.value, ensure_ascii=False)
    )
    return _cut(text, width - 30)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _end(report: Report, colour: bool) -> Iterator[str]:
    counts = {
        status: sum(1 for one in report.requirements if one.status == status)
        for status in ("OK", "NOK", "TODO")
    }
    said = ", ".join(f"{number} {status}" for status, number in counts.items())
    yield f"{_painted('GO' if report.go else 'NO-GO', colour)}: {said}" + (
        f", {len(report.gaps)} reads failed" if report.gaps else ""
    )
    first = report.first()
    if first:
        yield ""
        yield "fix first:"
        for number, finding in enumerate(first, 1):
            place = finding.evidence[0].source if finding.evidence else finding.subject
            yield f"  {number}. [{finding.severity}] {finding.check}  {place}"
            yield f"     {finding.fix}"


def _painted(word: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[word]}m{word}\x1b[0m" if colour else word
