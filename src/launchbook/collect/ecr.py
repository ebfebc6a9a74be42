"""Image repositories and their images."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Value

REPOSITORIES = Call(
    "ecr",
    "DescribeRepositories",
    always=["imageScanningConfiguration.scanOnPush"],
    each="repositories",
    take={
        "arn": "repositoryArn",
        "name": "repositoryName",
        "repository_url": "repositoryUri",
        "image_tag_mutability": "imageTagMutability",
        "scan_on_push": "imageScanningConfiguration.scanOnPush",
    },
)


@collector("aws_ecr_repository", REPOSITORIES)
def repositories(row: Row) -> Seen:
    """A repository and whether it scans what is pushed."""
    scan = row.get("DescribeRepositories", "imageScanningConfiguration.scanOnPush")
    more: dict[str, Value] = {"image_scanning_configuration": [{"scan_on_push": scan}]}
    seen = row.seen(id="arn", name="name", DescribeRepositories=more)
    return Seen(seen.id, str(row.get("DescribeRepositories", "repositoryName")), seen.attributes)


@collector(
    "ecr_image",
    Call("ecr", "DescribeRepositories", each="repositories", keep=["repositoryName"]),
    Call(
        "ecr",
        "DescribeImages",
        each="imageDetails",
        given={"repositoryName": "$DescribeRepositories.repositoryName"},
        take={
            "digest": "imageDigest",
            "tags": "imageTags",
            "pushed_at": "imagePushedAt",
            "repository": "repositoryName",
        },
    ),
)
def images(row: Row) -> Seen:
    """An image by digest, with its tags."""
    repository = row.get("DescribeRepositories", "repositoryName")
    seen = row.seen(id="digest", name="digest")
    return Seen(f"{repository}@{seen.id}", f"{repository}@{seen.id[:19]}", seen.attributes)
