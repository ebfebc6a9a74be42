"""A rule's conditions as haproxy ACLs, with the matching that Elastic Load Balancing documents.

Paths compare with case, everything else without; ``*`` is any run of characters and ``?`` exactly one, ``\\*``
and ``\\?`` are themselves. Every pattern becomes a regular expression of letters, digits and ``\\xHH``, so no value
can end its own quoting.
"""

from __future__ import annotations

import ipaddress
import re

from launchbook.local.planes.alb.model import Condition

_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")


def quote(text: str) -> str:
    """A word of haproxy's configuration that is taken as it stands; control characters are left out.

    A line break would end the line whatever the quotes, and none of them may be in a header either.
    """
    plain = "".join(char for char in text if char.isprintable())
    return "'" + plain.replace("'", "'\\''") + "'"


def regex(pattern: str, *, any_run: str = ".*", any_one: str = ".") -> str:
    """A wildcard pattern as a regular expression, without anchors."""
    out, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\" and pattern[position + 1 : position + 2] in ("*", "?", "\\"):
            position += 1
            out.append(_literal(pattern[position]))
        else:
            out.append({"*": any_run, "?": any_one}.get(char) or _literal(char))
        position += 1
    return "".join(out)


def _literal(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode())


def acl(name: str, condition: Condition) -> str | None:
    """The ``acl`` line of a condition; None for one that can never hold here (an impossible header name)."""
    values = condition.values
    match condition.field:
        case "path-pattern":
            return _line(name, "path", "-m reg", [f"^{regex(v)}$" for v in values])
        case "host-header":
            # The Host header may carry a port; the condition never does.
            return _line(name, "req.hdr(host)", "-m reg -i", [f"^{regex(v)}(:[0-9]+)?$" for v in values])
        case "http-header":
            if not _TOKEN.fullmatch(condition.name):
                return None
            fetch = f"req.fhdr({condition.name})"
            return _line(name, quote(fetch), "-m reg -i", [f"^{regex(v)}$" for v in values])
        case "http-request-method":
            return _line(name, "method", "-m str", list(values))
        case "query-string":
            return _line(name, "query", "-m reg -i", [_pair(key, value) for key, value in values])
        case "source-ip":
            return _line(name, "src", "", [v for v in values if _is_network(v)])
    return None


def _line(name: str, fetch: str, match: str, values: list[str]) -> str | None:
    if not values:
        return None
    return " ".join(["acl", name, fetch, *match.split(), "--", *map(quote, values)])


def _pair(key: str, value: str) -> str:
    wanted = regex(value, any_run="[^&]*", any_one="[^&]")
    name = regex(key, any_run="[^&=]*", any_one="[^&=]") + "=" if key else "([^&=]*=)?"
    return f"(^|&){name}{wanted}(&|$)"


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
