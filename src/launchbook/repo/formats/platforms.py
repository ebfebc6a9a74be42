"""Platforms on top of AWS that make resources by themselves: Copilot, App Runner, Amplify Gen 2.

Each says which tool deploys, takes from its files what they say plainly, and names what stays unseen.
"""

from __future__ import annotations

import re
from typing import Any

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.environments import canonical, same_environment
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader, unread

_COPILOT = (
    "**/copilot/*/manifest.yml",
    "**/copilot/*/manifest.yaml",
    "**/copilot/environments/*/manifest.yml",
)
_SERVICES = {
    "Load Balanced Web Service": ("aws_ecs_service", "aws_lb", "aws_lb_target_group"),
    "Backend Service": ("aws_ecs_service",),
    "Worker Service": ("aws_ecs_service", "aws_sqs_queue"),
    "Request-Driven Web Service": ("aws_apprunner_service",),
    "Scheduled Job": ("aws_ecs_task_definition", "aws_cloudwatch_event_rule", "aws_sfn_state_machine"),
    "Static Site": ("aws_s3_bucket", "aws_cloudfront_distribution"),
}


@reader("Copilot", *_COPILOT, sniff=rb"^(?:name|type)\s*:", hides=("*",))
def copilot(file: File, found: Found) -> None:
    """A service or job by what its manifest says; the stack that Copilot makes of it is a gap."""
    document = next(iter(file.yaml), None)
    if not isinstance(document, Map):
        return
    name, kind = str(document.get("name") or ""), str(document.get("type") or "")
    found.document(file, "copilot", name, 1, type=kind)
    makes = _SERVICES.get(kind)
    if kind not in ("", "Environment") and makes is None:
        what = f"Copilot's {kind} {name} is not read"
        found.gap(file, what, f"copilot svc package --name {name or 'NAME'}", line_of(document, "type"))
        return
    if "/pipelines/" in f"/{file.path}":
        _copilot_stages(file, document, found)
        return
    if makes is None:
        values: dict[str, Value] = {"environment": canonical(name)}
        found.fact(file, "copilot_environment", "environment", name=name, line=1, attributes=values)
        what = (
            f"an environment of Copilot ({name}): the network, cluster and roles that it makes are not read"
        )
        found.gap(file, what, f"copilot env package --name {name or 'NAME'}", 1)
        return
    attributes, lines = _copilot_attributes(document, found.environment)
    address = "service" if makes[0].endswith("service") else "resource"
    found.fact(file, makes[0], address, name=name, line=1, attributes=attributes, lines=lines, whole=False)
    if "aws_lb_target_group" in makes:
        _copilot_group(file, document, name, found)
    _copilot_settings(file, document, found)
    what = f"Copilot makes more for the {kind} {name} (roles, logs, scaling, security groups) than the manifest says"
    found.gap(file, what, f"copilot {'job' if kind == 'Scheduled Job' else 'svc'} package --name {name}", 1)


def _copilot_group(file: File, document: Map, name: str, found: Found) -> None:
    """The health check that the load balancer asks."""
    path = dig(document, "http", "healthcheck", "path") or dig(document, "http", "healthcheck")
    at = line_of(document, "http", "healthcheck")
    health: Value = [{"path": path if isinstance(path, str) else "/"}]
    found.fact(
        file,
        "aws_lb_target_group",
        "target-group",
        name=name,
        line=line_of(document, "http"),
        attributes={"health_check": health},
        lines={"health_check.0.path": at},
        whole=False,
    )


def _copilot_stages(file: File, document: Map, found: Found) -> None:
    """The environments that a pipeline deploys to, one after the other."""
    for number, stage in enumerate(as_list(document.get("stages"))):
        name = dig(stage, "name")
        if isinstance(name, str):
            values: dict[str, Value] = {"environment": canonical(name)}
            line = line_of(document, "stages", number)
            found.fact(file, "copilot_stage", f"stage.{name}", name=name, line=line, attributes=values)


@reader("Copilot overrides", "**/copilot/*/overrides/*", "**/copilot/environments/overrides/*", hides=("*",))
def copilot_overrides(file: File, found: Found) -> None:
    """What is changed of the stack that Copilot makes."""
    if file.name in ("cfn.patches.yml", "cfn.patches.yaml", "stack.ts", "override.ts"):
        what = "this changes the stack that Copilot makes: what comes of it is not read"
        found.gap(file, what, "copilot svc package", 1)


def _copilot_attributes(document: Map, environment: str) -> tuple[dict[str, Value], dict[str, int | str]]:
    attributes: dict[str, Value] = {"name": document.get("name")}
    lines: dict[str, int | str] = {"name": line_of(document, "name")}
    for key, name in (("count", "desired_count"), ("cpu", "cpu"), ("memory", "memory")):
        value, at = _by_environment(document, key, environment)
        if value is not None:
            ranged = isinstance(value, dict)
            attributes[name] = unread("a range: Copilot scales within it") if ranged else value
            lines[name] = at
    schedule = dig(document, "on", "schedule")
    if isinstance(schedule, str):
        attributes["schedule_expression"], lines["schedule_expression"] = schedule, line_of(document, "on")
    return attributes, lines


def _by_environment(document: Map, key: str, environment: str) -> tuple[Any, int]:
    """A value with its line: the environment's own, else the one for all; Unread where others have their own."""
    overrides = document.get("environments")
    own = [name for name in as_map(overrides) if dig(overrides, name, key) is not None]
    for name in own:
        if environment and same_environment(name, environment):
            return dig(overrides, name, key), line_of(overrides, name, key)
    base, at = document.get(key), line_of(document, key)
    differs = [name for name in own if dig(overrides, name, key) != base]
    if differs and not environment:
        return unread(f"it differs by environment ({', '.join(differs)} of its own)"), at
    return base, at


