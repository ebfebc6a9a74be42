"""Serverless Framework: functions, their events as routes, rules and queues, settings by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from launchbook.model import Fact, Ref, Value
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader, unread

_HIDES = ("aws_lambda_function", "endpoint", "aws_cloudwatch_event_rule", "aws_lambda_event_source_mapping")
_DEFAULT = re.compile(r"^\$\{(?:opt|env|self|param):[^,}]{1,100},\s*['\"]?([\w-]{1,60})['\"]?\s*\}$")


@dataclass
class _Service:
    file: File
    found: Found
    document: Map
    region: str
    runtime: Value
    environment: str


@reader("Serverless", "serverless.yml", "serverless.yaml", "serverless.*.yml", hides=_HIDES)
def serverless(file: File, found: Found) -> None:
    """Every function with its events. Its ``resources`` are read as the template that they are."""
    document = next(iter(file.yaml), None)
    provider = dig(document, "provider")
    if not isinstance(document, Map) or dig(provider, "name") != "aws":
        return
    region = _plain(dig(provider, "region"))
    where = region if isinstance(region, str) else ""
    stage = _plain(dig(provider, "stage"))
    name = str(dig(document, "service") or file.folder or "service")
    found.document(
        file,
        "serverless",
        name,
        1,
        regions=[where] if where else [],
        lines={"regions.0": line_of(provider, "region")},
    )
    service = _Service(
        file,
        found,
        document,
        where,
        _plain(dig(provider, "runtime")),
        stage if isinstance(stage, str) else "",
    )
    _settings(service, dig(provider, "environment"), "provider")
    for key in as_map(document.get("functions")):
        _function(service, key)
    plugins = [str(one) for one in as_list(document.get("plugins"))]
    if plugins:
        what = f"plugins may make or change resources: {', '.join(plugins[:6])}"
        found.gap(file, what, "serverless package", line_of(document, "plugins"))


def _plain(value: object) -> Value:
    """A value, or the default that stands in its expression."""
    if isinstance(value, str) and "${" in value:
        match = _DEFAULT.match(value)
        return match[1] if match else unread("an expression of the Serverless Framework")
    return value if isinstance(value, str | int | bool) else None


def _settings(service: _Service, held: object, of: str) -> None:
    for name in as_map(held):
        service.found.setting(service.file, name, "set", line_of(held, name), service.environment, of=of)


def _function(service: _Service, key: str) -> None:
    functions = service.document["functions"]
    held = dig(functions, key)
    attributes: dict[str, Value] = {"runtime": service.runtime}
    lines: dict[str, int | str] = {"runtime": line_of(service.document, "provider", "runtime")}
    for given, name in (
        ("handler", "handler"),
        ("runtime", "runtime"),
        ("timeout", "timeout"),
        ("memorySize", "memory_size"),
        ("reservedConcurrency", "reserved_concurrent_executions"),
    ):
        value = dig(held, given)
        if value is not None:
            attributes[name], lines[name] = _plain(value), line_of(held, given)
    fact = service.found.fact(
        service.file,
        "aws_lambda_function",
        f"function.{key}",
        name=key,
        line=line_of(functions, key),
        attributes=attributes,
        lines=lines,
        region=service.region,
        whole=False,
    )
    _settings(service, dig(held, "environment"), key)
    events = dig(held, "events")
    for number, event in enumerate(as_list(events)):
        for kind, given in [*as_map(event).items()][:3]:
            _event(service, fact, f"{key}.{number}", kind, given, line_of(events, number))


def _event(service: _Service, fact: Fact, at: str, kind: str, given: object, line: int) -> None:
    file, found = service.file, service.found
    if kind in ("http", "httpApi"):
        for method, path in _routes(given):
            found.endpoint(file, method, path, line, kind=kind_of(path), of=at)
    elif kind == "schedule":
        for rate in _rates(given):
            attributes: dict[str, Value] = {"schedule_expression": rate}
            rule = found.fact(
                file,
                "aws_cloudwatch_event_rule",
                f"rule.{at}",
                name=f"{fact.name}-schedule",
                line=line,
                attributes=attributes,
                region=service.region,
                whole=False,
            )
            found.relation("target", rule.id, fact.id, file.where(line))
    elif kind in ("sqs", "stream", "kafka", "msk"):
        source = dig(given, "arn") if isinstance(given, dict) else given
        logical = dig(source, "Fn::GetAtt", 0) or str(source or "").partition(".")[0]
        queue: Value = Ref(f"{file.shown}#{logical}", "arn") if kind == "sqs" else str(source or "")
        attributes = {"event_source_arn": queue, "function_name": Ref(fact.id, "arn")}
        attributes["batch_size"] = _plain(dig(given, "batchSize"))
        found.fact(
            file,
            "aws_lambda_event_source_mapping",
            f"mapping.{at}",
            name=f"{fact.name}-{kind}",
            line=line,
            attributes=attributes,
            whole=False,
        )


def _routes(given: object) -> Iterator[tuple[str, str]]:
    """``GET /x``, ``{method: get, path: x}`` and ``*``."""
    if isinstance(given, str):
        method, _, path = given.partition(" ")
        yield ("ANY" if method == "*" else method.upper()), "/" + path.strip().lstrip("/")
    elif isinstance(dig(given, "path"), str):
        method = str(dig(given, "method") or "any")
        path = "/" + str(dig(given, "path")).lstrip("/")
        yield ("ANY" if method in ("*", "any") else method.upper()), path.replace("+}", "}")


def _rates(given: object) -> Iterator[str]:
    rate = dig(given, "rate") if isinstance(given, dict) else given
    for one in as_list(rate) or [rate]:
        if isinstance(one, str):
            yield one
