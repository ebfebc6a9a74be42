"""SAM's own configuration: which template it is for, the region and the parameters of each environment."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from launchbook.model import Value
from launchbook.model.records import record
from launchbook.repo.environments import canonical, same_environment
from launchbook.repo.lined import Unreadable, as_list, as_map, dig
from launchbook.repo.reader import File, Found
from launchbook.repo.terraform.variables import VariableFiles

CONFIGURATIONS = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
#: What ``sam`` takes when it is told no template, in this order.
_DEFAULTS = ("template.yaml", "template.yml", "template.json")


@record()
class Deployment:
    """What one environment of a configuration deploys."""

    environment: str
    values: dict[str, Value]
    region: str
    template: str
    stack: str


def deployments(file: File) -> Iterator[Deployment]:
    """Every environment of a configuration. Raises Unreadable."""
    for name, commands in _document(file).items():
        shared = as_map(dig(commands, "global", "parameters"))
        given = shared | as_map(dig(commands, "deploy", "parameters"))
        if not isinstance(commands, dict) or not given:
            continue
        built = as_map(dig(commands, "build", "parameters"))
        named = built.get("template_file") or given.get("template_file") or built.get("template")
        yield Deployment(
            str(name),
            _overrides(given.get("parameter_overrides")),
            str(given.get("region", "")),
            str(named or given.get("template") or ""),
            str(given.get("stack_name", "")),
        )


def _document(file: File) -> dict[str, Any]:
    if file.name.endswith(".toml"):
        import tomllib  # few repositories have such a file

        try:
            return tomllib.loads(file.text)
        except (tomllib.TOMLDecodeError, RecursionError):
            raise Unreadable("invalid TOML") from None
    return as_map(next(iter(file.yaml), None))


def _overrides(given: object) -> dict[str, Value]:
    """``A=1 B="x y"``, a list of such, or ``ParameterKey=A,ParameterValue=1``."""
    try:
        words = shlex.split(given) if isinstance(given, str) else [str(one) for one in as_list(given)]
    except ValueError:  # a quote is left open
        words = str(given).split()
    found: dict[str, Value] = {}
    for word in words:
        key, mark, value = word.partition("=")
        if key == "ParameterKey":
            key, _, value = value.partition(",ParameterValue=")
        if mark:
            found[key] = value.strip("\"'")
    return found


def take_configuration(
    file: File, configurations: Sequence[File], values: VariableFiles, found: Found
) -> str:
    """Add what the configurations of a template say of its parameters.

    Returns the region of the environment that was asked for, else the one that a plain ``sam deploy`` takes, as its
    parameters are, else the one that all agree on.
    """
    regions, asked = set(), set()
    plain = ""
    for config in configurations:
        if config.folder != file.folder and not file.path.startswith(
            f"{config.folder}/" if config.folder else ""
        ):
            continue
        try:
            own = [one for one in deployments(config) if _is_for(one, config, file, found)]
        except Unreadable as error:
            found.gap(config, error.what, "correct the file", error.line, hides=())
            continue
        for one in own:
            if one.environment == "default":  # what a plain ``sam deploy`` takes
                values.loaded.update(one.values)
                plain = one.region
            name = canonical(one.environment)
            values.by_environment.setdefault(name, {}).update(one.values)
            values.files.setdefault(name, []).append(config.shown)
            regions.add(one.region)
            if found.environment and same_environment(one.environment, found.environment):
                asked.add(one.region)
            _told(config, one, found)
    if len(asked) == 1:
        return next(iter(asked))
    return plain or (next(iter(regions)) if len(regions) == 1 else "")


def _told(config: File, one: Deployment, found: Found) -> None:
    """One fact an environment of a configuration: its stack and its region."""
    if not found.first("sam environment", f"{config.path}:{one.environment}"):
        return
    table = re.compile(rf"^\s*\[?{re.escape(one.environment)}\b")
    lines = (
        number
        for number, text in enumerate(config.text.splitlines(), 1)
        if table.match(text.replace("[", "", 1))
    )
    line = next(lines, 1)
    environment = "" if one.environment == "default" else canonical(one.environment)
    attributes: dict[str, Value] = {"environment": environment, "region": one.region}
    found.fact(
        config,
        "sam_environment",
        f"environment.{one.environment}",
        name=one.stack or one.environment,
        line=line,
        attributes=attributes | {"stack_name": one.stack},
        region=one.region,
    )


def _is_for(one: Deployment, config: File, file: File, found: Found) -> bool:
    """Whether a deployment is of this template: the one it names, or what ``sam`` takes by itself."""
    named = posixpath.normpath(posixpath.join(config.folder, one.template)) if one.template else ""
    if named and ".aws-sam" not in named and found.tree.get(named) is not None:
        return named == file.path
    default = next((name for name in _DEFAULTS if found.tree.beside(config, name) is not None), "")
    return config.folder == file.folder and file.name == default
