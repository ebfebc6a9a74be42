"""A report for a person at a terminal: GO or NO-GO, each line with what it rests on, and what to fix first.

The short form fits a screen or two; the long one (``every``) gives each check with all its places, fixes and what would
settle it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from launchbook.model import Evidence, Finding, Report, Requirement
from launchbook.report.subjects import LIVE, place_of, said, settling

#: Checks and commands shown below a line in the short form, places below a check in the long one; the rest is counted.
SHOWN, PLACES = 2, 5
_COLOURS = {"OK": "32", "NOK": "31", "TODO": "33", "NOT_APPLICABLE": "2", "GO": "32;1", "NO-GO": "31;1"}
_SHORT = {"NOT_APPLICABLE": "–"}


def render(report: Report, *, colour: bool = False, width: int = 110, every: bool = False) -> str:
    """The report as text. ``width`` is the widest line in characters; names are already fit for a terminal."""
    lines = [*_asked(report, colour), ""]
    for one in report.requirements:
        lines += _whole(one, colour, width) if every else _short(one, colour, width)
    lines += _end(report, colour, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _asked(report: Report, colour: bool) -> Iterator[str]:
    yield f"{_painted('GO' if report.go else 'NO-GO', colour)}: {_counted(report)}"
    yield ""
    yield f"read         {'; '.join(report.sources)}   ({report.checklist}, run {report.run})"
    if report.account:
        yield f"account      {report.account}" + (f" as {report.role}" if report.role else "")
    if report.regions:
        rest = f" (not asked: {', '.join(report.not_asked)})" if report.not_asked else ""
        yield f"regions      {', '.join(report.regions)}{rest}"
    if _nothing(report):
        yield f"found        nothing on AWS that a check judges{_perhaps(report)}"
    yield f"environment  {report.environment or 'none named: values that hold for all of them (--env NAME)'}"
    scope = ", ".join(report.scope) or "everything that was read"
    yield f"scope        {scope}" + (
        f"; {report.outside_scope} resources outside it" if report.outside_scope else ""
    )


def _nothing(report: Report) -> bool:
    """Whether nothing that was read is on AWS and judged. That a repository holds no secret tells nothing of it."""
    told = (one for one in report.requirements if one.id != "repository-secrets")
    return not any(finding.evidence for one in told for finding in one.findings)


def _perhaps(report: Report) -> str:
    """What may be the matter where nothing was found."""
    if any(one.startswith("repository") for one in report.sources):
        return ": is this the root of the repository?"
    if any("cut off" in gap.what for gap in report.gaps):
        return ": what was pasted is cut off; paste it whole, or with --output json"
    if any("pasted" in one for one in report.sources):
        return ": each answer needs its command before it ($ aws …); launchbook commands prints a script that does it"
    return ""


def _counted(report: Report) -> str:
    held = [one.status for one in report.requirements]
    counts = [f"{held.count(status)} {status}" for status in ("NOK", "TODO", "OK") if held.count(status)]
    gaps = len(_gaps(report))
    return ", ".join(counts) + (f"; {gaps} {'read' if gaps == 1 else 'reads'} failed" if gaps else "")


def _gaps(report: Report) -> list[str]:
    """What was not read, once each: more than one kind of fact may come of one read."""
    return list(dict.fromkeys(f"{gap.where}: {gap.what}" for gap in report.gaps))


def _head(one: Requirement, colour: bool, width: int) -> str:
    counts = [(len(one.of(status)), word) for status, word in _WORDS]
    counted = ", ".join(f"{number} {word}" for number, word in counts if number)
    levels = " to ".join(dict.fromkeys(one.levels))
    detail = "; ".join(part for part in (counted, levels) if part)
    if len(one.title) + len(detail) > width - 7:  # what it rests on is told with each finding
        detail = _cut(counted, max(12, width - 7 - len(one.title)))
    status = _SHORT.get(one.status, one.status)
    painted = _painted(one.status, colour).replace(one.status, status)
    room = max(2, width - 5 - len(one.title) - len(detail))
    return f"{painted}{' ' * (5 - len(status))}{one.title}{' ' * room}{detail}"


_WORDS = (("FAIL", "fail"), ("UNKNOWN", "open"), ("PASS", "pass"), ("WAIVED", "waived"))


def _short(one: Requirement, colour: bool, width: int) -> Iterator[str]:
    """A line with its gravest failures, or with what would settle it."""
    yield _head(one, colour, width)
    groups = _by_check(one.of("FAIL"))
    for findings in groups[:SHOWN]:
        yield f"     ✗ {_first_of(findings, width - 7)}"
    if groups[SHOWN:]:
        rest = len(groups) - SHOWN
        yield f"     … and {rest} more {'check fails' if rest == 1 else 'checks fail'}"
    if one.status == "TODO" and not _only_live(one):
        for settle in settling(one)[:SHOWN]:
            yield f"     ? {_cut(settle, width - 7)}"
    if one.status == "TODO" and one.findings and not one.of("UNKNOWN"):
        yield f"     ? {_cut('none of what it asks about is here, and all was listed: is that meant?', width - 7)}"
    for finding in one.of("WAIVED"):
        yield f"     – {_cut(f'{finding.check}: {finding.why}', width - 7)}"


def _only_live(one: Requirement) -> bool:
    """Whether reading the account is what settles a line; said once, at the end."""
    return one.status == "TODO" and bool(one.settle) and one.settle[0].startswith(LIVE)


def _first_of(findings: Sequence[Finding], width: int) -> str:
    """A check's first failure, where, and how many more there are; where there is no room for all, the place stays."""
    one = findings[0]
    place = place_of(one)
    more = f" (+{len(findings) - 1})" if findings[1:] else ""
    room = width - len(one.check) - len(more) - len(place) - 4
    if room >= 12:
        return f"{one.check}: {_cut(said(one), room)}{more}  {place}"
    return f"{_cut(f'{one.check}: {said(one)}', width - len(more))}{more}\n       {_cut(place, width)}"


