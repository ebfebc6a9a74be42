"""Which alarm watches which resource: the same region and cluster, a dimension that names it, a threshold to cross."""

from __future__ import annotations

from dataclasses import dataclass

from launchbook.checks._pointing import elsewhere, points_at
from launchbook.checks._shapes import Picked, all_known, known, listed, pick, some, whole_or_part, words
from launchbook.checks.alarms import watched
from launchbook.model import Fact, Facts, NotKnown, Ref, Value
from launchbook.model.aws import Alarm


@dataclass(frozen=True)
class Watched:
    """What an alarm looks at: one of ``metrics`` (alternatives) in one of ``namespaces``, of the resource that
    ``dimension`` names."""

    namespaces: tuple[str, ...]
    metrics: tuple[str, ...]
    dimension: str


def alarms_on(facts: Facts, watch: Watched, fact: Fact) -> Picked[Alarm]:
    """The alarms that watch one of the metrics on this resource."""
    near = (one for one in facts.seen(Alarm) if one.origin == "source" and not elsewhere(one, fact))
    return pick(near, lambda one: _watches(facts, one, watch, fact))


def _watches(facts: Facts, alarm: Alarm, watch: Watched, fact: Fact) -> bool:
    name = alarm.attributes.get("metric_name")
    if known(name, f"the metric of {alarm.name}") not in (*watch.metrics, None, ""):
        return False
    if name and alarm.namespace not in watch.namespaces:
        return False
    return some(
        watched(alarm),
        lambda one: (
            one[0] in watch.namespaces
            and one[1] in watch.metrics
            and _is(facts, one[2].get(watch.dimension), fact)
            and _in_its_cluster(facts, one[2].get("ClusterName"), fact)
        ),
    )


def _is(facts: Facts, value: Value, fact: Fact) -> bool:
    """Whether a dimension's value names the resource: by reference, name or suffix; a cache also by its members."""
    if value is None:
        return False
    if points_at(facts, value, fact):
        return True
    if not isinstance(value, str):
        return False
    held = [fact.attributes.get(name) for name in ("arn_suffix", "id", "identifier", "function_name")]
    if value in held or (value.rpartition("-")[0] == fact.name and value[-3:].isdigit()):
        return True
    all_known(held, f"the name of {fact.name}")
    return value in words(fact.attributes.get("member_clusters"))


def _in_its_cluster(facts: Facts, value: Value, service: Fact) -> bool:
    """Whether an alarm is for the cluster that the service runs in: services of one name may run in several."""
    own = service.attributes.get("cluster")
    if value is None or own is None or value == own:
        return True
    return _cluster(facts, value, service) == _cluster(facts, own, service)


def _cluster(facts: Facts, value: Value, service: Fact) -> str:
    """The name of a cluster, given by name, ARN or reference. Raises NotKnown where it can't be told."""
    what = f"the cluster of {service.name}"
    given = known(value, what)
    if isinstance(given, Ref):
        held = facts.find(given)
        given = known(held.get("name"), what) if held is not None else None
    if not isinstance(given, str):
        raise NotKnown(what, "its name is not given")
    return given.rpartition("/")[2]


#: Metrics that are bad when they are low; all others that are watched here are bad when they are high.
_LOW = ("RunningTaskCount", "FreeStorageSpace", "FreeableMemory")
#: How high a metric can be: a share in percent, or of one. A service on EC2 may use more CPU than it reserved.
_HIGHEST: dict[tuple[str, str], float] = {
    **{("AWS/RDS", name): 100 for name in ("CPUUtilization",)},
    **{("AWS/ElastiCache", name): 100 for name in ("CPUUtilization", "EngineCPUUtilization")},
    ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"): 100,
    ("AWS/CloudFront", "5xxErrorRate"): 100,
    ("AWS/SES", "Reputation.BounceRate"): 1,
    ("AWS/SES", "Reputation.ComplaintRate"): 1,
}


def never_tells(alarm: Alarm, metrics: tuple[str, ...]) -> str:
    """Why an alarm on one of these metrics does not ring when it should: it looks the wrong way, or at a threshold that
    nothing crosses. Empty where it rings, or where a band or an expression decides.

    Raises NotKnown when how it compares was not read.
    """
    operator = known(alarm.attributes.get("comparison_operator"), f"how {alarm.name} compares")
    names = [one for one in watched(alarm) if one[1] in metrics]
    expressed = any(
        isinstance(query, dict) and query.get("expression") is not None
        for query in listed(alarm.attributes.get("metric_query"))
    )
    if not isinstance(operator, str) or expressed or not names:
        return ""
    space, name = names[0][:2]
    low, below, above = name in _LOW, operator.startswith("LessThan"), "Greater" in operator
    if (low and not below) or (not low and not above):
        return f"it rings when {name} is {'high' if low else 'low'} ({operator})"
    given = known(alarm.attributes.get("threshold"), f"the threshold of {alarm.name}")
    threshold = whole_or_part(given)
    if threshold is None or operator not in _COMPARES:
        return ""
    edge = operator.endswith("OrEqualToThreshold")
    if below and (threshold < 0 or (threshold == 0 and not edge)):
        return f"{name} is never below {threshold:g}"
    most = _HIGHEST.get((space, name))
    if above and most is not None and (threshold > most or (threshold == most and not edge)):
        return f"{name} is never above {threshold:g}: {most:g} is all"
    return ""


_COMPARES = (
    *("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"),
    *("LessThanThreshold", "LessThanOrEqualToThreshold"),
)
