"""Health paths: a document, an image or a probe that asks for another path than the load balancer does."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from launchbook.model import Evidence, Fact, Facts, Finding
from launchbook.repo.contradictions._ends import claims, differing, end

_PATH = re.compile(r"https?://[^/\s\"']+(/[\w/.-]*)")
_ALIKE = 0.7


def contradict(facts: Facts) -> Iterator[Finding]:
    """Each load balancer's path with everything that asks for nearly the same one."""
    groups = [(fact, path) for fact in facts.seen("aws_lb_target_group") if (path := _group_path(fact))]
    known = {path for _, path in groups}
    others = [one for one in _others(facts) if one.value not in known]
    for group, path in groups:
        near = [one for one in others if _nearest(str(one.value), known) == path]
        if near and group.origin == "source":
            said = ", ".join(sorted({str(one.value) for one in near}))
            why = f"the load balancer asks {path}; elsewhere the health path is {said}"
            yield differing("health-path", why, group.id, [end(group, "health_check.0.path", path), *near])


def _nearest(path: str, known: set[str]) -> str:
    return next(iter(difflib.get_close_matches(path, sorted(known), 1, _ALIKE)), "")


def _group_path(fact: Fact) -> str:
    checks = fact.attributes.get("health_check")
    first = checks[0] if isinstance(checks, list) and checks else None
    path = first.get("path") if isinstance(first, dict) else None
    return path if isinstance(path, str) else ""


def _others(facts: Facts) -> Iterator[Evidence]:
    for claim in claims(facts, "health-path"):
        yield end(claim, "", claim.attributes.get("value"))
    for fact in facts:
        for key in ("healthcheck", "command"):
            command = (
                fact.attributes.get(key) if fact.type in ("dockerfile", "container_health_check") else None
            )
            text = " ".join(map(str, command)) if isinstance(command, list) else command
            match = _PATH.search(text) if isinstance(text, str) else None
            if match and fact.origin == "source":
                yield end(fact, key, match.group(1))
