"""What prose claims about regions, schedules, retention, retries and health paths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, reader

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "region",
        regex(r"\b((?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d)\b"),
    ),
    (
        "retention",
        regex(
            r"\b(?:kept|retained|retention(?: of)?)(?: for)?:? (\d{1,4}) days?\b|\b(\d{1,4})[- ]days? retention\b",
            re.I,
        ),
    ),
    (
        "redrive-count",
        regex(r"\btried (\d{1,3}) times\b|\bafter (\d{1,3}) (?:tries|attempts|failures)\b", re.I),
    ),
    (
        "schedule",
        regex(r"\b(every (?:\d{1,3} )?(?:minute|hour|day|week)s?|hourly|daily|weekly)\b", re.I),
    ),
    (
        "health-path",
        regex(r"(?:load balancer|health ?check|liveness|target group)[^`\n]{0,60}`?(/[\w/.-]+)`?", re.I),
    ),
    (
        "named",
        regex(
            r"\b(?:queue|topic|bucket|alarm)s? `([\w.-]{4,80})`|`([\w.-]{4,80})` (?:queue|topic|bucket|alarm)\b",
            re.I,
        ),
    ),
)
#: Pages that say what was, or list all there is: where the system runs is not said there.
_HISTORY = regex(r"(?:^|/)(?:changelog|changes|history|news|releases?|release[-_]notes)\b[^/]*$", re.I)
_MOST_REGIONS = 2
_LONGEST = 5000
_MOST_WORDS = 60
_BETWEEN = regex(r"(?<=[.!?;])[*_)\"']*\s+")
_WORD = regex(r"[A-Za-z][A-Za-z0-9]{2,}")
_COMMAND = regex(r"^\s*(?:\$|aws |- `aws |`aws )|--region")


@reader("Claims", "*.md", "*.mdx", "*.rst", hides=())
def claims(file: File, found: Found) -> None:
    """One fact for each claim, with the words of its sentence, which say what it is about."""
    if _HISTORY.search(file.path):
        return
    claimed = list(_claims(file.text))
    listed = len({value for _, about, value, _ in claimed if about == "region"}) > _MOST_REGIONS
    for line, about, value, words in claimed:
        if listed and about == "region":
            continue
        number = int(value) if value.isdigit() else value
        attributes: dict[str, Value] = {"about": about, "value": number, "words": list(words)}
        address = f"claim:{about}:{line}:{value}"
        found.fact(file, "claim", address, line=line, attributes=attributes, level="document", created=False)


def _claims(text: str) -> Iterator[tuple[int, str, str, list[str]]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or len(line) > _LONGEST or _COMMAND.search(line):
            continue
        for about, pattern in _PATTERNS:
            for match in pattern.finditer(line):
                value = next(group for group in match.groups() if group)
                words = {word.lower() for word in _WORD.findall(_sentence(line, *match.span()))}
                yield number, about, value, sorted(words)[:_MOST_WORDS]


def _sentence(line: str, start: int, end: int) -> str:
    """The sentence of a line in which a claim stands: a paragraph is often one line, and about many things."""
    begins = max((one.end() for one in _BETWEEN.finditer(line, 0, start)), default=0)
    after = _BETWEEN.search(line, end)
    return line[begins : after.start() if after else len(line)]
