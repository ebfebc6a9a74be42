"""Runbooks that can be followed, rules and objectives that lead somewhere, claims that hold."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from launchbook.check import check
from launchbook.checks._absence import unhidden
from launchbook.checks._shapes import words
from launchbook.model import Endpoint, Fact, Facts, NotKnown, Verdict, verdict


@check(
    "runbook-names-nothing",
    "Everything that a runbook names exists",
    of="mention",
    severity="medium",
    fix="Correct the page, or create what it names, before somebody needs it at night.",
)
def names_nothing(mention: Fact, facts: Facts) -> Verdict | None:
    """A script, route, alarm or metric that does not exist costs the minutes one does not have."""
    kind, text = mention.get("kind"), str(mention.get("text"))
    if kind == "route":
        exists = any(one.name == text and not one.shadowed for one in facts.seen(Endpoint))
    elif kind in ("script", "file"):
        pattern = [one for one in facts.files if fnmatchcase(one, text)] if "*" in text else []
        exists = bool(pattern) or facts.has_file(text)
    elif kind == "alarm":
        exists = any(
            one.name == text for one in facts.all if one.created is not False and one.type.startswith("aws_")
        )
        if not exists and not _looks_like_alarm(text, facts):
            return None
    elif kind == "metric":
        exists = _metric_exists(text, facts)
    else:
        return None
    return verdict(
        exists, "it exists" if exists else f"no {kind} {text} is in these files", at=[mention.at("text")]
    )


def _looks_like_alarm(text: str, facts: Facts) -> bool:
    """Whether a name begins as the alarms here do: what else is in code quotes is not taken for one."""
    prefixes = {one.name.split("-")[0] for one in facts.seen("aws_cloudwatch_metric_alarm")}
    return text.split("-")[0] in prefixes


def _metric_exists(text: str, facts: Facts) -> bool:
    if any(base_of(text) == one.name for one in facts.seen("prometheus_metric")):
        return True
    watched = {one.attributes.get("metric_name") for one in facts.seen("aws_cloudwatch_metric_alarm")}
    return text in watched


def base_of(metric: str) -> str:
    """``x_bucket`` is what the histogram ``x`` gives."""
    return re.sub(r"_(bucket|sum|count)$", "", metric)


@check(
    "rule-metric-not-emitted",
    "Every alert rule reads a metric that the code emits",
    of="prometheus_rule",
    severity="high",
    fix="Emit the metric, or correct its name in the rule.",
)
def rule_metric(rule: Fact, facts: Facts) -> Verdict | None:
    """A rule over a metric that nobody emits never fires."""
    emitted = {one.name for one in facts.seen("prometheus_metric")}
    if not emitted:
        raise NotKnown("which metrics are emitted", "no code that emits one was read")
    names = words(rule.get("metrics"))
    missing = [
        one for one in names if one not in emitted and base_of(one) not in emitted and not _exported(one)
    ]
    if missing:
        unhidden(facts, rule, "prometheus_metric")
    why = f"nobody emits {', '.join(missing)}" if missing else "emitted"
    return verdict(not missing, why, at=[rule.at("metrics")])


def _exported(metric: str) -> bool:
    """Whether a well-known exporter gives the metric."""
    return metric.startswith(
        ("node_", "kube_", "container_", "process_", "go_", "nodejs_", "jvm_", "pg_", "redis_", "aws_")
    )


@check(
    "rule-names-missing-runbook",
    "Every page that an alert rule names exists",
    of="prometheus_rule",
    severity="medium",
    fix="Write the page, or name the one that exists.",
)
def rule_runbook(rule: Fact, facts: Facts) -> Verdict | None:
    """The page is what the person on call opens first."""
    page = str(rule.get("runbook") or "")
    if not page or page.startswith(("http://", "https://")):
        return None
    exists = facts.has_file(page)
    return verdict(exists, "it exists" if exists else f"{page} does not exist", at=[rule.at("runbook")])


@check(
    "slo-without-rule",
    "Every objective has the alert it names",
    of="slo",
    severity="medium",
    fix="Write the rule, or name the one that watches the objective.",
)
def slo_rule(slo: Fact, facts: Facts) -> Verdict | None:
    """An objective that no rule watches is a wish."""
    alert = slo.get("alert")
    exists = any(one.name == alert for one in facts.seen("prometheus_rule"))
    if not exists:
        unhidden(facts, slo, "prometheus_rule")
    return verdict(exists, "it exists" if exists else f"no rule is called {alert}", at=[slo.at("alert")])


@check(
    "queue-stand-in",
    "No list in memory stands behind a queue's name",
    of="in_memory_stand_in",
    severity="high",
    fix="Send to the real queue, or say in the name that nothing is kept.",
)
def queue_stand_in(one: Fact, facts: Facts) -> Verdict | None:
    """What waits in memory is gone with the process, and no alarm on the queue ever sees it."""
    return verdict(False, f"{one.name} keeps its messages in memory", at=[one.at()])
