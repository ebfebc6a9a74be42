"""What stands in front of a load balancer, an API or a distribution: web ACLs, and listeners that ask for a sign-in."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation
from launchbook.repo.relations.api_routes import pointed
from launchbook.repo.wiring import place, pointers_at

_LISTENERS = ("aws_lb_listener", "aws_lb_listener_rule", "aws_alb_listener", "aws_alb_listener_rule")


def relate(facts: Facts) -> Iterator[Relation]:
    """From what is guarded to what guards it."""
    for fact in facts:
        if fact.type in ("aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association"):
            guarded = stage_of(facts, pointed(fact, "resource_arn"))
            firewall = pointed(fact, "web_acl_arn") or pointed(fact, "web_acl_id")
            if guarded and firewall:
                yield Relation(kind="firewall", source=guarded, target=firewall, where=fact.where)
        elif fact.type in _LISTENERS:
            yield from _signs_in(fact, facts)


def stage_of(facts: Facts, at: str) -> str:
    """The API behind a stage's id; any other id as it is."""
    one = facts.find(at)
    if one is not None and one.type == "aws_api_gateway_stage":
        return pointed(one, "rest_api_id") or at
    return at


def _signs_in(fact: Fact, facts: Facts) -> Iterator[Relation]:
    listener = facts.find(pointed(fact, "listener_arn")) or fact
    balancer = pointed(listener, "load_balancer_arn")
    for key in ("default_action", "action", "actions", "default_actions"):
        actions = fact.attributes.get(key)
        for number, action in enumerate(actions if isinstance(actions, list) else []):
            kind = action.get("type") if isinstance(action, dict) else None
            if not balancer or not isinstance(kind, str) or not kind.startswith("authenticate-"):
                continue
            pools = [ref.to for at, ref in pointers_at(action) if at.endswith("user_pool_arn")]
            target = pools[0] if pools else kind.removeprefix("authenticate-")
            where = place(fact, f"{key}.{number}.type")
            yield Relation(kind="signs-in", source=balancer, target=target, where=where, resolved=bool(pools))
