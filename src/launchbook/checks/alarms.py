"""Alarms that can ring: somebody is told, the dimension exists, the metric is emitted."""

from __future__ import annotations

import re
from difflib import get_close_matches

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._dimension_sets import lacks_alias, named_otherwise, never_published
from launchbook.checks._pointing import REGION, elsewhere, points_at, targets
from launchbook.checks._shapes import field, first, known, listed, pick, some
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict
from launchbook.model.aws import Alarm

#: Dimension name -> the type whose resources it names, and the attribute whose value it must be.
DIMENSIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "QueueName": ("aws_sqs_queue", ("name", "queue_name")),
    "TopicName": ("aws_sns_topic", ("name", "topic_name")),
    "DBInstanceIdentifier": ("aws_db_instance", ("identifier", "id")),
    "ClusterName": ("aws_ecs_cluster", ("name",)),
    "ServiceName": ("aws_ecs_service", ("name",)),
    "LoadBalancer": ("aws_lb", ("arn_suffix", "load_balancer_full_name")),
    "TargetGroup": ("aws_lb_target_group", ("arn_suffix", "target_group_full_name")),
    "FunctionName": ("aws_lambda_function", ("function_name", "id")),
    "RuleName": ("aws_cloudwatch_event_rule", ("name",)),
    "DistributionId": ("aws_cloudfront_distribution", ("id",)),
    "CacheClusterId": ("aws_elasticache_cluster", ("cluster_id", "id")),
    "TableName": ("aws_dynamodb_table", ("name",)),
    "BucketName": ("aws_s3_bucket", ("bucket", "id")),
}
#: What has a region of its own, whichever it was listed in.
_EVERYWHERE = ("aws_s3_bucket", "aws_cloudfront_distribution")
#: How a name of the right kind looks, where AWS gives a resource another one that is easily taken for it.
_LOOKS = {
    "DBInstanceIdentifier": r"^(?!db-[A-Z0-9]{16,})",
    "LoadBalancer": r"^(app|net|gwy)/",
    "TargetGroup": r"^targetgroup/",
}


def watched(alarm: Alarm) -> list[tuple[str, str, dict[str, Value], str]]:
    """Every metric an alarm looks at: namespace, name, dimensions, and the path at which it stands."""
    if alarm.metric_name:
        named = known(alarm.get("dimensions"), f"dimensions of {alarm.name}")
        return [(alarm.namespace, alarm.metric_name, named if isinstance(named, dict) else {}, "dimensions")]
    found = []
    for index, query in enumerate(listed(alarm.get("metric_query"))):
        metric = first(field(query, "metric"))
        namespace = known(metric.get("namespace"), f"a namespace of {alarm.name}")
        name = known(metric.get("metric_name"), f"a metric of {alarm.name}")
        if isinstance(namespace, str) and isinstance(name, str):
            named = known(metric.get("dimensions"), f"dimensions of {alarm.name}")
            place = f"metric_query.{index}.metric.0.dimensions"
            found.append((namespace, name, named if isinstance(named, dict) else {}, place))
    return found


def unpublished(alarm: Alarm, namespace: str, metric: str, dimensions: dict[str, Value]) -> str:
    """Why AWS publishes nothing under a set of dimensions; empty where it may. A construct of a program adds those that
    its source does not show."""
    if alarm.where.file.endswith(_CONSTRUCTS):
        return ""
    return never_published(
        namespace, metric, (name for name, value in dimensions.items() if value is not None)
    )


_CONSTRUCTS = (".ts", ".tsx", ".js", ".mjs", ".py", ".java", ".go", ".cs")


