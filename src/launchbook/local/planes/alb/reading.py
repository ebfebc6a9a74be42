"""moto's load balancing objects read into :class:`Balancer`: what the API was told, as the proxy needs it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from launchbook.local.planes.alb import objects
from launchbook.local.planes.alb.health import Probe
from launchbook.local.planes.alb.model import (
    Action,
    Balancer,
    Choice,
    Condition,
    Fixed,
    Forward,
    Group,
    Listener,
    Redirect,
    Rule,
    Scheme,
    Target,
)

_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
_ALGORITHMS = {"least_outstanding_requests": "leastconn", "weighted_random": "random"}


def group_key(arn: str) -> str:
    """A target group's name in the configuration."""
    return f"tg_{arn.rsplit('/', 1)[-1]}"


def server_name(key: tuple[str, int]) -> str:
    """A target's name in the configuration."""
    return re.sub(r"[^A-Za-z0-9_.-]", ".", f"{key[0]}_{key[1]}")


def destination(identity: str, addresses: Mapping[str, str]) -> str | None:
    """Where traffic for a target goes: an address of this machine, or another balancer's.

    None for anything else: nothing here ever connects to another machine, and instances do not run.
    """
    try:
        return identity if ipaddress.ip_address(identity).is_loopback else None
    except ValueError:
        return addresses.get(identity)


def balancer(
    found: Any,
    groups: Iterable[Any],
    *,
    addresses: Mapping[str, str],
    bound: Callable[[int], int],
    certificate: Callable[[str], str],
) -> Balancer:
    """A balancer and the groups it uses.

    ``addresses`` are those of all balancers, by ARN; ``bound`` maps an asked port to the open one, ``certificate``
    an ARN to a file.
    """
    attributes = {str(key): str(value) for key, value in found.attrs.items()}
    return Balancer(
        arn=found.arn,
        address=addresses[found.arn],
        listeners=tuple(
            _listener(each, bound, certificate)
            for each in list(found.listeners.values())
            if each.protocol in ("HTTP", "HTTPS", "TCP", "TLS")
        ),
        groups=tuple(group(each, addresses) for each in groups),
        idle_seconds=int(attributes.get("idle_timeout.timeout_seconds", 60)),
        attributes=attributes,
    )


def _listener(found: Any, bound: Callable[[int], int], certificate: Callable[[str], str]) -> Listener:
    port = int(found.port)
    secure = found.protocol in ("HTTPS", "TLS")
    return Listener(
        scheme=found.protocol,
        port=port,
        bound=bound(port),
        rules=tuple(
            Rule(tuple(condition(c) for c in rule.conditions or ()), action(rule.actions))
            for rule in list(found.rules.values())
        ),
        certificates=tuple(certificate(arn) for arn in found.certificates) if secure else (),
    )


def condition(given: dict[str, Any]) -> Condition:
    """One condition, in its old form (``Values``) or its new one (``…Config``)."""
    name = given["Field"]
    config = given.get(_CONFIGS[name]) or {}
    values = config.get("Values") or given.get("Values") or ()
    if name == "query-string":
        values = [(pair.get("Key") or "", pair.get("Value") or "") for pair in values]
    return Condition(name, tuple(values), config.get("HttpHeaderName") or "")


def action(actions: Iterable[Any]) -> Action:
    """What a list of actions comes to: the last by order. Signing in is not there, and the answer says so."""
    ordered = sorted((each.data for each in actions), key=lambda data: int(data.get("Order") or 0))
    for data in ordered:
        if data["Type"].startswith("authenticate-"):
            return Fixed(501, "text/plain", f"{data['Type']} is not there in the embedded AWS\n")
    return _final(ordered[-1]) if ordered else Fixed(503)


def _final(data: dict[str, Any]) -> Action:
    match data["Type"]:
        case "redirect":
            config = data.get("RedirectConfig") or {}
            given = {k: config[k] for k in ("Protocol", "Host", "Port", "Path", "Query") if config.get(k)}
            status = int(config["StatusCode"].removeprefix("HTTP_"))
            return Redirect(status, **{key.lower(): str(value) for key, value in given.items()})
        case "fixed-response":
            config = data.get("FixedResponseConfig") or {}
            kind = config.get("ContentType") or "text/plain"
            return Fixed(int(config["StatusCode"]), kind, config.get("MessageBody") or "")
        case _:
            chosen = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
            if data.get("TargetGroupArn") and not chosen:
                chosen = [{"TargetGroupArn": data["TargetGroupArn"]}]
            return Forward(tuple(_choice(each) for each in chosen))


def _choice(given: dict[str, Any]) -> Choice:
    weight = given.get("Weight")
    return Choice(group_key(given["TargetGroupArn"]), 1 if weight is None else int(weight))


def group(found: objects.TargetGroup, addresses: Mapping[str, str]) -> Group:
    """A target group that is in use, with the servers that may get requests.

    When none is healthy every registered one gets them, as AWS fails open; one on another machine never does.
    """
    keys: list[Any] = list(found.targets)
    healthy = {key for key in keys if found.health_of(key, used=True).state == "healthy"}
    attributes = {str(key): str(value) for key, value in found.attributes.items()}
    sticky = attributes.get("stickiness.enabled", "false").lower() == "true"
    application = attributes.get("stickiness.type") == "app_cookie"
    seconds = (
        "stickiness.app_cookie.duration_seconds" if application else "stickiness.lb_cookie.duration_seconds"
    )
    scheme: Scheme = found.protocol if found.protocol in ("HTTP", "HTTPS", "TCP", "TLS") else "TCP"  # type: ignore[assignment]
    return Group(
        arn=found.arn,
        key=group_key(found.arn),
        scheme=scheme,
        http2=found.protocol_version in ("HTTP2", "GRPC"),
        algorithm=_ALGORITHMS.get(attributes.get("load_balancing.algorithm.type", ""), "roundrobin"),
        sticky_seconds=int(attributes.get(seconds, 86400)) if sticky else 0,
        sticky_cookie="AWSALBAPP-0" if application else "AWSALB",
        targets=tuple(
            Target(server_name(key), address, key[1], ready=key in healthy or not healthy)
            for key in keys
            if (address := destination(key[0], addresses))
        ),
    )


def probe(found: objects.TargetGroup, speed: float) -> Probe:
    """How the targets of a group are checked; ``--speed`` shortens the interval, never the timeout."""
    matcher = getattr(found, "matcher", None) or {}
    scheme = str(found.health_check_protocol or "TCP")
    if found.protocol_version in ("HTTP2", "GRPC"):
        scheme = "TCP"
    return Probe(
        scheme=scheme,
        path=found.health_check_path or "/",
        codes=str(matcher.get("HttpCode") or "200"),
        interval=float(found.health_check_interval_seconds) / speed,
        timeout=float(found.health_check_timeout_seconds),
        rise=int(found.healthy_threshold_count),
        fall=int(found.unhealthy_threshold_count),
    )
