"""Chalice and Zappa: a Python application as one function behind an API, by stage; the framework makes the rest."""

from __future__ import annotations

import tomllib
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.environments import canonical
from launchbook.repo.lined import Map, Unreadable, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_REGION = regex(r"[a-z]{2}(-gov)?-[a-z]+-\d")
_HIDES = ("aws_lambda_*", "aws_api_gateway_*", "aws_iam_*", "aws_cloudwatch_event_*", "aws_s3_bucket")


@reader("Zappa", "zappa_settings.json", "zappa_settings.y*ml", "zappa_settings.toml", hides=_HIDES)
def zappa(file: File, found: Found) -> None:
    """One function for each stage, its settings by name and what it is called for on time."""
    document = _document(file)
    for stage, settings in as_map(document).items():
        if not isinstance(settings, dict):
            continue
        line = line_of(document, stage) or 1
        name = f"{settings.get('project_name') or file.folder or 'app'}-{stage}"
        region = settings.get("aws_region")
        where = region if isinstance(region, str) and _REGION.fullmatch(region) else ""
        attributes: dict[str, Value] = {
            "function_name": name,
            "runtime": settings.get("runtime"),
            "memory_size": settings.get("memory_size"),
            "timeout": settings.get("timeout_seconds"),
            "environment_name": canonical(stage),
        }
        _function(file, found, stage, name, attributes, where, line)
        for key in ("environment_variables", "aws_environment_variables"):
            for setting in as_map(settings.get(key)):
                at = line_of(settings, key, setting) or line
                found.setting(file, setting, "set", at, canonical(stage), of=f"zappa.{stage}")
        for number, event in enumerate(as_list(settings.get("events"))):
            expression = dig(event, "expression") or dig(event, "expressions", 0)
            if isinstance(expression, str):
                at = line_of(settings, "events", number) or line
                _rule(
                    file,
                    found,
                    f"{stage}.events.{number}",
                    str(dig(event, "function") or name),
                    expression,
                    at,
                )
    found.document(file, "zappa", file.path, 1)
    what = "Zappa makes an API, a role, a bucket and rules beside the function: they are not read"
    found.gap(file, what, "zappa template STAGE -o template.json", 1)


@reader("Chalice", "**/.chalice/config.json", hides=_HIDES)
def chalice(file: File, found: Found) -> None:
    """One function for each stage, its settings by name."""
    document = file.json
    app = str(dig(document, "app_name") or "app")
    stages = dig(document, "stages")
    for stage in as_map(stages):
        line = line_of(stages, stage)
        attributes: dict[str, Value] = {
            "function_name": f"{app}-{stage}",
            "environment_name": canonical(stage),
        }
        _function(file, found, stage, f"{app}-{stage}", attributes, "", line)
        for setting in as_map(dig(stages, stage, "environment_variables")):
            at = line_of(stages, stage, "environment_variables", setting)
            found.setting(file, setting, "set", at, canonical(stage), of=f"chalice.{stage}")
    found.document(file, "chalice", app, 1)
    what = "Chalice makes an API, a role and rules from the application's code: they are not read"
    found.gap(file, what, "chalice package --pkg-format cloudformation OUT", 1)


def _document(file: File) -> Any:
    if file.name.endswith(".json"):
        return file.json
    if file.name.endswith(".toml"):
        try:
            return tomllib.loads(file.text)
        except tomllib.TOMLDecodeError as error:
            raise Unreadable(f"invalid TOML: {error}") from None
    return next(iter(file.yaml), Map(1))


def _function(
    file: File, found: Found, stage: str, name: str, attributes: dict[str, Value], region: str, line: int
) -> None:
    given = {key: value for key, value in attributes.items() if value is not None}
    found.fact(
        file,
        "aws_lambda_function",
        stage,
        name=name,
        line=line,
        attributes=given,
        region=region,
        whole=False,
    )


def _rule(file: File, found: Found, address: str, name: str, expression: str, line: int) -> None:
    attributes: dict[str, Value] = {"schedule_expression": expression}
    lines: dict[str, int | str] = {"schedule_expression": line}
    found.fact(
        file,
        "aws_cloudwatch_event_rule",
        address,
        name=name,
        line=line,
        attributes=attributes,
        lines=lines,
        whole=False,
    )