@check(
    "alarm-without-action",
    "Every alarm tells somebody",
    of=Alarm,
    severity="high",
    fix="Give the alarm an action: an SNS topic that somebody reads, or a scaling policy.",
)
def without_action(alarm: Alarm, facts: Facts) -> Verdict | None:
    """An alarm with no action, or with its actions switched off, rings where nobody hears it."""
    actions = listed(alarm.get("alarm_actions"))
    here = alarm.at("alarm_actions")
    if not actions:
        telling = pick(
            facts.seen("aws_cloudwatch_composite_alarm"), lambda one: _rings_for(one, alarm, facts)
        )
        for whole in telling.found:
            return verdict(True, f"{whole.name} tells for it", at=[here, whole.at("alarm_actions")])
        telling.settled()
        absent(facts, alarm, "aws_cloudwatch_composite_alarm")
        return verdict(False, "nobody is told when it rings", at=[here])
    if known(alarm.attributes.get("actions_enabled"), f"actions_enabled of {alarm.name}") in (False, "false"):
        return verdict(False, "its actions are switched off", at=[alarm.at("actions_enabled")])
    for action in actions:
        known(action, f"alarm_actions of {alarm.name}")
    useless = [_useless(one, alarm, facts) for one in actions]
    if all(useless):
        return verdict(False, useless[0], at=[here])
    if not alarm.declared and all(_topic_gone(one, alarm, facts) for one in actions):
        return verdict(False, f"there is no topic {str(actions[0]).rpartition(':')[2]}", at=[here])
    return verdict(True, "it has an action", at=[here])


def _rings_for(whole: Fact, alarm: Alarm, facts: Facts) -> bool:
    """Whether a composite alarm that tells somebody rings for another one, named in its rule."""
    if not listed(whole.attributes.get("alarm_actions")):
        return False
    if known(whole.attributes.get("actions_enabled"), f"actions_enabled of {whole.name}") in (False, "false"):
        return False
    rule = whole.attributes.get("alarm_rule")
    if isinstance(rule, Unread) and any(points_at(facts, ref, alarm) for ref in rule.refs):
        return True
    text = str(known(rule, f"the rule of {whole.name}"))
    return re.search(rf"""ALARM\(\s*["']?(?:[^"')]*:)?{re.escape(alarm.name)}["']?\s*\)""", text) is not None


def _useless(action: Value, alarm: Alarm, facts: Facts) -> str:
    """Why no alarm can do what it is told to; empty where it may. A queue is no action, a FIFO topic takes none of
    CloudWatch's messages, and an alarm tells topics of its own region alone."""
    parts, target = str(action).split(":"), facts.find(action)
    if isinstance(action, Ref) and target is None:
        unhidden(facts, alarm, "aws_sqs_queue")
    kind = target.type if target is not None else f"aws_{parts[2]}" if len(parts) == 6 else ""
    if kind in ("aws_sqs_queue", "aws_sqs"):
        return "a queue is no action of an alarm"
    if kind not in ("aws_sns_topic", "aws_sns"):
        return ""
    fifo = target is not None and known(target.attributes.get("fifo_topic"), f"whether {target.name} is FIFO")
    name = target.name if target is not None else parts[-1]
    if fifo in (True, "true") or name.endswith(".fifo"):
        return f"{name} is a FIFO topic, to which no alarm publishes"
    there = parts[3] if len(parts) == 6 else target.where.region if target is not None else ""
    if REGION.fullmatch(there) and REGION.fullmatch(alarm.where.region) and there != alarm.where.region:
        return f"{name} is a topic of {there}, and the alarm is in {alarm.where.region}"
    return ""


def _topic_gone(action: Value, alarm: Alarm, facts: Facts) -> bool:
    """Whether what an alarm of an account tells is a topic of that account that is not there. Raises NotKnown where the
    topics were not all listed."""
    parts = str(action).split(":")
    if len(parts) != 6 or parts[2] != "sns" or parts[4] != alarm.where.account:
        return False
    if any(points_at(facts, action, topic) for topic in facts.seen("aws_sns_topic")):
        return False
    absent(facts, alarm, "aws_sns_topic")
    return True


@check(
    "alarm-wrong-dimension",
    "Every alarm watches something that exists",
    of=Alarm,
    severity="high",
    fix="Give the dimension the value under which the resource emits, by reference where the format allows it.",
)
def wrong_dimension(alarm: Alarm, facts: Facts) -> Verdict | None:
    """A dimension value that no resource has gives an alarm that stays silent for ever."""
    seen: list[Evidence] = []
    for namespace, metric, dimensions, place in watched(alarm):
        if why := unpublished(alarm, namespace, metric, dimensions):
            return verdict(False, why, at=[alarm.at(place)])
        if namespace == "AWS/Lambda" and lacks_alias(dimensions.get("Resource"), facts, alarm):
            why = f"the function has no alias {str(dimensions['Resource']).rpartition(':')[2]}"
            return verdict(False, why, at=[alarm.at(f"{place}.Resource")])
        for name, value in dimensions.items():
            if name not in DIMENSIONS:
                continue
            wrong = _wrong(alarm, name, value, f"{place}.{name}", facts)
            if wrong is not None:
                return wrong
            seen.append(alarm.at(f"{place}.{name}"))
    return verdict(True, "what it watches exists", at=seen) if seen else None


