"""What has to be looked up before a thing can be deleted: what it holds, and what holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from launchbook.collect.declare import Call, Collector, Row, Seen
from launchbook.collect.engine import Reads
from launchbook.collect.keep import pick
from launchbook.lifecycle.certificate import Leftover


def _reads(service: str, operation: str, *keep: str) -> Call:
    return Call(service, operation, keep=keep)


VERSIONS = _reads(
    "s3", "ListObjectVersions", "Versions[].Key", "Versions[].VersionId", "DeleteMarkers[].Key",
    "DeleteMarkers[].VersionId",
)  # fmt: skip
INLINE = _reads("iam", "ListRolePolicies", "PolicyNames")
ATTACHED = _reads("iam", "ListAttachedRolePolicies", "AttachedPolicies[].PolicyArn")
PROFILES = _reads("iam", "ListInstanceProfilesForRole", "InstanceProfiles[].InstanceProfileName")
OLD_VERSIONS = _reads("iam", "ListPolicyVersions", "Versions[].VersionId", "Versions[].IsDefaultVersion")
ENTITIES = _reads("iam", "ListEntitiesForPolicy", "PolicyRoles[].RoleName", "PolicyUsers[].UserName")
TARGETS = _reads("events", "ListTargetsByRule", "Targets[].Id")
SCHEDULES = _reads("scheduler", "ListSchedules", "Schedules[].Name")
IMAGES = _reads("ecr", "ListImages", "imageIds[].imageDigest")
ASSOCIATIONS = _reads(
    "ec2", "DescribeRouteTables", "RouteTables[].Associations[].RouteTableAssociationId",
    "RouteTables[].Associations[].Main",
)  # fmt: skip
SELECTIONS = _reads("backup", "ListBackupSelections", "BackupSelectionsList[].SelectionId")
RULES = _reads(
    "ec2", "DescribeSecurityGroupRules", "SecurityGroupRules[].SecurityGroupRuleId",
    "SecurityGroupRules[].IsEgress",
)  # fmt: skip
STACK_RESOURCES = _reads(
    "cloudformation", "ListStackResources", "StackResourceSummaries[].PhysicalResourceId",
    "StackResourceSummaries[].ResourceType", "StackResourceSummaries[].ResourceStatus",
)  # fmt: skip
INSTANCES = _reads("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups[].Instances[].InstanceId")
MEMBERS = _reads("elasticache", "DescribeReplicationGroups", "ReplicationGroups[].MemberClusters")


def _nothing_seen(_: Row) -> Seen | None:
    return None


#: The reads above as collectors: what the reader lets through.
LOOKUPS = tuple(
    Collector(f"before deleting: {call.operation}", "lookup", (call,), _nothing_seen)
    for call in (
        VERSIONS, INLINE, ATTACHED, PROFILES, OLD_VERSIONS, ENTITIES, TARGETS, SCHEDULES, SELECTIONS, RULES, IMAGES,
        ASSOCIATIONS, STACK_RESOURCES, INSTANCES, MEMBERS,
    )
)  # fmt: skip


class Lookup:
    """Asks what has to go before a thing can."""

    def __init__(self, reader: Reads, region: str) -> None:
        self.reader, self.region = reader, region

    def all(self, call: Call, path: str, **given: Any) -> list[Any]:
        """Every item at a path of an operation's answer. Raises ReadFailed."""
        items: list[Any] = []
        for page in self.reader.read(call, self.region, call.parameters(Row(())) | given):
            found = pick(page, path)
            items += found if isinstance(found, list) else []
        return items


#: The calls of one deletion: operation and parameters, in order.
Steps = Iterator[tuple[str, dict[str, Any]]]
Way = Callable[[Leftover, Lookup], Steps]
