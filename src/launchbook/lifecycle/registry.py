"""Tags of an image repository: what they point at, and moving one without a container engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from launchbook.errors import RunFailed
from launchbook.lifecycle.asking import Aws, Unanswered

#: What a registry may answer with; without it, an image that OCI describes would come as nothing.
_MANIFESTS = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
]
_HINT = "allow ecr:BatchGetImage and ecr:PutImage to whoever releases, then run the same command again"


@dataclass(frozen=True)
class Tagged:
    """An image as a repository shows it: its digest and every tag on it."""

    digest: str
    tags: tuple[str, ...]


def tagged(aws: Aws, repository: str, tag: str) -> Tagged | None:
    """The image that a tag points at; None when the repository has no such tag. Raises Unanswered."""
    try:
        said = aws.read("ecr", "describe_images", repositoryName=repository, imageIds=[{"imageTag": tag}])
    except Unanswered as failure:
        if "ImageNotFoundException" in failure.why:
            return None
        raise
    image = said["imageDetails"][0]
    return Tagged(str(image["imageDigest"]), tuple(sorted(image.get("imageTags", ()))))


def point(aws: Aws, repository: str, tag: str, digest: str) -> None:
    """Let a tag point at a digest of the same repository. Raises RunFailed."""
    try:
        said = aws.read(
            "ecr", "batch_get_image", repositoryName=repository, imageIds=[{"imageDigest": digest}],
            acceptedMediaTypes=_MANIFESTS,
        )  # fmt: skip
    except Unanswered as failure:
        raise RunFailed(f"{repository}:{tag} was not moved", str(failure), hint=_HINT) from None
    if not said["images"]:
        why = (
            "; ".join(str(one.get("failureReason")) for one in said.get("failures", ())) or "it is not there"
        )
        raise RunFailed(f"{repository}:{tag} was not moved to {digest}", why, hint="push that image again")
    image: dict[str, Any] = said["images"][0]
    media = (
        {"imageManifestMediaType": image["imageManifestMediaType"]}
        if "imageManifestMediaType" in image
        else {}
    )
    try:
        aws.change(
            "ecr", "put_image", _HINT, repositoryName=repository, imageTag=tag, imageManifest=image["imageManifest"],
            **media,
        )  # fmt: skip
    except RunFailed as refused:
        if "ImageAlreadyExistsException" not in str(refused):  # it points there already
            raise
