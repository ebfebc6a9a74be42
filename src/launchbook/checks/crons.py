"""Crons that call a route which exists, with a method that it takes."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._shapes import first, unhidden
from launchbook.model import Endpoint, Fact, Facts, NotKnown, Verdict, verdict


@check(
    "cron-wrong-method",
    "Every cron calls a route that exists, with a method that it takes",
    of="endpoint",
    severity="high",
    fix="Call the route with the method that it exports, or export the method.",
)
def cron_method(endpoint: Endpoint, facts: Facts) -> Verdict | None:
    """A cron with the wrong method gets 405 every time and does nothing."""
    if endpoint.shadowed:
        return None
    same = {one.method for one in facts.seen(Endpoint) if one.path == endpoint.path and not one.shadowed}
    callers = (
        "kubernetes_cron_job_v1",
        "vercel_cron",
        "aws_cloudwatch_event_target",
        "aws_scheduler_schedule",
    )
    for relation in facts.relations:
        caller = facts.find(relation.source)
        if (
            relation.kind not in ("calls", "calls-wrong-method")
            or relation.target != endpoint.id
            or caller is None
        ):
            continue
        method = method_of(caller)
        if method is None:
            raise NotKnown(f"the method with which {caller.name} calls {endpoint.path}", "it was not read")
        path = next(
            one
            for one in ("calls.0.method", "http_method", "method")
            if one.split(".")[0] in caller.attributes
        )
        fine = method in same or "ANY" in same
        why = f"called with {method}, it takes {', '.join(sorted(same))}"
        return verdict(fine, why, at=[caller.at(path), endpoint.at("method")])
    unhidden(facts, endpoint, *callers)
    return None


def method_of(caller: Fact) -> str | None:
    """The HTTP method a cron uses; None when it was not read."""
    call = first(caller.attributes.get("calls"))
    for value in (call.get("method"), caller.attributes.get("http_method"), caller.attributes.get("method")):
        if isinstance(value, str):
            return value.upper()
    return None
