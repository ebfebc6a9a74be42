"""One region's registry."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

from moto.ecr import models, urls
from moto.ecr.exceptions import RepositoryNotFoundException


class Image(models.Image):
    """An image whose digest is that of its manifest, and whose size is that of its layers."""

    def _create_digest(self) -> None:
        self._image_digest = "sha256:" + hashlib.sha256(self.image_manifest.encode()).hexdigest()

    def get_image_size_in_bytes(self) -> int | None:
        """Bytes of its layers; None for an index of images."""
        layers = json.loads(self.image_manifest).get("layers")
        return None if layers is None else sum(int(layer.get("size", 0)) for layer in layers)

    def remove_tag(self, tag: str) -> None:
        """Take a tag away; the last one leaves an untagged image."""
        super().remove_tag(tag)
        if not self.image_tags:
            self.image_tag = None  # type: ignore[assignment]


class Registry(models.ECRBackend):
    """moto's state, with the bytes of layers kept so that what was pushed can be pulled."""

    #: Where blobs lie, set when the plane is installed.
    blobs: ClassVar[Path]

    @property
    def _url_module(self) -> Any:
        return urls

    def complete_layer_upload(
        self, repository_name: str, upload_id: str, layer_digests: list[str], registry_id: str | None = None
    ) -> dict[str, Any]:
        """Keep the uploaded bytes under their digest."""
        repository = self._get_repository(repository_name, registry_id)
        upload = repository.uploads.get(upload_id)
        data = bytes(upload.layer_parts) if upload else b""
        answer = super().complete_layer_upload(repository_name, upload_id, layer_digests, registry_id)
        path = self.blobs / str(answer["layerDigest"])
        if not path.exists():
            new = path.with_name(f"{path.name}.{upload_id}")
            new.write_bytes(data)
            new.replace(path)
        return answer

    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: str,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> models.Image:
        """Put an image; the one that had the tag keeps its other tags and its digest, as on AWS."""
        repository = self.repositories.get(repository_name)
        if repository is None:
            raise RepositoryNotFoundException(repository_name, self.account_id)
        if image_tag:
            holders = self._resolve_image_tag_mutability(repository, image_tag)
            for image in holders:
                if image.image_manifest != image_manifest:
                    image.remove_tag(image_tag)
        known = next((i for i in repository.images if i.image_manifest == image_manifest), None)
        if known is not None and image_tag and image_tag not in known.image_tags:
            known.update_tag(image_tag)
            return known
        return super().put_image(repository_name, image_manifest, image_tag, image_manifest_mediatype, digest)
