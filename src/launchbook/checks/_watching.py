"""Which alarm watches which resource: the same region and cluster, a dimension that names it."""

from __future__ import annotations

from dataclasses import dataclass

from launchbook.checks._dimension_sets import named_otherwise
from launchbook.checks._pointing import elsewhere, points_at
from launchbook.checks._shapes import Picked, all_known, known, pick, some, words
from launchbook.checks.alarms import DIMENSIONS, unpublished, watched
from launchbook.model import Fact, Facts, NotKnown, Ref, Unread, Value
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


def misnamed_on(facts: Facts, watch: Watched, fact: Fact) -> tuple[Alarm, str] | None:
    """An alarm that would watch one of the metrics, were they published under its dimensions, and why they are not."""
    for alarm in facts.seen(Alarm):
        if elsewhere(alarm, fact):
            continue
        for namespace, metric, dimensions, _ in watched(alarm):
            if namespace in watch.namespaces and metric in watch.metrics:
                why = unpublished(alarm, namespace, metric, dimensions)
                if why and any(
                    _is(facts, one, fact) for one in dimensions.values() if not isinstance(one, Unread)
                ):
                    return alarm, why
    return None


#: What also publishes its metrics for a whole region, without dimensions: an alarm on those watches every one.
_OF_ALL = ("AWS/Lambda",)


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
            and (_is(facts, one[2].get(watch.dimension), fact) or (one[0] in _OF_ALL and not one[2]))
            and _in_its_cluster(facts, one[2].get("ClusterName"), fact)
            and not unpublished(alarm, *one[:3])
            and not any(
                named_otherwise(value, DIMENSIONS[name][0], facts)
                for name, value in one[2].items()
                if name in DIMENSIONS
            )
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
