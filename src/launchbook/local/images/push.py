"""Pushes a packed image through the real API of ECR, as a container engine would."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from launchbook.errors import UnreadableInput, UsageError
from launchbook.local.images.layer import MANIFEST_TYPE, Packed, digest

_PART = 4 * 1024 * 1024


def push(ecr: Any, repository: str, tag: str, image: Packed, *, create: bool = False) -> str:
    """Put the image under a tag of a repository and return its digest.

    ``ecr`` is a botocore client of the embedded AWS. Pushing the same image under the same tag again is no error.
    Raises UsageError when the repository isn't there (``create`` makes it) or the tag can't be moved.
    """
    if create:
        _create(ecr, repository)
    try:
        for blob in (image.layer, image.config):
            _upload(ecr, repository, blob)
        ecr.put_image(
            repositoryName=repository,
            imageManifest=image.manifest.decode(),
            imageManifestMediaType=MANIFEST_TYPE,
            imageTag=tag,
        )
    except ClientError as error:
        _explain(error, repository, tag, image)
    return image.digest


def _create(ecr: Any, repository: str) -> None:
    try:
        ecr.create_repository(repositoryName=repository)
    except ClientError as error:
        if error.response["Error"]["Code"] != "RepositoryAlreadyExistsException":
            raise


def _upload(ecr: Any, repository: str, blob: bytes) -> None:
    name = digest(blob)
    found = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=[name])
    if found["layers"]:
        return
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    for first in range(0, len(blob), _PART):
        part = blob[first : first + _PART]
        ecr.upload_layer_part(
            repositoryName=repository,
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[name])


def _explain(error: ClientError, repository: str, tag: str, image: Packed) -> None:
    """Let the same image under the same tag pass; every other refusal becomes an error a person can act on."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code == "ImageAlreadyExistsException" and image.digest in message:
        return
    if code == "RepositoryNotFoundException":
        raise UsageError(
            f"{repository}:{tag} was not pushed", "the repository doesn't exist in this embedded AWS",
            hint="let your stack create it first, or add --create",
        ) from None  # fmt: skip
    if code in ("ImageTagAlreadyExistsException", "ImageAlreadyExistsException"):
        raise UsageError(
            f"{repository}:{tag} was not pushed", "the tag is there and the repository forbids moving it",
            hint="choose a new tag, such as the commit",
        ) from None  # fmt: skip
    raise UnreadableInput(f"{repository}:{tag} was not pushed", f"{code}: {message}") from None
