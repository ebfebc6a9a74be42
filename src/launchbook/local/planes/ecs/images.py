"""Pulling: from the name of an image to its files in a folder and its configuration, out of the local ECR."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchbook.local.images import aliases
from launchbook.local.images.reference import Reference
from launchbook.local.plane import ACCOUNT


class CannotPull(Exception):
    """The image can't be pulled; the text is the task's stopped reason."""


@dataclass(frozen=True)
class Pulled:
    """An image on this machine; ``digest`` is None when a command stands for it."""

    config: Mapping[str, Any]
    digest: str | None


class Puller:
    """Pulls from the ECR of one embedded AWS. ``ecr`` gives moto's ECR of a region, ``state`` the instance's folder."""

    def __init__(self, ecr: Callable[[str], Any], state: Path) -> None:
        self._ecr = ecr
        self._state = state

    def pull(self, image: str, root: Path, *, pinned: str | None, host: str, ports: Sequence[int]) -> Pulled:
        """Unpack an image of the local ECR into ``root``, or find the command that stands for a foreign one.

        ``pinned`` is the digest that the image's deployment began with. Raises CannotPull.
        """
        root.mkdir(parents=True, exist_ok=True)
        try:
            reference = Reference.parse(image)
        except ValueError as error:
            raise CannotPull(f"CannotPullContainerError: invalid reference format: {error}") from None
        ours = reference.region is not None and reference.account == ACCOUNT
        wanted = reference.at(pinned) if pinned else reference
        entry = self._entry(wanted) if ours else None
        if entry is not None:
            return self._unpack(wanted, entry, root)
        command = aliases.command_for(self._state, image)
        if command is not None:
            return Pulled({"Entrypoint": aliases.filled(command, host, ports)}, None)
        raise CannotPull(_not_found(wanted) if ours else _foreign(wanted))

    def digest(self, image: str) -> str | None:
        """What the image's tag means now; None for what is not in the local ECR."""
        try:
            reference = Reference.parse(image)
        except ValueError:
            return None
        found = self._entry(reference) if reference.region else None
        return found.image_digest if found else None

    def _entry(self, reference: Reference) -> Any:
        repository = self._ecr(str(reference.region)).repositories.get(reference.repository)
        images = repository.images if repository else ()
        wanted, tag = reference.digest, reference.tag
        return next(
            (i for i in images if (i.image_digest == wanted if wanted else tag in i.image_tags)), None
        )

    def _unpack(self, reference: Reference, entry: Any, root: Path) -> Pulled:
        manifest = json.loads(entry.image_manifest)
        blobs = self._state / "images" / "blobs"
        try:
            config = json.loads((blobs / manifest["config"]["digest"]).read_bytes())
            for layer in manifest["layers"]:
                data = (blobs / layer["digest"]).read_bytes()
                with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                    tar.extractall(root, filter="data")
        except (OSError, KeyError, ValueError, tarfile.TarError):
            raise CannotPull(
                f"CannotPullContainerError: {reference}: the manifest is there but its layers were never pushed; "
                "hint: push with launchbook local image build"
            ) from None
        return Pulled(config.get("config") or {}, entry.image_digest)


def _not_found(reference: Reference) -> str:
    name = f"{reference.registry}/{reference.repository}" + (
        f"@{reference.digest}" if reference.digest else f":{reference.tag}"
    )
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {name}: {name}: not found"
    )


def _foreign(reference: Reference) -> str:
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {reference}: the embedded AWS pulls from its own ECR only; "
        f"hint: launchbook local image alias {reference.repository.removeprefix('library/')} -- COMMAND"
    )
