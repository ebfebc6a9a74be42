"""What a load balancer must do, as plain data: read from moto's objects, rendered for haproxy, held by no one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scheme = Literal["HTTP", "HTTPS", "TCP", "TLS"]


@dataclass(frozen=True)
class Choice:
    """One target group of a forward action; ``weight`` is 0 to 999, as the API takes it."""

    group: str
    weight: int = 1


@dataclass(frozen=True)
class Forward:
    """Send the request to one of the groups, by weight."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Redirect:
    """Answer with a Location; each part may hold the placeholders ``#{protocol}`` … ``#{query}``."""

    status: int
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True)
class Fixed:
    """Answer with this."""

    status: int
    content_type: str = "text/plain"
    body: str = ""


Action = Forward | Redirect | Fixed


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: any of ``values`` (wildcards ``*`` and ``?``); ``name`` is the header's.

    Values of ``query-string`` are pairs of key (may be empty) and value.
    """

    field: str
    values: tuple[Any, ...]
    name: str = ""


@dataclass(frozen=True)
class Rule:
    """What a listener does when all conditions hold; the default rule has none."""

    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True)
class Listener:
    """One port. ``port`` is the API's, ``bound`` the one that is really open; rules are in order, default last."""

    scheme: Scheme
    port: int
    bound: int
    rules: tuple[Rule, ...]
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One server of a group. ``name`` is unique in the group and stable; ``ready`` means it gets requests."""

    name: str
    address: str
    port: int
    ready: bool = True


@dataclass(frozen=True)
class Group:
    """A target group as the proxy needs it: ``arn`` and a ``key`` that is safe in a configuration."""

    arn: str
    key: str
    scheme: Scheme = "HTTP"
    http2: bool = False
    algorithm: str = "roundrobin"
    sticky_seconds: int = 0
    sticky_cookie: str = ""
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Balancer:
    """One load balancer, whole."""

    arn: str
    address: str
    listeners: tuple[Listener, ...]
    groups: tuple[Group, ...]
    idle_seconds: int = 60
    attributes: Mapping[str, str] = field(default_factory=dict)

    def on(self, attribute: str, default: str = "false") -> bool:
        """Whether a load balancer attribute is ``true``."""
        return str(self.attributes.get(attribute, default)).lower() == "true"
