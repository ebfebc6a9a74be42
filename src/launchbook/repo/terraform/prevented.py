"""Which resources ``prevent_destroy`` keeps: the files say it, a plan does not."""

from __future__ import annotations

from pathlib import Path

from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.syntax import Literal
from launchbook.repo.lined import Unreadable


def prevented(folder: Path) -> tuple[str, ...]:
    """The addresses (``type.name``, without index) in a root's own files. A file that can't be read has none."""
    found = []
    for path in sorted(folder.glob("*.tf")):
        try:
            body = parse_hcl(path.read_text("utf-8", "replace"))
        except (OSError, Unreadable):
            continue
        for resource in body.all("resource"):
            for lifecycle in resource.body.all("lifecycle"):
                said = lifecycle.body.attributes.get("prevent_destroy")
                if said is not None and isinstance(said.value, Literal) and said.value.value is True:
                    found.append(".".join(resource.labels))
    return tuple(found)