def _copilot_settings(file: File, document: Map, found: Found) -> None:
    """Variables and secrets by name, for all environments and for each that overrides them."""
    places: list[tuple[Any, str]] = [(document, "")]
    overrides = document.get("environments")
    places += [(dig(overrides, one), canonical(one)) for one in as_map(overrides)]
    for place, environment in places:
        for section in ("variables", "secrets"):
            for name in as_map(dig(place, section)):
                found.setting(
                    file, name, "set", line_of(place, section, name), environment, of=f"copilot.{section}"
                )


@reader("App Runner", "apprunner.yaml", hides=("aws_apprunner_service",))
def app_runner(file: File, found: Found) -> None:
    """How a service is built and run; which service takes this file, only the account knows."""
    document = next(iter(file.yaml), None)
    run = dig(document, "run")
    attributes: dict[str, Value] = {
        "runtime": str(dig(document, "runtime") or ""),
        "port": str(dig(run, "network", "port") or ""),
        "command": str(dig(run, "command") or ""),
    }
    lines = {"runtime": line_of(document, "runtime"), "port": line_of(run, "network", "port")}
    found.document(file, "app-runner", file.path, 1, more=attributes, lines={**lines})
    for section in ("env", "secrets"):
        for number, one in enumerate(as_list(dig(run, section))):
            if isinstance(dig(one, "name"), str):
                found.setting(file, one["name"], "set", line_of(run, section, number), of="app-runner")
    what = "the service that takes this file is made elsewhere: its size, health check and role are not read"
    found.gap(file, what, "aws apprunner describe-service", 1)


_DEFINED = {
    "defineAuth": ("aws_cognito_user_pool", "auth"),
    "defineData": ("aws_appsync_graphql_api", "data"),
    "defineStorage": ("aws_s3_bucket", "storage"),
    "defineFunction": ("aws_lambda_function", "function"),
}
_DEFINES = regex(
    r"(?<![.\w])(?P<how>defineAuth|defineData|defineStorage|defineFunction)\s*\(\s*(?P<given>\{[^{}]{0,2000})?"
)
_GIVEN = {
    "name": r"\bname\s*:\s*[\"']([\w.-]{1,100})[\"']",
    "timeout": r"\btimeoutSeconds\s*:\s*(\d{1,4})",
    "memory_size": r"\bmemoryMB\s*:\s*(\d{1,5})",
    "runtime": r"\bruntime\s*:\s*(\d{1,2})\b",
    "schedule_expression": r"\bschedule\s*:\s*[\"']([^\"'\n]{1,100})[\"']",
}
_ENVIRONMENT = regex(r"\benvironment\s*:\s*\{(?P<inside>[^{}]{0,4000})\}")
_ENTRY = regex(r"(?:^|[,{\s])[\"']?([A-Z][A-Z0-9_]{1,80})[\"']?\s*:")
_MODEL = regex(r"^\s*(?P<name>[A-Z]\w{0,80})\s*:\s*a\s*\.?\s*(?:\n\s*\.)?model\(", re.M)


@reader(
    "Amplify Gen 2",
    "**/amplify/**/*.ts",
    sniff=rb"@aws-amplify/backend",
    hides=(
        "aws_cognito_*",
        "aws_appsync_*",
        "aws_dynamodb_table",
        "aws_s3_bucket*",
        "aws_lambda_*",
        "aws_iam_*",
    ),
)
def amplify_backend(file: File, found: Found) -> None:
    """What a backend defines, by Terraform's types; what ``defineBackend`` leaves unseen is a gap."""
    text = file.text
    if re.search(r"(?<![.\w])defineBackend\s*\(", text):
        found.document(file, "amplify-backend", file.path, 1)
        what = "a backend of Amplify: the roles, tables, policies and settings that it makes are not read"
        found.gap(file, what, "npx ampx sandbox, then its template from CloudFormation", 1)
    for number, match in enumerate(_DEFINES.finditer(text)):
        _defined(file, match, number, found)
    for block in _ENVIRONMENT.finditer(text) if "defineFunction" in text else ():
        for name in _ENTRY.finditer(block["inside"]):
            line = text.count("\n", 0, block.start("inside") + name.start(1)) + 1
            found.setting(file, name[1], "set", line, of="amplify")
    for model in _MODEL.finditer(text) if "defineData" in text else ():
        line = text.count("\n", 0, model.start("name")) + 1
        found.fact(
            file, "aws_dynamodb_table", f"model.{model['name']}", name=model["name"], line=line, whole=False
        )


def _defined(file: File, match: re.Match[str], number: int, found: Found) -> None:
    """One definition, and the rule of a function that runs on time."""
    kind, word = _DEFINED[match["how"]]
    written = match["given"] or ""
    given = {key: held[1] for key, pattern in _GIVEN.items() if (held := re.search(pattern, written))}
    name = given.pop("name", "") or file.folder.rpartition("/")[2] or word
    schedule = given.pop("schedule_expression", "")
    line = file.text.count("\n", 0, match.start()) + 1
    attributes: dict[str, Value] = {key: int(text) for key, text in given.items()}
    if "runtime" in given:
        attributes["runtime"] = f"nodejs{given['runtime']}.x"
    fact = found.fact(
        file, kind, f"{word}.{name}.{number}", name=name, line=line, attributes=attributes, whole=False
    )
    if schedule:
        rate: dict[str, Value] = {"schedule_expression": schedule}
        rule = found.fact(
            file,
            "aws_cloudwatch_event_rule",
            f"rule.{name}",
            name=name,
            line=line,
            attributes=rate,
            whole=False,
        )
        found.relation("target", rule.id, fact.id, file.where(line))
