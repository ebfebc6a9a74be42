"""Terraform's addresses and what a plan's configuration says of them: ``module.jobs["mail"].aws_sqs_queue.work``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from launchbook.model import Ref
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.lined import as_list, as_map

_INDEX = r"\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\]"
_MODULE = regex(rf"module\.([\w-]+)({_INDEX})?\.")
_RESOURCE = regex(rf"([a-z]\w*)\.([\w-]+)({_INDEX})?(?:\.([\w-]+))?")
#: How deep modules and outputs refer to each other before they are taken for a ring.
_DEPTH = 12


@record()
class Address:
    """An address taken apart: the modules above with their indexes, and the resource with its own."""

    modules: tuple[tuple[str, str], ...]
    kind: str
    name: str
    index: str

    @property
    def prefix(self) -> str:
        """The modules as text, ending with a dot; empty at the root."""
        return "".join(f"module.{name}{index}." for name, index in self.modules)

    @property
    def base(self) -> str:
        """The address without the resource's own index."""
        return f"{self.prefix}{self.kind}.{self.name}"


def parse_address(text: str) -> Address | None:
    """The parts of an address; None for one of another shape."""
    modules = []
    while match := _MODULE.match(text):
        modules.append((match[1], match[2] or ""))
        text = text[match.end() :]
    found = _RESOURCE.fullmatch(text)
    return Address(tuple(modules), found[1], found[2], found[3] or "") if found and not found[4] else None


class Configuration:
    """A plan's ``configuration``: the expressions behind its values, and what they refer to."""

    def __init__(self, document: Any, file: str, addresses: Sequence[Address]) -> None:
        self._root = as_map(as_map(document).get("root_module"))
        self._providers = as_map(as_map(document).get("provider_config"))
        self._file = file
        self._made: dict[str, list[Address]] = {}
        for address in addresses:
            self._made.setdefault(address.base, []).append(address)

    def expressions(self, address: Address) -> Mapping[str, Any]:
        """The configured arguments of a resource."""
        return as_map(self._resource(address).get("expressions"))

    def region(self, address: Address, variables: Mapping[str, Any]) -> str:
        """The region of the resource's provider, where the plan says it."""
        key = str(self._resource(address).get("provider_config_key", "aws")).rpartition(":")[2]
        provider = as_map(self._providers.get(key)) or as_map(self._providers.get("aws"))
        region = as_map(as_map(provider.get("expressions")).get("region"))
        for name in as_list(region.get("references")):
            value = as_map(variables.get(str(name).removeprefix("var."))).get("value")
            if isinstance(value, str):
                return value
        constant = region.get("constant_value")
        return constant if isinstance(constant, str) else ""

    def refs(self, expression: Any, address: Address) -> list[Ref]:
        """The planned resources that an expression refers to, through variables and outputs."""
        named = [str(one) for one in as_list(as_map(expression).get("references"))]
        found = self._resolved(named, address.modules, address.index, 0)
        return list(dict.fromkeys(found))

    def _resource(self, address: Address) -> Mapping[str, Any]:
        wanted = f"{address.kind}.{address.name}"
        listed = as_list(self._module(address.modules).get("resources"))
        return next((as_map(one) for one in listed if as_map(one).get("address") == wanted), {})

    def _module(self, modules: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
        node: Mapping[str, Any] = self._root
        for name, _ in modules:
            node = as_map(as_map(as_map(node.get("module_calls")).get(name)).get("module"))
        return node

    def _resolved(
        self, named: list[str], modules: tuple[tuple[str, str], ...], index: str, depth: int
    ) -> Iterator[Ref]:
        if depth > _DEPTH:
            return
        # Each reference is followed by its shorter forms: the longest alone says which attribute.
        whole = [one for one in named if not any(other.startswith((f"{one}.", f"{one}[")) for other in named)]
        for one in whole:
            head, _, rest = one.partition(".")
            if head == "var" and modules:
                call = as_map(as_map(self._module(modules[:-1]).get("module_calls")).get(modules[-1][0]))
                given = as_map(as_map(call.get("expressions")).get(re.split(r"[.\[]", rest)[0]))
                above = [str(item) for item in as_list(given.get("references"))]
                yield from self._resolved(above, modules[:-1], modules[-1][1], depth + 1)
            elif head == "module":
                yield from self._output(one, modules, index, depth)
            elif head not in ("var", "local", "data", "each", "count", "path", "terraform", "self"):
                yield from self._resources(one, modules, index)

    def _output(
        self, text: str, modules: tuple[tuple[str, str], ...], index: str, depth: int
    ) -> Iterator[Ref]:
        match = re.fullmatch(rf"module\.([\w-]+)({_INDEX})?\.([\w-]+).*", text)
        if match is None:
            return
        below = (*modules, (match[1], match[2] or ""))
        output = as_map(as_map(self._module(below).get("outputs")).get(match[3]))
        named = [str(one) for one in as_list(as_map(output.get("expression")).get("references"))]
        yield from self._resolved(named, below, index, depth + 1)

    def _resources(self, text: str, modules: tuple[tuple[str, str], ...], index: str) -> Iterator[Ref]:
        match = _RESOURCE.match(text)
        if match is None:
            return
        here = Address(modules, match[1], match[2], "")
        made = self._made.get(here.base) or [
            one for held in self._made.values() for one in held if _same_call(one, here)
        ]
        exact = [one for one in made if one.index == (match[3] or index)]
        for one in exact or ([] if match[3] else made):
            yield Ref(f"{self._file}#{one.base}{one.index}", match[4] or "id")


def _same_call(one: Address, wanted: Address) -> bool:
    """Whether an address is of the wanted resource, in whichever copy of a module that the reference left open."""
    return (one.kind, one.name, len(one.modules)) == (wanted.kind, wanted.name, len(wanted.modules)) and all(
        mine[0] == theirs[0] and theirs[1] in ("", mine[1])
        for mine, theirs in zip(one.modules, wanted.modules, strict=True)
    )
