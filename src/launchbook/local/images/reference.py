"""Names of images, taken apart as a container engine does."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?$")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}$")


@dataclass(frozen=True)
class Reference:
    """``registry/repository:tag@digest``; the tag is ``latest`` when neither tag nor digest is given."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Take an image name apart. Raises ValueError for what is none."""
        name, _, digest = text.strip().partition("@")
        registry, rest = _split_registry(name)
        repository, _, tag = rest.partition(":")
        valid = re.fullmatch(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*", repository)
        if not valid or (digest and not _DIGEST.match(digest)) or not re.fullmatch(r"[\w.-]{0,128}", tag):
            raise ValueError(f"{text!r} is not the name of an image")
        if registry == "docker.io" and "/" not in repository:
            repository = f"library/{repository}"
        return cls(registry, repository, tag or (None if digest else "latest"), digest or None)

    @property
    def region(self) -> str | None:
        """The region of an ECR repository; None for every other registry."""
        found = _ECR.match(self.registry)
        return found["region"] if found else None

    @property
    def account(self) -> str | None:
        """The account of an ECR repository; None for every other registry."""
        found = _ECR.match(self.registry)
        return found["account"] if found else None

    def at(self, digest: str) -> Reference:
        """The same repository by digest."""
        return replace(self, digest=digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.registry}/{self.repository}{tag}" + (f"@{self.digest}" if self.digest else "")


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return first, rest
    return "docker.io", name
