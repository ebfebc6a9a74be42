"""Alert rules of Prometheus, service-level objectives, dashboards of Grafana and CloudWatch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.redact import shown
from launchbook.repo.lined import Unreadable, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_METRIC = regex(r"\b([a-zA-Z_:][a-zA-Z0-9_:]{0,200})\s{0,40}(?=[{\[]|(?:[<>=!+*/-]|$|\)))")
_WORDS = {
    *(
        "sum",
        "rate",
        "irate",
        "increase",
        "avg",
        "max",
        "min",
        "count",
        "by",
        "without",
        "histogram_quantile",
        "on",
    ),
    *(
        "and",
        "or",
        "unless",
        "absent",
        "topk",
        "bottomk",
        "delta",
        "deriv",
        "time",
        "vector",
        "clamp_min",
        "le",
    ),
    *(
        "group_left",
        "group_right",
        "ignoring",
        "offset",
        "bool",
        "quantile",
        "avg_over_time",
        "max_over_time",
        "up",
    ),
}


@reader(
    "Prometheus rules", "*.yaml", "*.yml", sniff=rb"^[ ]{0,40}-?[ ]{0,10}alert:", hides=("prometheus_rule",)
)
def prometheus_rules(file: File, found: Found) -> None:
    """One fact an alert, with the metrics that its expression needs and the runbook that it names."""
    for document in file.yaml:
        # A PrometheusRule resource holds the groups below its spec.
        holder = document if "groups" in as_map(document) else dig(document, "spec")
        for group_number, group in enumerate(as_list(dig(holder, "groups"))):
            for number, rule in enumerate(as_list(dig(group, "rules"))):
                if isinstance(dig(rule, "alert"), str):
                    _rule(file, found, rule, line_of(holder, "groups", group_number, "rules", number))


def _rule(file: File, found: Found, rule: Any, at: int) -> None:
    annotations = as_map(dig(rule, "annotations"))
    runbook_key = next((key for key in ("runbook", "runbook_url") if key in annotations), "")
    expression = str(dig(rule, "expr") or "")
    attributes: dict[str, Value] = {
        "expression": shown(expression),
        "metrics": [*metrics_of(expression)],
        "for": str(dig(rule, "for") or ""),
        "severity": str(as_map(dig(rule, "labels")).get("severity") or ""),
        "runbook": str(annotations.get(runbook_key) or ""),
    }
    lines: dict[str, int | str] = {
        "expression": line_of(rule, "expr"),
        "metrics": line_of(rule, "expr"),
        "runbook": line_of(rule, "annotations", runbook_key) if runbook_key else at,
    }
    name = rule["alert"]
    found.fact(
        file, "prometheus_rule", f"rule:{name}", name=name, line=at, attributes=attributes, lines=lines
    )


def metrics_of(expression: str) -> list[str]:
    """The metric names in a PromQL expression; label names, functions and durations left out."""
    bare = re.sub(r"\{[^}]*\}", "{}", re.sub(r'"[^"]*"', '""', expression))
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", "", bare)
    return list(
        dict.fromkeys(name for name in _METRIC.findall(bare) if name not in _WORDS and not name[0].isdigit())
    )


@reader("service-level objectives", "*slo*.yaml", "*slo*.yml", sniff=rb"objective|slo", hides=("document",))
def objectives(file: File, found: Found) -> None:
    """The objectives of a file, and the alert that each names."""
    document = next(iter(file.yaml), None)
    listed = dig(document, "slos") or dig(document, "spec", "slos") or dig(document, "objectives")
    names: list[Value] = []
    for index, one in enumerate(as_list(listed)):
        names.append(str(dig(one, "name") or index))
        alert = dig(one, "alert")
        if isinstance(alert, str):
            found.fact(
                file,
                "slo",
                f"slo:{names[-1]}",
                name=str(names[-1]),
                line=line_of(document, "slos", index),
                attributes={"objective": dig(one, "objective"), "alert": alert},
                lines={"alert": line_of(one, "alert")},
            )
    found.document(file, "slo", file.name, objectives=names)


@reader(
    "Grafana dashboard",
    "*dashboard*.json",
    "**/grafana/**/*.json",
    "**/dashboards/*.json",
    hides=("document",),
)
def dashboard(file: File, found: Found) -> None:
    """A dashboard by its title. One that does not parse shows nothing to anybody: a gap at its line."""
    try:
        document = file.json
    except Unreadable as error:
        found.gap(file, error.what, "correct the file: the dashboard cannot be loaded", error.line, hides=())
        found.document(file, "dashboard", file.name, parses=False, lines={"parses": error.line})
        return
    top = as_map(document)
    top = as_map(top.get("dashboard")) or top
    if "panels" in top:
        expressions = re.findall(r'"expr"\s*:\s*"((?:[^"\\]|\\.)*)"', file.text)
        metrics: list[Value] = [*dict.fromkeys(name for one in expressions for name in metrics_of(one))]
        found.document(file, "dashboard", str(top.get("title") or file.name), metrics=metrics, parses=True)


@reader("CloudWatch dashboard", "*.json", sniff=rb'"widgets"\s{0,9}:\s{0,99}\[', hides=("document",))
def cloudwatch_dashboard(file: File, found: Found) -> None:
    """The body of a dashboard, whatever its file is called, with the metrics that its widgets draw."""
    top = as_map(file.json)
    top = as_map(top.get("dashboard")) or top
    shown_by = [as_map(dig(one, "properties")) for one in as_list(top.get("widgets"))]
    if any(shown_by):
        rows = [row for one in shown_by for row in as_list(one.get("metrics")) if isinstance(row, list)]
        drawn: list[Value] = [*dict.fromkeys(_drawn(rows))]
        title = str(top.get("title") or file.name)
        found.document(file, "dashboard", title, metrics=[], cloudwatch_metrics=drawn, parses=True)


def _drawn(rows: list[list[Any]]) -> Iterator[str]:
    """``AWS/SQS NumberOfMessagesSent`` of each row; a dot there means the same as in the row above."""
    namespace = name = ""
    for row in rows:
        if len(row) > 1 and isinstance(row[0], str) and isinstance(row[1], str):
            namespace = namespace if row[0] == "." else row[0]
            name = name if row[1] == "." else row[1]
            yield f"{namespace} {name}"
