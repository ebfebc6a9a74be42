"""``terraform show -json PLAN`` as facts: planned values, what is known only after apply, nothing sensitive."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from launchbook.errors import UsageError
from launchbook.model import UNKNOWN_UNTIL_APPLY, Facts, Gap, Unread, Value, Where
from launchbook.patterns import regex
from launchbook.redact import shown
from launchbook.repo.discover import related
from launchbook.repo.environments import same_environment
from launchbook.repo.lined import as_list, as_map
from launchbook.repo.plan.addresses import Address, Configuration, parse_address
from launchbook.repo.reader import File, Found, Tree
from launchbook.repo.terraform.names import name_of

HINT = "terraform show -json PLAN > plan.json"
SENSITIVE = Unread("marked sensitive: never read")
#: Arguments that take a reference as it is: what they are given is not the beginning of a longer text.
_IDENTITIES = regex(
    r"(.*_)?(arns?|ids?|actions|subnets|security_groups|cluster|task_definition|roles?|bucket|queue_url|rule"
    r"|function_name)"
)
_IDENTITY_OF = ("arn", "id", "name", "url", "identifier", "invoke_arn")
#: Arguments whose text is JSON.
_JSON = regex(r"(.*_)?(policy|policies|definitions|event_pattern|dashboard_body)")


def read_plan(path: Path, environment: str = "") -> Facts:
    """The facts of a plan, complete about what Terraform will manage and about nothing else. One that was made for
    another ``environment`` than the one that is judged tells of nothing for sure: that is a gap.

    Raises UsageError for a file that is no plan in JSON.
    """
    document = _document(path)
    file = File(os.fspath(path.parent), path.name, "source")
    found = Found(Tree([file]))
    planned = list(_resources(as_map(as_map(document.get("planned_values")).get("root_module"))))
    addressed = [(one, address) for one in planned if (address := parse_address(str(one.get("address"))))]
    setup = Configuration(document.get("configuration"), file.shown, [address for _, address in addressed])
    unknown = {
        str(as_map(one).get("address")): as_map(as_map(as_map(one).get("change")).get("after_unknown"))
        for one in as_list(document.get("resource_changes"))
    }
    variables = as_map(document.get("variables"))
    for resource, address in addressed:
        text, kind = str(resource["address"]), str(resource.get("type"))
        reading = _Reading(setup, address)
        values = reading.attributes(resource, unknown.get(text, {}))
        found.fact(
            file,
            kind,
            text,
            name=name_of(kind, values) or text,
            attributes=values,
            lines={"": f"{file.shown}: {shown(text)}"},
            level="plan",
            region=setup.region(address, variables),
        )
    found.gaps += [*_gaps(document, file), *_of_another(variables, environment, file)]
    return related(found)


def _document(path: Path) -> Mapping[str, Any]:
    what = f"cannot read {shown(str(path))}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(what, error.strerror or "", hint=HINT) from None
    if data.startswith(b"PK"):
        raise UsageError(what, "it is a plan in Terraform's own format", hint=HINT)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(what, f"it is no JSON ({type(error).__name__})", hint=HINT) from None
    if not isinstance(document, dict) or "planned_values" not in document:
        raise UsageError(what, "it is no Terraform plan: it has no planned_values", hint=HINT)
    return document


def _resources(module: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    for one in as_list(module.get("resources")):
        if as_map(one).get("mode", "managed") == "managed":
            yield as_map(one)
    for child in as_list(module.get("child_modules")) if depth < 40 else ():
        yield from _resources(as_map(child), depth + 1)


def _gaps(document: Mapping[str, Any], file: File) -> Iterator[Gap]:
    """What a plan of a part, or one that ended with an error, may leave out."""
    if document.get("errored") is True:
        yield _gap(file, "the plan ended with an error: it is a part of what was meant")
    elif document.get("complete") is False:
        yield _gap(file, "the plan is of a part (-target, or deferred changes)")


def _of_another(variables: Mapping[str, Any], environment: str, file: File) -> Iterator[Gap]:
    """What a plan says itself of its environment, where that is not the one that is asked for."""
    for name in ("environment", "env", "stage"):
        given = as_map(variables.get(name)).get("value")
        if environment and isinstance(given, str) and not same_environment(given, environment):
            what = f"the plan is for {shown(given)}, and {environment} is judged"
            yield _gap(file, what, f"terraform plan   (for {environment}), or --env {shown(given)}")


def _gap(file: File, what: str, hint: str = "terraform plan   (whole, without -target)") -> Gap:
    return Gap(where=Where(file=file.shown), what=what, hint=hint, hides=("aws_*",))


class _Reading:
    """One resource's planned values, with references in the place of what only the apply will tell."""

    def __init__(self, setup: Configuration, address: Address) -> None:
        self._setup, self._address = setup, address

    def attributes(self, resource: Mapping[str, Any], unknown: Mapping[str, Any]) -> dict[str, Value]:
        values, secret = as_map(resource.get("values")), as_map(resource.get("sensitive_values"))
        expressions = self._setup.expressions(self._address)
        found: dict[str, Value] = {}
        for name in dict.fromkeys([*values, *unknown]):
            expression = expressions.get(name)
            if unknown.get(name) is True and expression is None:
                continue  # nobody sets it: as in the files, it has its default
            found[name] = self._value(name, values.get(name), unknown.get(name), secret.get(name), expression)
        return found

    def _value(self, name: str, value: Any, unknown: Any, secret: Any, expression: Any) -> Value:
        if secret is True:
            return SENSITIVE
        if unknown is True:
            return self._later(name, expression, many=isinstance(secret, list))
        if isinstance(value, dict) or isinstance(unknown, dict):
            return {
                key: self._value(key, as_map(value).get(key), as_map(unknown).get(key), as_map(secret).get(key),
                                 _below(expression, key))
                for key in dict.fromkeys([*as_map(value), *as_map(unknown)])
            }  # fmt: skip
        if isinstance(value, list) or (isinstance(unknown, list) and unknown):
            length = max(len(as_list(value)), len(as_list(unknown)))
            return [
                self._value(
                    name, _item(value, at), _item(unknown, at), _item(secret, at), _part(expression, at)
                )
                for at in range(length)
            ]
        # What an existing resource does not have, the provider gives as an empty text.
        return None if value == "" else _parsed(name, value)

    def _later(self, name: str, expression: Any, *, many: bool) -> Value:
        """What the apply decides: a reference where the argument takes one as it is, else what it is made of."""
        refs = self._setup.refs(expression, self._address)
        plain = bool(_IDENTITIES.fullmatch(name)) and all(ref.attribute in _IDENTITY_OF for ref in refs)
        if name == "redrive_policy" and len(refs) == 1 and refs[0].attribute == "arn":
            return {"deadLetterTargetArn": refs[0]}
        if plain and refs and many:
            return [*refs]
        if plain and len(refs) == 1:
            return refs[0]
        return replace(UNKNOWN_UNTIL_APPLY, refs=tuple(refs))


def _below(expression: Any, key: str) -> Any:
    """The expression of a field; a map that is one expression stands for each of its fields."""
    node = as_map(expression)
    return node.get(key) if key in node else (node if "references" in node else None)


def _part(expression: Any, at: int) -> Any:
    return _item(expression, at) if isinstance(expression, list) else expression


def _item(values: Any, at: int) -> Any:
    listed = as_list(values)
    return listed[at] if at < len(listed) else None


def _parsed(name: str, value: Any) -> Value:
    """A value; of arguments whose text is JSON, the structure."""
    if isinstance(value, str) and _JSON.fullmatch(name) and value.lstrip().startswith(("{", "[")):
        try:
            parsed: Value = json.loads(value)
        except (ValueError, RecursionError):
            return Unread("its text is not JSON")
        return parsed
    return value  # type: ignore[no-any-return]  # a scalar of JSON
