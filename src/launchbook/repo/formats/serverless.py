"""Serverless Framework: functions, their events as routes, rules and queues, settings by name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from launchbook.model import Fact, Ref, Unread, Value
from launchbook.patterns import regex
from launchbook.repo.environments import canonical
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader, unread
from launchbook.repo.serverless.events import Event, read_event
from launchbook.repo.serverless.variables import Variables

_HIDES = (
    *("aws_lambda_function", "endpoint", "aws_cloudwatch_event_rule", "aws_lambda_event_source_mapping"),
    "aws_iam_*",
)
_INCLUDED = regex(r"file\(([^)]{1,300})\)")
#: Plugins that change how a service is built or tried, and make nothing on AWS.
_BUILDERS = regex(
    r"offline|esbuild|webpack|bundle|typescript|python-requirements|dotenv|prune|plugin-scripts"
)
_GIVEN = {
    "handler": "handler",
    "runtime": "runtime",
    "timeout": "timeout",
    "memorySize": "memory_size",
    "reservedConcurrency": "reserved_concurrent_executions",
}


@dataclass
class _Service:
    file: File
    found: Found
    name: str
    provider: Map
    variables: Variables
    region: str
    resources: dict[str, str]

    @property
    def environment(self) -> str:
        stage = self.variables.stage
        return canonical(stage) if isinstance(stage, str) else ""


@reader(
    "Serverless in code",
    *("serverless.ts", "serverless.js", "serverless.mjs"),
    sniff=rb"\bprovider[\"']?\s*[:,}]|\bfunctions[\"']?\s*[:,}]|\bprovider\s*=",
    hides=("*",),
)
def serverless_in_code(file: File, found: Found) -> None:
    """A service that a program describes: told, and not run."""
    found.document(file, "serverless", file.folder or file.path, 1)
    found.gap(file, "a service that a program describes is not read", "serverless print > serverless.yml", 1)


@reader("Serverless compose", "serverless-compose.yml", "serverless-compose.yaml", hides=("*",))
def serverless_compose(file: File, found: Found) -> None:
    """The services that are deployed together; one that is not in the repository is a gap."""
    services = dig(next(iter(file.yaml), None), "services")
    fact = found.document(file, "serverless", file.path, 1)
    for name in as_map(services):
        path = dig(services, name, "path")
        if isinstance(path, str):
            at = line_of(services, name, "path")
            folder = posixpath.normpath(posixpath.join(file.folder, path))
            known = any(one.name.startswith("serverless.") for one in found.tree.by_folder.get(folder, ()))
            found.relation("deploys", fact.id, folder, file.where(at), known)
            if not known:
                found.gap(file, f"{path} has no service in this repository", "serverless print", at)


@reader(
    "Serverless", "serverless.yml", "serverless.yaml", "serverless.json", "serverless.*.yml", hides=_HIDES
)
def serverless(file: File, found: Found) -> None:
    """Every function with its events. Its ``resources`` are read as the template that they are."""
    document = next(iter(file.yaml), None)
    if not isinstance(document, Map):
        return
    service = _service(file, document, found)
    if service is None:
        return
    _settings(service, dig(service.provider, "environment"), "provider")
    _role(service)
    for functions, key, line in _functions(service, document):
        _function(service, functions[key], key, line)
    _plugins(file, document, found)
    _missing(file, service.variables, found)


def _service(file: File, document: Map, found: Found) -> _Service | None:
    """What the functions of a file share; None where the service is none of AWS."""
    variables = Variables(document, file, found)
    provider = variables.resolve(document.get("provider"))
    if isinstance(provider, Unread):
        found.gap(file, f"the provider is not known: {provider.reason}", "serverless print", 1)
    if not isinstance(provider, Map) or provider.get("name") != "aws":
        return None
    region = provider.get("region")
    where = region if isinstance(region, str) else ""
    name = variables.resolve(document.get("service"))
    title = name if isinstance(name, str) else str(dig(name, "name") or file.folder or "service")
    at = line_of(document, "provider", "region")
    found.document(file, "serverless", title, 1, regions=[where] if where else [], lines={"regions.0": at})
    resources = dict(_resources(file, document, found))
    return _Service(file, found, title, provider, variables, where, resources)


#: The framework makes the role that its functions take.
_TRUST: dict[str, Value] = {
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    ]
}


def _role(service: _Service) -> None:
    """What every function of the service may do, however the framework's version spells it."""
    for path in (("iam", "role", "statements"), ("iamRoleStatements",)):
        statements = dig(service.provider, *path)
        if as_list(statements):
            line = line_of(service.provider, *path)
            role = service.found.fact(
                service.file,
                "aws_iam_role",
                "provider.role.itself",
                name=f"{service.name}-lambda-role",
                line=line,
                attributes={"assume_role_policy": _TRUST},
                region=service.region,
                whole=False,
            )
            service.found.fact(
                service.file,
                "aws_iam_role_policy",
                "provider.role",
                name=f"{service.name}-lambda-role",
                line=line,
                attributes={"policy": {"Statement": [*as_list(statements)]}, "role": Ref(role.id)},
                lines={f"policy.Statement.{n}": line_of(statements, n) for n in range(len(statements))},
                region=service.region,
                whole=False,
            )


