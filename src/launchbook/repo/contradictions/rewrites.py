"""Rewrites: two hosting files that pass the same path on to different hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.model import Fact, Facts, Finding
from launchbook.repo.contradictions._ends import differing, end


def contradict(facts: Facts) -> Iterator[Finding]:
    """One finding for each path whose hosts differ between files."""
    held: dict[str, list[tuple[Fact, int, str]]] = {}
    for fact in facts.seen("document"):
        rewrites = fact.attributes.get("rewrites")
        for number, one in enumerate(rewrites if isinstance(rewrites, list) else []):
            if isinstance(one, dict) and fact.origin == "source":
                path = re.sub(r"[:*(].*$", "", str(one.get("from"))).rstrip("/") or "/"
                held.setdefault(path, []).append((fact, number, str(one.get("to"))))
    for path, found in held.items():
        hosts = sorted({host for _, _, host in found})
        if len({fact.where.file for fact, _, _ in found}) > 1 and len(hosts) > 1:
            why = f"requests below {path} go to {' and to '.join(hosts)}: each hosting file says another host"
            ends = [end(fact, f"rewrites.{number}", host) for fact, number, host in found]
            yield differing("origin", why, found[0][0].id, ends)
