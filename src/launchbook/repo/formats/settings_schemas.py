"""Settings that JavaScript declares as a schema: t3-env, envalid, envsafe, zod, joi, convict, NestJS, env-var."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from launchbook.patterns import regex
from launchbook.repo.code.scopes import Module
from launchbook.repo.code.syntax import arguments, below, field, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader

_NAME = regex(r"[A-Z][A-Z0-9_]{2,}")
#: A rule under which the setting may be absent.
_OPTIONAL = regex(
    r"\.(?:optional|nullish|default|catch)\(|\b(?:default|devDefault|allowEmpty)\s*:|\.env\(\)\.optional"
)
_SCHEMA = regex(r"schema|env|config|valid", re.I)
_ENVIRONMENT = regex(r"\b(?:process\.env|import\.meta\.env|Bun\.env)$")
#: Calls that are given a schema, by their last name, with the place of it.
_SCHEMAS = {"cleanEnv": 1, "envsafe": 0, "parseEnv": 1, "makeValidators": 1}
_SECTIONS = ("server", "client", "shared")


@reader(
    "settings declared by JavaScript",
    *(f"*.{suffix}" for suffix in ("ts", "js", "mjs", "cjs", "mts")),
    # Each branch begins with a letter that is given: then most of a file is passed over at once.
    sniff=rb"createEnv\(|cleanEnv\(|envsafe\(|parse\(\s*(process|import\.meta)\.env|validationSchema\s*:|convict\("
    rb"|'env-var'|\"env-var\"|onfigService\.get",
    hides=("setting",),
)
def declared_settings(file: File, found: Found) -> None:
    """Each name that a schema asks of the environment, required unless it may be left out."""
    if re.search(r"\.(test|spec|d)\.[cm]?[jt]s$", file.name):
        return
    module = Module(file, found.tree, root(file))
    seen: dict[str, tuple[int, bool]] = {}
    for name, at, required in _declared(module, found):
        if _NAME.fullmatch(name):
            first, before = seen.get(name, (at, False))
            seen[name] = first, before or required
    for name, (at, required) in seen.items():
        found.setting(file, name, "read", at, required=required)


def _declared(module: Module, found: Found) -> Iterator[tuple[str, int, bool]]:
    for call in below(module.top, "call_expression"):
        function, given = field(call, "function"), arguments(call)
        verb = text(field(function, "property")) or text(function)
        verb = verb.partition("<")[0]
        if verb == "createEnv" and given:
            options = pairs(module.value(given[0]))
            for section in _SECTIONS:
                if section in options:
                    yield from _members(module, options[section], found)
        elif verb in _SCHEMAS and len(given) > _SCHEMAS[verb]:
            yield from _members(module, given[_SCHEMAS[verb]], found)
        elif verb in ("parse", "safeParse", "validate") and given and _ENVIRONMENT.search(text(given[0])):
            owner = field(function, "object")
            yield from _members(module, owner, found) if owner is not None else ()
        elif verb == "convict" and given:
            yield from _convict(module.value(given[0]))
        elif verb in ("get", "getOrThrow") and given and (name := string(given[0])) is not None:
            yield from _asked(module, call, verb, name)
    for one in below(module.top, "pair"):
        if text(field(one, "key")) == "validationSchema" and (value := field(one, "value")) is not None:
            yield from _members(module, value, found)


def _members(module: Module, node: Node, found: Found) -> Iterator[tuple[str, int, bool]]:
    """The names of an object of rules, or of the schema that is made of one; what another file makes is a gap."""
    schema = module.value(node)
    inner = next((one for one in below(schema, "object") if one.type == "object"), None)
    if inner is None:
        if schema.type != "object" and _SCHEMA.search(text(node)):
            what = "settings that a schema elsewhere declares"
            found.gap(module.file, what, "read their names in the file that makes the schema", line(node))
        return
    for member in inner.named_children:
        key, value = field(member, "key"), field(member, "value")
        if key is not None and value is not None:
            yield string(key) or text(key), line(key), _is_required(text(module.value(value)))
        elif member.type == "shorthand_property_identifier":
            yield text(member), line(member), True


def _is_required(rule: str) -> bool:
    """Whether a rule insists: Joi's must say so, all others must say otherwise."""
    return ".required(" in rule if re.match(r"[jJ]oi\.", rule) else not _OPTIONAL.search(rule)


def _convict(schema: Node) -> Iterator[tuple[str, int, bool]]:
    for one in below(schema, "pair"):
        name = string(field(one, "value"))
        if text(field(one, "key")) == "env" and name:
            yield name, line(one), one.parent is None or "default" not in pairs(one.parent)


def _asked(module: Module, call: Node, verb: str, name: str) -> Iterator[tuple[str, int, bool]]:
    """``configService.get("NAME")`` of NestJS, and ``env.get("NAME").required()`` of env-var."""
    owner = text(field(call, "function", "object"))
    if re.search(r"\b_?config(?:Service)?$", owner, re.I):
        yield name, line(call), verb == "getOrThrow"
    elif module.imported.get(owner, ("",))[0] == "env-var":
        after = text(call.parent.parent) if call.parent is not None and call.parent.parent is not None else ""
        yield name, line(call), ".required(" in after[:500] + text(call.parent)
