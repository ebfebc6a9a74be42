"""What a rule does with a request, as haproxy statements that hold where ``chosen`` does."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.local.planes.alb.conditions import quote
from launchbook.local.planes.alb.model import Balancer, Choice, Listener, Redirect


def choose(choices: tuple[Choice, ...], chosen: str) -> Iterator[str]:
    """Pick one of several target groups by weight; a weight of 0 is never picked."""
    weighted = [choice for choice in choices if choice.weight > 0]
    if not weighted:
        return
    total = sum(choice.weight for choice in weighted)
    yield f"  http-request set-var(txn.pick) rand({total}) if {chosen}"
    below = 0
    for choice in weighted:
        below += choice.weight
        condition = f"{chosen} {{ var(txn.pick) -m int lt {below} }} !{{ var(txn.backend) -m found }}"
        yield f"  http-request set-var(txn.backend) str({choice.group}) if {condition}"


def redirect(
    action: Redirect, balancer: Balancer, listener: Listener, chosen: str, page: str
) -> Iterator[str]:
    """Answer with a Location whose placeholders are filled, and ``page`` as the body."""
    # A fixed port means a listener of this balancer, which may really be open on another.
    open_ports = {str(each.port): str(each.bound) for each in balancer.listeners}
    port = open_ports.get(action.port, action.port).replace("#{port}", str(listener.bound))
    protocol = action.protocol.replace("#{protocol}", listener.scheme).lower()
    base = f"{protocol}://{action.host}:{port}{action.path}"
    yield f"  http-request set-var(txn.kind) str(redirect) if {chosen}"
    answer = f"  http-request return status {action.status} {page} hdr Server awselb/2.0 hdr Location"
    query = action.query
    if query == "#{query}":  # no question mark for an empty query
        asked = f"{chosen} {{ var(txn.query) -m len gt 0 }}"
        yield f"{answer} {_location(base + '?' + query, listener)} if {asked}"
        query = ""
    location = _location(base + ("?" + query if query else ""), listener)
    yield f"{answer} {location} if {chosen}"


def _location(template: str, listener: Listener) -> str:
    text = template.replace("%", "%%")
    values = {
        "#{protocol}": listener.scheme.lower(),
        "#{port}": str(listener.bound),
        "#{host}": "%[var(txn.host)]",
        "#{path}": "%[var(txn.path)]",
        "#{query}": "%[var(txn.query)]",
    }
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return quote(text)
