"""The functions of Terraform that a file's values go through. What is not here stays unread, by name."""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
import math
import re
from collections.abc import Callable
from typing import Any

from launchbook.model import Value
from launchbook.repo.hcl.either import merged
from launchbook.repo.yaml_lines import load_yaml

#: No string grows past this, and no list past as many items: ``join`` and ``range`` are how small files become large.
LONGEST = 65_536


def _strip(text: Any) -> str:
    return str(text).strip()


def _flat(value: Any) -> list[Any]:
    found: list[Any] = []
    stack = [value]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack.extend(reversed(here))
        else:
            found.append(here)
        if len(found) > LONGEST:
            raise ValueError("too long")
    return found


def _format(text: str, *values: Any) -> str:
    parts = iter(values)

    def one(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        if not match.group(2):
            raise ValueError("not a verb that is read here")
        value = next(parts)
        if match.group(2) in "vs":
            return (
                f"{as_text(value):{match.group(1).replace('-', '<')}}" if match.group(1) else as_text(value)
            )
        if match.group(2) == "q":
            return json.dumps(as_text(value))
        return str(
            f"%{match.group(1)}{match.group(2)}" % (int(value) if match.group(2) in "dxXob" else float(value))
        )

    return re.sub(r"%(?:%|([-+0 #]{0,3}\d{0,3}(?:\.\d{1,3})?)([vsqdxXobfeg])|)", one, text)


def _formatted(text: str, *values: Any) -> list[str]:
    count = max((len(value) for value in values if isinstance(value, list)), default=1)
    rows = ([value[i] if isinstance(value, list) else value for value in values] for i in range(count))
    return [_format(text, *row) for row in rows]


def _product(*sets: list[Any]) -> list[tuple[Any, ...]]:
    if math.prod(map(len, sets)) > 10_000:
        raise ValueError("too long")
    return list(itertools.product(*sets))


def _replaced(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        raise ValueError("a pattern")  # a stranger's pattern may run for ever
    return text.replace(old, new)


def _subnet(prefix: str, bits: int, number: int) -> str:
    network = ipaddress.ip_network(prefix)
    size = int(network.num_addresses) >> int(bits)
    start = int(network.network_address) + int(number) * size
    return f"{type(network.network_address)(start)}/{network.prefixlen + int(bits)}"


def _ranged(*limits: int) -> list[int]:
    numbers = range(*limits)
    if len(numbers) > 10_000:
        raise ValueError("too long")
    return list(numbers)


def _looked_up(table: dict[str, Any], key: str, *default: Any) -> Any:
    return table[key] if not default else table.get(key, default[0])


def _element(items: list[Any], index: int) -> Any:
    return items[int(index) % len(items)]


def as_text(value: Value) -> str:
    """A value as Terraform writes it into a template. Raises ValueError for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise ValueError("it has no text")


def _number(value: Any) -> int | float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no number")
    return int(number) if number.is_integer() else number


def _distinct(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    seen: set[str] = set()
    for item in items:
        mark = repr(item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def _power(base: int, power: int) -> int | float:
    if abs(base) > 10**6 or abs(power) > 40:
        raise ValueError("too large")
    return base**power  # type: ignore[no-any-return]


def _zipped(keys: list[str], values: list[Any]) -> dict[str, Any]:
    return dict(zip(keys, values, strict=True))


def _sliced(items: list[Any], start: int, end: int) -> list[Any]:
    return items[int(start) : int(end)]


def _first(*values: Any) -> Any:
    return next(value for value in values if value not in (None, ""))


def _boolean(value: Any) -> bool:
    return {"true": True, "false": False}[as_text(value)]


def _digest(name: str) -> Callable[[str], str]:
    def digest(text: str) -> str:
        import hashlib  # brings all of OpenSSL

        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    return digest


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "alltrue": all,
    "anytrue": any,
    "base64decode": lambda text: base64.b64decode(text, validate=True).decode(),
    "base64encode": lambda text: base64.b64encode(text.encode()).decode(),
    "basename": lambda text: text.rpartition("/")[2],
    "ceil": math.ceil,
    "chomp": lambda text: text.rstrip("\r\n"),
    "chunklist": lambda items, size: [items[i : i + int(size)] for i in range(0, len(items), int(size))],
    "cidrsubnet": _subnet,
    "cidrhost": lambda prefix, number: str(ipaddress.ip_network(prefix)[int(number)]),
    "coalesce": _first,
    "coalescelist": lambda *lists: next(items for items in lists if items),
    "compact": lambda items: [item for item in items if item not in (None, "")],
    "concat": lambda *lists: [item for part in lists for item in part],
    "contains": lambda items, item: item in items,
    "dirname": lambda text: text.rpartition("/")[0] or ".",
    "distinct": _distinct,
    "element": _element,
    "endswith": str.endswith,
    "flatten": _flat,
    "floor": math.floor,
    "formatlist": _formatted,
    "format": _format,
    "index": lambda items, item: items.index(item),
    "indent": lambda count, text: text.replace("\n", "\n" + " " * int(count)),
    "join": lambda mark, items: mark.join(as_text(item) for item in _flat(items)),
    "jsondecode": json.loads,
    "keys": sorted,
    "length": len,
    "lookup": _looked_up,
    "lower": str.lower,
    "max": max,
    "md5": _digest("md5"),
    "merge": merged,
    "min": min,
    "one": lambda items: items[0] if len(items) == 1 else None if not items else _element(None, 0),  # type: ignore[arg-type]
    "parseint": lambda text, base: int(text, int(base)),
    "pow": _power,
    "range": _ranged,
    "replace": _replaced,
    "reverse": lambda items: items[::-1],
    "setintersection": lambda first, *sets: [item for item in first if all(item in part for part in sets)],
    "setproduct": lambda *sets: [list(one) for one in _product(*sets)],
    "setsubtract": lambda first, other: [item for item in first if item not in other],
    "setunion": lambda *sets: _distinct([item for part in sets for item in part]),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "slice": _sliced,
    "sort": sorted,
    "split": lambda mark, text: text.split(mark),
    "startswith": str.startswith,
    "strcontains": lambda text, part: part in text,
    "strrev": lambda text: text[::-1],
    "substr": lambda text, at, size: text[int(at) :] if size < 0 else text[int(at) : int(at) + int(size)],
    "sum": sum,
    "title": str.title,
    "tobool": _boolean,
    "tolist": list,
    "tomap": dict,
    "tonumber": _number,
    "toset": _distinct,
    "tostring": as_text,
    "trim": lambda text, marks: text.strip(marks),
    "trimprefix": str.removeprefix,
    "trimspace": _strip,
    "trimsuffix": str.removesuffix,
    "upper": str.upper,
    "urlencode": lambda text: re.sub(
        r"[^\w.~-]", lambda m: "".join(f"%{b:02X}" for b in m.group().encode()), text
    ),
    "yamldecode": lambda text: next(iter(load_yaml(text)), None),
    "values": lambda table: [table[key] for key in sorted(table)],
    "zipmap": _zipped,
}
#: JSON and YAML stay a structure, so that its parts can be read, and decoding one gives it back.
AS_GIVEN = frozenset({"jsonencode", "yamlencode", "sensitive", "nonsensitive", "ephemeralasnull"})
DECODED = frozenset({"jsondecode", "yamldecode"})


def up_to_the_first(values: list[Value]) -> list[Value]:
    """The arguments as far as the first that is known to be something: what comes after it does not matter."""
    at = next((i for i, value in enumerate(values) if value not in (None, "")), len(values))
    return values[: at + 1]


#: Functions that move parts about without looking into them: unknown parts stay where they are.
STRUCTURAL = frozenset(
    {
        "concat",
        "merge",
        "flatten",
        "keys",
        "values",
        "length",
        "element",
        "lookup",
        "slice",
        "zipmap",
        "tolist",
    }
    | {"tomap", "toset", "one", "compact", "reverse", "distinct", "coalescelist", "setunion", "chunklist"}
)
