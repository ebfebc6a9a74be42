"""An image as ECR holds it: one layer, a configuration and a manifest, the same bytes for the same files."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import platform
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchbook.local.images.stage import Stage

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
_LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Packed:
    """The three parts of an image, as bytes."""

    layer: bytes
    config: bytes
    manifest: bytes

    @property
    def digest(self) -> str:
        """The digest of the manifest, by which the image is addressed."""
        return digest(self.manifest)


def digest(data: bytes) -> str:
    """``sha256:…`` of these bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def pack(stage: Stage) -> Packed:
    """The finished stage as an image."""
    tar = _tar(stage.files)
    layer = gzip.compress(tar, compresslevel=6, mtime=0)
    config = _json(
        {
            "architecture": _MACHINES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": _settings(stage),
            "rootfs": {"type": "layers", "diff_ids": [digest(tar)]},
            "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "launchbook local image build"}],
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": {"mediaType": _CONFIG_TYPE, "size": len(config), "digest": digest(config)},
            "layers": [{"mediaType": _LAYER_TYPE, "size": len(layer), "digest": digest(layer)}],
        }
    )
    return Packed(layer, config, manifest)


def _settings(stage: Stage) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "User": stage.user,
        "ExposedPorts": {port: {} for port in sorted(set(stage.ports))} or None,
        "Env": [f"{key}={value}" for key, value in stage.environment.items()],
        "Entrypoint": stage.entrypoint,
        "Cmd": stage.command,
        "Healthcheck": stage.healthcheck,
        "WorkingDir": stage.workdir,
        "Labels": dict(sorted(stage.labels.items())),
        "StopSignal": stage.stop_signal or None,
    }
    return {key: value for key, value in settings.items() if value is not None}


def _tar(root: Path) -> bytes:
    """The files below ``root`` in order of their names, without owners and times."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            entry = tar.gettarinfo(path, path.relative_to(root).as_posix())
            if entry is None or not (entry.isreg() or entry.isdir() or entry.issym()):
                continue
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            if entry.isreg():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    return held.getvalue()


def _json(document: object) -> bytes:
    return json.dumps(document, indent=3).encode()
