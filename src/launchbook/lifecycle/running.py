"""What runs is what was released: tags on one digest, and that digest behind every running task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from launchbook.lifecycle.asking import Aws, Unanswered, batches
from launchbook.lifecycle.registry import tagged
from launchbook.model import Finding, Status


def released_everywhere(
    aws: Aws, repositories: Mapping[str, str], digests: Mapping[str, str], services: Sequence[tuple[str, str]],
    commit: str,
) -> list[Finding]:  # fmt: skip
    """For each repository (with its stable tag) whether both tags are on the released digest, and for each service
    (cluster and name) whether its tasks run it."""
    return [
        *(_tags(aws, name, stable, digests[name], commit) for name, stable in repositories.items()),
        *(_tasks(aws, cluster, name, digests) for cluster, name in services),
    ]


def _tags(aws: Aws, repository: str, stable: str, digest: str, commit: str) -> Finding:
    try:
        found = {tag: tagged(aws, repository, tag) for tag in (commit, stable)}
    except Unanswered as failure:
        return _finding("image-tags", repository, "UNKNOWN", str(failure))
    wrong = [tag for tag, one in found.items() if one is None or one.digest != digest]
    seen = {tag: one.digest if one else None for tag, one in found.items()}
    why = (
        f"{', '.join(wrong)} is not on {digest[:19]}"
        if wrong
        else f"{commit[:12]} and {stable} are {digest[:19]}"
    )
    status: Status = "FAIL" if wrong else "PASS"
    return _finding("image-tags", repository, status, why, aws, ("ecr", "describe_images", seen))


def _tasks(aws: Aws, cluster: str, service: str, digests: Mapping[str, str]) -> Finding:
    try:
        names = aws.read("ecs", "list_tasks", cluster=cluster, serviceName=service)["taskArns"]
        found = batches(
            names, 100, lambda some: aws.read("ecs", "describe_tasks", cluster=cluster, tasks=some)["tasks"]
        )
    except Unanswered as failure:
        return _finding("released-image-runs", service, "UNKNOWN", str(failure))
    ours = [each for task in found if task["lastStatus"] == "RUNNING" for each in _ours(task, digests)]
    seen = {str(task): digest for task, _, digest in ours}
    unread = [task for task, _, digest in ours if not digest]
    other = [task for task, wanted, digest in ours if digest and digest != wanted]
    status: Status = "FAIL" if other or not ours else "UNKNOWN" if unread else "PASS"
    why = (
        f"{len(other)} of {len(ours)} tasks run another image" if other
        else "no task of it runs the released image" if not ours
        else f"ECS does not say the digest of {len(unread)} tasks" if unread
        else f"{len(ours)} of {len(ours)} tasks run it"
    )  # fmt: skip
    return _finding("released-image-runs", service, status, why, aws, ("ecs", "describe_tasks", seen))


def _ours(task: Mapping[str, Any], digests: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The task, the digest that a container should run, and the one that it runs; for released images alone."""
    for container in task["containers"]:
        repository = str(container.get("image", "")).partition("/")[2].partition("@")[0].rpartition(":")[0]
        if repository in digests:
            yield (
                str(task["taskArn"]).rpartition("/")[2],
                digests[repository],
                str(container.get("imageDigest") or ""),
            )


def _finding(
    check: str,
    subject: str,
    status: Status,
    why: str,
    aws: Aws | None = None,
    seen: tuple[str, str, object] | None = None,
) -> Finding:
    return Finding(
        check=check, status=status, severity="critical", subject=subject, why=why,
        evidence=(aws.evidence(*seen),) if aws is not None and seen is not None else (),
        fix="Release again." if status == "FAIL" else "",
    )  # fmt: skip
