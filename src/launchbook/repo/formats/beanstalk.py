"""Elastic Beanstalk: the application, its environments, their options by Terraform's names, jobs of the worker tier."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.repo.environments import canonical, is_environment
from launchbook.repo.lined import as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_ENVIRONMENT = "aws:elasticbeanstalk:application:environment"


@reader("Elastic Beanstalk", "**/.elasticbeanstalk/config.yml", hides=("aws_elastic_beanstalk_environment",))
def application(file: File, found: Found) -> None:
    """The application with its region, and the environment that each branch deploys to."""
    document = next(iter(file.yaml), None)
    held = as_map(dig(document, "global"))
    region = held.get("default_region")
    where = region if isinstance(region, str) else ""
    name = str(held.get("application_name") or "application")
    found.fact(
        file,
        "aws_elastic_beanstalk_application",
        "application",
        name=name,
        line=1,
        attributes={"name": name, "region": where},
        lines={"region": line_of(document, "global", "default_region")},
        region=where,
    )
    branches = dig(document, "branch-defaults")
    for branch in as_map(branches):
        environment = dig(branches, branch, "environment")
        if not isinstance(environment, str):
            continue
        attributes: dict[str, Value] = {
            "name": environment,
            "branch": branch,
            "platform": str(held.get("default_platform") or ""),
        }
        found.fact(
            file,
            "aws_elastic_beanstalk_environment",
            f"environment.{environment}",
            name=environment,
            line=line_of(branches, branch, "environment"),
            attributes=attributes,
            lines={"platform": line_of(document, "global", "default_platform")},
            region=where,
            whole=False,
        )


@reader("Elastic Beanstalk options", "**/.ebextensions/*.config", hides=("*",))
def options(file: File, found: Found) -> None:
    """Options by namespace, settings by name; resources beside them are read as the template that they are."""
    document = next(iter(file.yaml), None)
    given = dig(document, "option_settings")
    held: list[Value] = []
    health = ""
    lines: dict[str, int | str] = {}
    for namespace, name, value, at in _options(given):
        if namespace == _ENVIRONMENT:
            found.setting(file, name, "set", at, _environment(file.name), of="beanstalk")
            continue
        plain = _plain(value)
        lines[f"setting.{len(held)}"] = at
        if name == "HealthCheckPath" or (name == "Application Healthcheck URL" and plain.startswith("/")):
            health, lines["health_path"] = plain, at
        held.append({"namespace": namespace, "name": name, "value": plain})
    if held:
        found.fact(
            file,
            "aws_elastic_beanstalk_configuration_template",
            "options",
            name=file.path,
            line=line_of(document, "option_settings"),
            attributes={"setting": held, **({"health_path": health} if health else {})},
            lines=lines,
            whole=False,
        )


def _options(given: object) -> list[tuple[str, str, object, int]]:
    """Both spellings: a map by namespace, and a list of namespace, name and value."""
    found: list[tuple[str, str, object, int]] = []
    for namespace in as_map(given):
        held = dig(given, namespace)
        found += [(namespace, key, dig(held, key), line_of(held, key)) for key in as_map(held)]
    for number, one in enumerate(as_list(given)):
        name = dig(one, "option_name")
        if isinstance(name, str):
            at = line_of(given, number)
            found.append((str(dig(one, "namespace") or _ENVIRONMENT), name, dig(one, "value"), at))
    return found


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int | float | bool) else ""


def _environment(name: str) -> str:
    words = re.split(r"[._-]", name)
    return next((canonical(word) for word in words if is_environment(word)), "")


@reader(
    "Elastic Beanstalk saved configurations", "**/.elasticbeanstalk/saved_configs/*.cfg.yml", hides=("*",)
)
def saved_configuration(file: File, found: Found) -> None:
    """An environment's options as ``eb config save`` wrote them; settings by name alone."""
    document = next(iter(file.yaml), None)
    given = dig(document, "OptionSettings")
    environment = _environment(file.name)
    held: list[Value] = []
    lines: dict[str, int | str] = {}
    for namespace, name, value, at in _options(given):
        if namespace == _ENVIRONMENT:
            found.setting(file, name, "set", at, environment, of="beanstalk")
        else:
            lines[f"setting.{len(held)}"] = at
            kind = namespace.rpartition(".")[2]
            held.append({"namespace": kind, "name": name, "value": _plain(value)})
    platform = dig(document, "Platform", "PlatformArn")
    attributes: dict[str, Value] = {"setting": held, "environment": environment}
    attributes |= {"platform": platform} if isinstance(platform, str) else {}
    lines["platform"] = line_of(document, "Platform", "PlatformArn")
    found.fact(
        file,
        "aws_elastic_beanstalk_configuration_template",
        "saved",
        name=file.name.removesuffix(".cfg.yml"),
        line=1,
        attributes=attributes,
        lines=lines,
        whole=False,
    )


@reader("worker jobs", "cron.yaml", sniff=rb"^cron\s*:", hides=("beanstalk_cron",))
def worker_jobs(file: File, found: Found) -> None:
    """What a worker environment calls on time: always a POST to its own application."""
    document = next(iter(file.yaml), None)
    jobs = dig(document, "cron")
    for number, job in enumerate(as_list(jobs)):
        url, schedule = dig(job, "url"), dig(job, "schedule")
        if isinstance(url, str):
            attributes: dict[str, Value] = {"schedule": str(schedule or "")}
            attributes["calls"] = [{"method": "POST", "url": f"http://localhost{url}"}]
            at = line_of(jobs, number, "url")
            found.fact(
                file,
                "beanstalk_cron",
                f"cron.{number}",
                name=str(dig(job, "name") or url),
                line=line_of(jobs, number),
                attributes=attributes,
                lines={"calls.0": at},
            )