def _wrong_reference(value: Ref, name: str, here: Evidence, facts: Facts) -> Verdict | None:
    kind, attributes = DIMENSIONS[name]
    by_id = (
        value.attribute == "id" and attributes[0] != "arn_suffix" and not named_otherwise(value, kind, facts)
    )
    if by_id or value.attribute in (one for one in attributes if one != "id"):
        return None
    target = facts.find(value)
    ends = [here] + ([target.at()] if target is not None else [])
    return verdict(False, f"{name} is given the {value.attribute}, which no metric carries", at=ends)


def _wrong(alarm: Alarm, name: str, value: Value, path: str, facts: Facts) -> Verdict | None:
    """A failing verdict for one dimension; None when it holds. Raises NotKnown when that cannot be told."""
    kind, attributes = DIMENSIONS[name]
    here = alarm.at(path)
    if isinstance(value, Ref):
        return _wrong_reference(value, name, here, facts)
    if isinstance(value, Unread) and any(facts.find(ref) is not None for ref in value.refs):
        return None  # made of a reference: it follows the resource
    text = known(value, f"{name} of {alarm.name}")
    if not isinstance(text, str):
        return None
    if name in _LOOKS and not re.match(_LOOKS[name], text):
        nearest = facts.seen(kind)[:1]
        why = f"{text} is not the {name} under which a metric is emitted"
        return verdict(False, why, at=[here, *(one.at() for one in nearest)])
    candidates = [
        one
        for one in facts.seen(kind)
        if one.origin in ("source", "state") and (kind in _EVERYWHERE or not elsewhere(alarm, one))
    ]
    if some(candidates, lambda one: _carries(one, attributes, text)):
        return None
    if kind == "aws_lambda_function":
        candidates += _handlers(text, facts)
    names = [one.name for one in candidates]
    if not names or not alarm.declared:
        if facts.none_exists(kind) or kind in facts.complete:
            return verdict(False, f"no {kind}{_here(alarm, text, kind, facts)} is called {text}", at=[here])
        raise NotKnown(f"whether {text} exists", f"no {kind} was read")
    unhidden(facts, alarm, kind)
    close = get_close_matches(text, names, 1, 0.0)[0]
    nearest = [one for one in candidates if one.name == close][:1]
    return verdict(
        False, f"no {kind} is called {text}; {close} comes nearest", at=[here, *(one.at() for one in nearest)]
    )


def _here(alarm: Alarm, text: str, kind: str, facts: Facts) -> str:
    """Where there is none, if there is one elsewhere."""
    return f" in {alarm.where.region}" if any(one.name == text for one in facts.seen(kind)) else ""


def _handlers(text: str, facts: Facts) -> list[Fact]:
    """The handlers of functions that a script deploys. Raises NotKnown when a function of that name may be one."""
    handlers = facts.seen("lambda_edge_handler")
    deployed = [one for one in handlers if text.endswith(one.name)]
    if deployed and "aws_lambda_function" not in facts.complete:
        what = f"{deployed[0].where.file} shows its code, not the name that it is deployed under"
        raise NotKnown(f"whether {text} exists", what, "lambda:ListFunctions")
    return handlers


def _carries(fact: Fact, attributes: tuple[str, ...], text: str) -> bool:
    if fact.name == text:
        return True
    values = [fact.attributes.get(attribute) for attribute in attributes]
    return some(values, lambda one: known(one, f"the name of {fact.name}") == text)


@check(
    "alarm-names-no-runbook",
    "Every alarm says what to do when it rings",
    of=Alarm,
    severity="low",
    fix="Name the page to open in the alarm's description.",
)
def names_runbook(alarm: Alarm, facts: Facts) -> Verdict | None:
    """At three in the morning the alarm's own text is what one has."""
    if not targets(facts, alarm, "alarm_actions"):
        return None
    text = alarm.get("alarm_description")
    named = isinstance(text, str) and re.search(r"\w+/[\w./-]+\.md|https?://|runbook|playbook", text, re.I)
    return verdict(
        bool(named), "names its page" if named else "names no page", at=[alarm.at("alarm_description")]
    )
