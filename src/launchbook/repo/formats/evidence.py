"""Files that count as evidence of readiness: backup configuration, budgets, load tests and their results, drills."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.repo.lined import as_map, dig, lines_below
from launchbook.repo.reader import File, Found, reader


@reader(
    "backup configuration",
    "*backup*.yaml",
    "*backup*.yml",
    "*backup*.json",
    sniff=rb"retention|schedule",
    hides=("document",),
)
def backups(file: File, found: Found) -> None:
    """What a repository promises about backups: plain values, each with its line."""
    document = file.json if file.name.endswith(".json") else next(iter(file.yaml), None)
    if not any(_promises(key) for key in lines_below(document)) or "AWSTemplateFormatVersion" in file.text:
        return
    plain: dict[str, Value] = {
        key: value
        for key, value in as_map(document).items()
        if isinstance(value, (str, int, float, bool, dict))
    }
    found.fact(
        file,
        "document",
        "document:backup-configuration",
        name=file.path,
        line=1,
        attributes={"kind": "backup-configuration", "title": file.name, "promises": plain},
        lines={f"promises.{path}": at for path, at in lines_below(document).items()},
    )


def _promises(path: str) -> bool:
    """Whether a key says how long or how often: a text that only speaks of it promises nothing."""
    return re.search(r"retention|schedule|retain|frequency", path.rpartition(".")[2], re.I) is not None


@reader(
    "performance budget",
    "*budget*.json",
    "lighthouserc*.json",
    ".lighthouserc*",
    "lighthouserc.*",
    sniff=rb"p9\d|budget|lighthouse|assert",
    hides=("document",),
)
def budget(file: File, found: Found) -> None:
    """The limits that a load test is held against."""
    if file.name.startswith((".lighthouserc", "lighthouserc")):
        found.document(file, "load-test", file.name, tool="lighthouse")
        return
    api = dig(file.json, "api")
    limits: dict[str, Value] = {
        key: value for key, value in as_map(api).items() if isinstance(value, (int, float))
    }
    found.document(file, "performance-budget", file.name, limits=limits)


@reader(
    "load tests",
    *(f"*.{suffix}" for suffix in ("js", "ts", "mjs", "py", "yml", "yaml", "jmx", "scala")),
    sniff=rb"from ['\"]k6|require\(['\"]k6|from locust|io\.gatling|^config:\s*\n\s+target:|<jmeterTestPlan",
    hides=("document",),
)
def load_tests(file: File, found: Found) -> None:
    """A script of k6, Locust, Gatling, Artillery or JMeter: a test that exists, not one that ran."""
    tools = {
        "k6": r"['\"]k6",
        "locust": r"from locust",
        "gatling": r"io\.gatling",
        "jmeter": r"<jmeterTestPlan",
    }
    tool = next((name for name, pattern in tools.items() if re.search(pattern, file.text)), "artillery")
    found.document(file, "load-test", file.name, tool=tool)


@reader(
    "load-test results",
    "*result*.json",
    "*summary*.json",
    "*k6*.json",
    sniff=rb'"http_req_duration"|"p\(?9[59]\)?(_ms)?"',
    hides=("document",),
)
def results(file: File, found: Found) -> None:
    """The figures of a run, and when it was, where the file says so."""
    document = file.json
    duration = dig(document, "metrics", "http_req_duration")
    values = (
        as_map(dig(duration, "values"))
        or as_map(duration)
        or as_map(dig(document, "measured"))
        or as_map(document)
    )
    figures: dict[str, Value] = {
        name: values[key]
        for name, keys in {"p95_ms": ("p(95)", "p95_ms", "p95"), "p99_ms": ("p(99)", "p99_ms", "p99")}.items()
        for key in keys
        if isinstance(values.get(key), (int, float))
    }
    if figures:
        when = dig(document, "at") or dig(document, "timestamp") or dig(document, "date")
        found.document(file, "load-result", file.name, figures=figures, at=str(when or ""))


@reader("drill records", "*.json", sniff=rb'"producer"\s*:', hides=("document",))
def drills(file: File, found: Found) -> None:
    """A record ``{kind, producer, run, at, target, environment, result, measured}`` that a program wrote."""
    record = as_map(file.json)
    if {"kind", "producer", "at", "result"} <= record.keys():
        found.document(
            file,
            f"{record['kind']}-record",
            file.name,
            producer=str(record["producer"]),
            run=str(record.get("run", "")),
            at=str(record["at"]),
            target=str(record.get("target", "")),
            environment=str(record.get("environment", "")),
            result=str(record["result"]),
        )
