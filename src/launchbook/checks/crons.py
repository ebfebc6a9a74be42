"""Crons that call a route which exists, with a method that it takes."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.model import Endpoint, Fact, Facts, NotKnown, Verdict, verdict

CALLERS = ("kubernetes_cron_job_v1", "vercel_cron", "aws_cloudwatch_event_target", "aws_scheduler_schedule")


@check(
    "cron-wrong-method",
    "Every cron calls a route that exists, with a method that it takes",
    of="endpoint",
    severity="high",
    fix="Call the route with the method that it exports, or export the method.",
)
def cron_method(endpoint: Endpoint, facts: Facts) -> Verdict | None:
    """A cron with the wrong method gets 405 every time and does nothing, whatever the other callers do."""
    if endpoint.shadowed:
        return None
    same = {one.method for one in facts.seen(Endpoint) if one.path == endpoint.path and not one.shadowed}
    found = [
        (caller, *way)
        for relation in facts.relations
        if relation.kind in ("calls", "calls-wrong-method") and relation.target == endpoint.id
        if (caller := facts.find(relation.source)) is not None
        for way in _ways(caller, str(relation.where))
    ]
    wrong = [one for one in found if one[2] is not None and not same & {one[2], "ANY"}]
    unread = [one for one in found if one[2] is None]
    if not wrong:
        unhidden(facts, endpoint, *CALLERS)
    if not found:
        return None
    if unread and not wrong:
        what = f"the method with which {unread[0][0].name} calls {endpoint.path}"
        raise NotKnown(what, "it was not read")
    told = wrong or found
    with_methods = ", ".join(sorted({str(method) for _, _, method in told}))
    why = f"called with {with_methods}, it takes {', '.join(sorted(same))}"
    return verdict(not wrong, why, at=[*(caller.at(path) for caller, path, _ in told), endpoint.at("method")])


def _ways(caller: Fact, where: str) -> list[tuple[str, str | None]]:
    """How a cron calls from a place: path of the attribute and HTTP method; None for one that was not read."""
    calls = caller.attributes.get("calls")
    held = {
        f"calls.{number}": one.get("method")
        for number, one in enumerate(calls if isinstance(calls, list) else [])
        if isinstance(one, dict)
    }
    here = {path: method for path, method in held.items() if caller.source(path) == where} or held
    plain = {path: caller.attributes[path] for path in ("http_method", "method") if path in caller.attributes}
    return [
        (path, method.upper() if isinstance(method, str) else None)
        for path, method in (here or dict(list(plain.items())[:1]) or {"": None}).items()
    ]
