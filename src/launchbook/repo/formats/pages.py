"""Pages of prose: what kind of page it is, what it claims about the system, what a runbook tells its reader to use.

Nothing that a page says becomes a resource. A ``claim`` says that something is not ready (``claims.py`` reads the
others); a ``mention`` is a name that somebody will type at three in the morning, and that should exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, reader

_RUNBOOK = regex(r"runbook|playbook|on-?call|incident|monitoring|alert|first-response", re.I)
_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD"

#: What a page says of mail that is not ready: about -> a pattern.
_MAIL = {
    "ses-production-access": r"\bsandbox\b",
    "ses-dkim": r"\bDKIM\b[^.\n]{0,60}(?:still to do|missing|not (?:yet )?(?:set|configured|done)|todo)",
    "ses-dmarc": r"\bDMARC\b[^.\n]{0,60}(?:still to do|missing|not (?:yet )?(?:set|configured|done)|todo)",
}
_LEFT = regex(
    r"out of (?:the )?sandbox|production access (?:was )?granted|left the sandbox|no longer in", re.I
)


@reader("pages", "*.md", "*.mdx", "*.rst", "*.adoc", hides=())
def page(file: File, found: Found) -> None:
    """One document a page; its claims; and, in a runbook, its mentions."""
    title = re.search(r"^#+\s+(.+?)\s*#*$", file.text, re.M)
    runbook = _RUNBOOK.search(file.path) is not None
    kind = "runbook" if runbook else "guide" if re.search(r"(^|/)docs?/", file.path) else "prose"
    found.document(file, kind, title[1] if title else file.name)
    for number, about in _claims(file.text):
        found.fact(
            file,
            "claim",
            f"claim:{about}:{number}",
            name=about,
            line=number,
            attributes={"about": about, "value": "no"},
        )
    for number, kind, text in _mentions(file.text):
        if not (runbook or kind == "log-group"):
            continue
        found.fact(
            file,
            "mention",
            f"mention:{kind}:{number}:{text}",
            name=text,
            line=number,
            attributes={"kind": kind, "text": text},
            # The page itself is what is judged: whether what it names exists is told by the files.
            origin="source",
        )


def _claims(text: str) -> Iterator[tuple[int, str]]:
    """The line and subject of each thing that a page says is not ready."""
    above = ""
    for number, line in _prose(text):
        for about, pattern in _MAIL.items():
            # A sentence may be wrapped: it counts where it ends.
            said = re.search(pattern, f"{above} {line}", re.I)
            if said is not None and said.end() > len(above) and not _LEFT.search(line):
                yield number, about
        above = line


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside code blocks; a wrapped sentence is read line by line."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced:
            yield number, line


def _mentions(text: str) -> Iterator[tuple[int, str, str]]:
    """What stands in code quotes or code blocks: scripts, routes, alarms, metrics, AWS commands."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > 2000:
            continue
        quoted = re.findall(r"`([^`]+)`", line)
        for span in quoted or ([line.strip()] if re.match(r"\s*(\$ )?(aws|curl|kubectl|\./)", line) else []):
            kind = _kind(span, line)
            if kind:
                yield number, kind, _shortened(span, kind)


def _kind(span: str, line: str) -> str:
    if re.match(rf"^(?:{_METHODS}) /", span):
        return "route"
    if re.match(r"^/(aws|ecs)/[\w./#-]+$", span):
        return "log-group"
    if re.match(r"^(\$ )?aws ", span):
        return "command"
    if re.search(r"\b[\w./-]+/[\w.-]+\.(sh|ts|js|py|mjs|rb)\b", span):
        return "script"
    if re.match(r"^[\w.-]+(/[\w.*-]+)+\.\w+$", span):
        return "file"
    if re.match(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$", span) or (
        re.search(r"\bmetric\b", line, re.I) and _camel(span)
    ):
        return "metric"
    return "alarm" if re.match(r"^[a-z][a-z0-9]*(-[a-z0-9]+){2,}$", span) else ""


def _camel(span: str) -> bool:
    return re.match(r"^[A-Z][a-z]+([A-Z][a-z]*)+$", span) is not None


def _shortened(span: str, kind: str) -> str:
    if kind == "script":
        match = re.search(r"[\w./-]+/[\w.-]+\.(?:sh|ts|js|py|mjs|rb)\b", span)
        return match[0].removeprefix("./") if match else span
    return span
