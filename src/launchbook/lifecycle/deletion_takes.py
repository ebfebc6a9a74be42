"""What a deletion takes with it that no operation of ours names: AWS deletes it as a part, whosever it is.

It stands in the list that is approved, by name, and is compared with what is there before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from launchbook.lifecycle.certificate import Leftover
from launchbook.lifecycle.lookup import INSTANCES, MEMBERS, STACK_RESOURCES, Lookup

_STACK = "AWS::CloudFormation::Stack"


def _of_stack(left: Leftover, lookup: Lookup) -> Iterator[str]:
    """Its resources, and those of the stacks within it."""
    waiting, seen = [left.id], {left.id}
    while waiting:
        for one in lookup.all(STACK_RESOURCES, "StackResourceSummaries", StackName=waiting.pop()):
            kind, id_ = str(one.get("ResourceType") or ""), str(one.get("PhysicalResourceId") or "")
            if not id_ or one.get("ResourceStatus") == "DELETE_COMPLETE":
                continue
            yield f"{kind} {id_}"
            if kind == _STACK and id_ not in seen:
                seen.add(id_)
                waiting.append(id_)


def _of_group(left: Leftover, lookup: Lookup) -> Iterator[str]:
    groups = lookup.all(INSTANCES, "AutoScalingGroups", AutoScalingGroupNames=[left.id])
    yield from (
        f"aws_instance {one['InstanceId']}" for group in groups for one in group.get("Instances") or ()
    )


def _of_replication(left: Leftover, lookup: Lookup) -> Iterator[str]:
    for group in lookup.all(MEMBERS, "ReplicationGroups", ReplicationGroupId=left.id):
        yield from (f"aws_elasticache_cluster {name}" for name in group.get("MemberClusters") or ())


#: Type -> the names of what goes with a thing of it.
TAKES: Mapping[str, Callable[[Leftover, Lookup], Iterator[str]]] = {
    "aws_autoscaling_group": _of_group,
    "aws_cloudformation_stack": _of_stack,
    "aws_elasticache_replication_group": _of_replication,
}