def _missing(file: File, variables: Variables, found: Found) -> None:
    """Files that variables name and that are not here."""
    for path in variables.missing:
        begins = f"file({path[:6]}"  # what follows may be a variable
        line = next((n for n, text in enumerate(file.text.splitlines(), 1) if begins in text), 1)
        found.gap(file, f"{path} is not in the repository: what it would say is not known", "add it", line)


def _functions(service: _Service, document: Map) -> Iterator[tuple[Map, str, int]]:
    """Each map of functions with a key and its line; lists and included files alike."""
    held = document.get("functions")
    for number, part in enumerate(as_list(held) or [held]):
        functions = service.variables.resolve(part)
        if isinstance(functions, Unread):
            at = line_of(document, "functions", number)
            service.found.gap(
                service.file, f"functions are not known: {functions.reason}", "serverless print", at
            )
        elif isinstance(functions, Map):
            own = isinstance(part, Map)
            for key in functions:
                yield (
                    functions,
                    key,
                    line_of(functions, key) if own else line_of(document, "functions", number),
                )


def _resources(file: File, document: Map, found: Found) -> Iterator[tuple[str, str]]:
    """The logical names of the resources of a service, in this file and in those that it includes, with their ids."""
    held = document.get("resources")
    for part in as_list(held) or [held]:
        for name in as_map(dig(part, "Resources")):
            yield name, f"{file.shown}#{name}"
        inside = dig(part, "Resources") if isinstance(part, dict) else part
        path = _INCLUDED.search(inside) if isinstance(inside, str) else None
        other = found.tree.beside(file, path[1].strip()) if path else None
        if other is not None and other.name.endswith((".yml", ".yaml", ".json")):
            body = other.json if other.name.endswith(".json") else next(iter(other.yaml), None)
            yield from ((name, f"{other.shown}#{name}") for name in as_map(dig(body, "Resources")))


def _plugins(file: File, document: Map, found: Found) -> None:
    held = document.get("plugins")
    names = [str(one) for one in as_list(held) or as_list(dig(held, "modules"))]
    making = [name for name in names if not _BUILDERS.search(name)]
    if making:
        what = f"plugins may make or change resources: {', '.join(making[:6])}"
        found.gap(file, what, "serverless package", line_of(document, "plugins"))


def _settings(service: _Service, held: object, of: str) -> None:
    for name in as_map(held):
        service.found.setting(service.file, name, "set", line_of(held, name), service.environment, of=of)


def _plain(value: object) -> Value:
    return (
        value if isinstance(value, str | int | bool | Unread) else unread("put together when it is deployed")
    )


def _function(service: _Service, held: object, key: str, line: int) -> None:
    stage = service.variables.stage
    named = dig(held, "name")
    usual = f"{service.name}-{stage}-{key}" if isinstance(stage, str) else unread("the stage is not known")
    name = _plain(named) if named is not None else usual
    attributes: dict[str, Value] = {"function_name": name}
    lines: dict[str, int | str] = {"function_name": line_of(held, "name") if named is not None else line}
    for given, attribute in _GIVEN.items():
        value = dig(held, given)
        place = held if value is not None else service.provider
        value = dig(service.provider, given) if value is None else value
        if value is not None:
            attributes[attribute], lines[attribute] = _plain(value), line_of(place, given)
    fact = service.found.fact(
        service.file,
        "aws_lambda_function",
        f"function.{key}",
        name=name if isinstance(name, str) else key,
        line=line,
        attributes=attributes,
        lines=lines,
        region=service.region,
        whole=False,
    )
    _settings(service, dig(held, "environment"), key)
    _events(service, fact, dig(held, "events"), key)


def _events(service: _Service, fact: Fact, events: object, key: str) -> None:
    """Everything that starts a function; a kind without more is written as its name alone."""
    for number, event in enumerate(as_list(events)):
        for kind, given in ({event: {}} if isinstance(event, str) else as_map(event)).items():
            line = line_of(events, number, kind)
            at = f"{key}.{number}"
            read_event(
                Event(
                    service.file,
                    service.found,
                    fact,
                    at,
                    kind,
                    given,
                    line,
                    service.region,
                    service.resources,
                )
            )
