"""What the steps of one release tell each other, and what is kept of it until it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from launchbook.lifecycle.asking import Aws, needed
from launchbook.lifecycle.expected import services_of
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.registry import tagged
from launchbook.lifecycle.steps import Work

HINT = "launchbook doctor   (says which permission is missing)"


@dataclass
class Release:
    """What the steps of one release tell each other. ``previous`` is each repository's stable digest before it."""

    work: Work
    aws: Aws
    commit: str
    timeout: float
    previous: dict[str, str | None] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def repositories(self) -> dict[str, str]:
        """The stable tag of each repository."""
        outputs = self.work.outputs()
        return {outputs.text(one.repository): one.stable for one in self.work.platform.images}

    @property
    def services(self) -> list[tuple[str, str]]:
        """Cluster and name of each service."""
        return services_of(self.work, self.work.outputs())

    def remember(self) -> None:
        """Keep what was stable before, also for the same run when it goes on after it was killed.

        Another run's is not ours: who knows what was released since.
        """
        path = _path(self.work)
        known = read_json(path) or {}
        if known.get("run") != self.work.run.id:
            with needed(HINT):
                found = {name: tagged(self.aws, name, stable) for name, stable in self.repositories.items()}
            previous = {name: one.digest if one else None for name, one in found.items()}
            known = {"run": self.work.run.id, "previous": previous}
            write_json(path, known)
        self.previous = known["previous"]

    def forget(self) -> None:
        """The release has ended."""
        forget_release(self.work)


def forget_release(work: Work) -> None:
    """Nothing is kept of a release any more: it has ended, or its platform is gone."""
    _path(work).unlink(missing_ok=True)


def _path(work: Work) -> Path:
    return work.home.state(work.target.key) / "release.json"
