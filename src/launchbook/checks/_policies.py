"""Whom a resource's policy lets in: what it allows to a service, less what it denies, under the conditions it sets."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from launchbook.checks._pointing import points_at
from launchbook.checks._shapes import known, listed, pick, services, some, statements, words
from launchbook.model import Fact, Facts, NotKnown, Unread, Value

#: How a sender is called at the end of its ARN, where it is not an alarm.
_NAMED = {
    "aws_cloudwatch_event_target": "rule/",
    "aws_cloudwatch_event_rule": "rule/",
    "aws_budgets_budget": "budget/",
    "aws_sns_topic": "",
    "aws_s3_bucket": "",
}


def admitted(policy: Value, actions: tuple[str, ...]) -> list[str]:
    """Everybody whom some statement allows one of the actions, whatever the condition; sorted."""
    return sorted({name for one in _about(policy, actions) for name in services(one)})


def admits(
    policy: Value,
    service: str,
    actions: tuple[str, ...],
    sender: Fact,
    facts: Facts,
    holder: Fact | None = None,
) -> bool:
    """Whether a policy lets a service act on behalf of a sender (an alarm, a rule's target); on ``holder`` (a topic, a
    queue), where its statements have to name that.

    Raises NotKnown where a condition decides that cannot be judged.
    """
    own = [one for one in _about(policy, actions) if {service, "*"} & set(services(one))]
    if holder is not None:
        named = pick(own, lambda one: _is_for(one, holder, facts))
        own = named.found or named.settled()
    if not any(_meets(one, service, sender, facts) for one in own):
        return False
    for one in _about(policy, actions, "Deny"):
        if {service, "*"} & set(services(one)) and _denies(one, sender):
            return False
    return True


def _about(policy: Value, actions: tuple[str, ...], effect: str = "Allow") -> Iterator[dict[str, Value]]:
    """The statements of an effect that are about one of some actions."""
    for one in statements(policy, effect):
        patterns = [each.lower() for each in words(known(one.get("Action"), "an action"))]
        if any(fnmatchcase(action.lower(), pattern) for action in actions for pattern in patterns):
            yield one


def _is_for(statement: dict[str, Value], holder: Fact, facts: Facts) -> bool:
    """Whether a statement is about what holds the policy, or names nothing."""
    given = listed(statement.get("Resource"))
    return not given or some(given, lambda one: _names(one, holder, facts))


def _names(resource: Value, holder: Fact, facts: Facts) -> bool:
    if not isinstance(resource, str):
        return points_at(facts, resource, holder)
    if "*" in resource:
        name = resource.rpartition(":")[2]
        given = isinstance(holder.attributes.get("name"), str) or not holder.declared
        return not given or fnmatchcase(holder.name, name)
    if points_at(facts, resource, holder):
        return True
    if holder.declared and not isinstance(holder.attributes.get("name"), str):
        raise NotKnown(f"whether a policy is for {holder.name}", "its name is not known")
    return False


def _conditions(statement: dict[str, Value]) -> Iterator[tuple[str, str, list[Value]]]:
    """Operator, key and values of each condition; both names in small letters."""
    block = known(statement.get("Condition"), "the condition of a policy")
    for operator, keys in block.items() if isinstance(block, dict) else ():
        given = known(keys, "the condition of a policy")
        for key, values in given.items() if isinstance(given, dict) else ():
            yield (
                operator.lower(),
                key.lower(),
                listed(values) if not isinstance(values, Unread) else [values],
            )


def _meets(statement: dict[str, Value], service: str, sender: Fact, facts: Facts) -> bool:
    """Whether a sender meets the conditions under which a statement allows. One that is not about who sends, or whose
    value comes from elsewhere, is taken to be met."""
    for operator, key, values in _conditions(statement):
        if key.endswith("sourceowner") and "*" in services(statement):
            # AWS's own default policy names everybody on the owner's behalf: that lets the account's alarms in, and no
            # service that calls on its own.
            if service != "cloudwatch.amazonaws.com":
                return False
        elif "not" not in operator and not any(_meets_one(key, one, sender, facts) for one in values):
            return False
    return True


def _meets_one(key: str, value: Value, sender: Fact, facts: Facts) -> bool:
    if key == "aws:sourcearn":
        return _is_sender(value, sender, facts)
    return key not in _ACCOUNT_KEYS or _is_account(value, sender)


_ACCOUNT_KEYS = ("aws:sourceaccount", "aws:sourceowner")


def _is_account(value: Value, sender: Fact) -> bool:
    """Whether a value is the sender's account, as far as both are known; an account's own name for itself is."""
    if isinstance(value, Unread) and "account" in value.reason:
        return True
    given = known(value, f"whose senders a policy admits, {sender.name} among them or not")
    own = sender.where.account
    return not isinstance(given, str) or not own.isdigit() or not given.isdigit() or given == own


def _is_sender(value: Value, sender: Fact, facts: Facts) -> bool:
    """Whether a value of aws:SourceArn is the sender's, as far as both are known."""
    rule = sender.attributes.get("rule") if sender.type == "aws_cloudwatch_event_target" else None
    if isinstance(rule, Unread) and not (rule := next(iter(rule.refs), None)):
        raise NotKnown(f"the rule of {sender.name}", "it was not read")
    if isinstance(value, Unread):
        if any(_is_sender(ref, sender, facts) for ref in value.refs):
            return True
        known(value, f"which sender a policy admits, {sender.name} or another")
    if not isinstance(value, str):
        found, ruled = facts.find(value), facts.find(rule)
        return found is None or found is (ruled or sender) or (rule is not None and ruled is None)
    parts = value.split(":", 5)
    if len(parts) < 6:
        return value == "*" or points_at(facts, value, sender)
    own = (sender.where.region, sender.where.account)
    for pattern, known_as in zip(parts[3:5], own, strict=True):
        if known_as and "${" not in pattern and not fnmatchcase(known_as, pattern or "*"):
            return False
    return _is_named(parts[5], rule, sender, facts)


def _is_named(pattern: str, rule: Value, sender: Fact, facts: Facts) -> bool:
    target = facts.find(rule) if rule is not None else None
    name = target.name if target is not None else rule if isinstance(rule, str) else sender.name
    if rule is not None and target is None and not isinstance(rule, str):
        return True
    prefix = _NAMED.get(sender.type, "alarm:")
    return any(fnmatchcase(f"{prefix}{name}", one) for one in (pattern, pattern.replace("/default/", "/")))


def _denies(statement: dict[str, Value], sender: Fact) -> bool:
    """Whether a denial meets the sender. Raises NotKnown for a condition that may, or may not."""
    held = list(_conditions(statement))
    if not held:
        return True
    if any(key == "aws:securetransport" for _, key, _ in held):
        return False  # AWS's services come over TLS
    if any(key == "aws:principalisawsservice" for _, key, _ in held):
        return False
    for operator, key, values in held:
        ours = key in _ACCOUNT_KEYS and all(_is_account(one, sender) for one in values)
        if ours and "not" in operator:
            return False
    raise NotKnown(f"whether a policy denies {sender.name}", f"a condition on {held[0][1]} decides")