def _whole(one: Requirement, colour: bool, width: int) -> Iterator[str]:
    """A line with each check that fails or is open, its places, its fix, and what would settle it."""
    yield _head(one, colour, width)
    for findings in _by_check(one.of("FAIL")):
        yield from _group(findings, width)
    for findings in _by_reason(one.of("UNKNOWN")):
        checks = list(dict.fromkeys(finding.check for finding in findings))
        yield from _group(findings, width) if len(checks) == 1 else _together(findings, checks, width)
    for finding in one.of("WAIVED"):
        yield f"     – {finding.check}: {finding.why}"
    if one.status == "TODO":
        yield from (f"     settle  {settle}" for settle in one.settle)
    yield ""


def _by_check(findings: Sequence[Finding]) -> list[list[Finding]]:
    held: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        held.setdefault((finding.check, finding.status), []).append(finding)
    return list(held.values())


def _by_reason(findings: Sequence[Finding]) -> list[list[Finding]]:
    """What is open, by why it is: one file that was not read, or one listing, may keep fifty checks open."""
    held: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        held.setdefault((_reason(finding), finding.settle), []).append(finding)
    return [part for group in held.values() for part in ([group] if len(group) > 1 else _by_check(group))]


def _reason(finding: Finding) -> str:
    """Why something is open, without the kind that differs from check to check."""
    hidden = re.fullmatch(r"(?:all )?[\w/]+(?: may exist unseen)?: (.+)", finding.why)
    if hidden:
        return hidden[1]
    return re.sub(r"^no [\w/]+ was seen, and", "none was seen of what these look at, and", finding.why)


def _together(findings: Sequence[Finding], checks: Sequence[str], width: int) -> Iterator[str]:
    """Checks that are open for one reason: the reason, their names, and what would settle it, once each."""
    yield f"     ? {_cut(_reason(findings[0]), width - 7)}"
    for line in wrap(", ".join(checks), width - 9, break_on_hyphens=False):
        yield f"         {line}"
    if findings[0].settle:
        yield f"         settle: {_cut(findings[0].settle, width - 17)}"


def _group(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """One check: why its first subject fails, each place, and the fix once."""
    one = findings[0]
    mark = "✗" if one.status == "FAIL" else "?"
    more = f" (and {len(findings) - 1} more)" if findings[1:] else ""
    start = f"     {mark} {one.check}: "
    yield f"{start}{_cut(said(one), max(20, width - len(start) - len(more)))}{more}"
    for finding in findings[:PLACES]:
        for evidence in finding.evidence[: 3 if len(findings) == 1 else 1]:
            yield f"         {evidence.source}  {_value(evidence, width - 11 - len(evidence.source))}".rstrip()
    if one.fix:
        yield from _wrapped(one.fix, "         fix: ", width)
    if one.settle:
        yield f"         settle: {one.settle}"


def _value(evidence: Evidence, room: int) -> str:
    value = evidence.value
    if value is None:
        return ""
    if room < 8:
        return ""
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), room)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _end(report: Report, colour: bool, width: int) -> Iterator[str]:
    first = report.first()
    yield ""
    for number, finding in enumerate(first, 1):
        if number == 1:
            yield "fix first"
        yield from _wrapped(
            f"{finding.check} ({finding.severity}): {said(finding)}", f"  {number}. ", width, most=2
        )
        yield f"     {place_of(finding)}"
        yield from _wrapped(finding.fix, "     → ", width)
    todo = [one for one in report.requirements if one.status == "TODO"]
    waiting = sum(any(settle.startswith(LIVE) for settle in settling(one)) for one in todo)
    if waiting:
        wait = "waits" if waiting == 1 else "wait"
        whole = f"{waiting} of {len(todo)} TODO {wait} for the account: {LIVE} (read-only; launchbook policy)"
        yield from _wrapped(whole, "", width)
    gaps = _gaps(report)
    refused = sum("AccessDenied" in gap or "Unauthorized" in gap for gap in gaps)
    if refused > SHOWN:
        yield f"{refused} reads were refused: launchbook policy prints the IAM policy that allows them"
    for gap in gaps[:SHOWN]:
        lines = wrap(gap, width - 13, max_lines=2, placeholder="…")
        yield "\n".join(f"{'not read' if line == lines[0] else '':<13}{line}" for line in lines)
    if gaps[SHOWN:]:
        yield f"             … and {len(gaps) - SHOWN} more"
    yield f"{_painted('GO' if report.go else 'NO-GO', colour)}: {_counted(report)}"


def _wrapped(words: str, start: str, width: int, most: int | None = None) -> list[str]:
    """A text behind what it starts with, its further lines below its first; in ``most`` lines."""
    return wrap(
        words, width, initial_indent=start, subsequent_indent=" " * len(start), max_lines=most, placeholder="…",
        break_on_hyphens=False,
    )  # fmt: skip


def _painted(word: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[word]}m{word}\x1b[0m" if colour else word
