"""State files beside their source: a state whose folder has no Terraform left, and what only a state still lists."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Facts, Relation
from launchbook.repo.wiring import place


def relate(facts: Facts) -> Iterator[Relation]:
    """State to the root it belongs to; unresolved when the source is gone."""
    roots = {fact.name: fact for fact in facts.seen("terraform_root")}
    for state in facts.seen("terraform_state"):
        folder = state.where.file.rpartition("/")[0] or "."
        root = roots.get(folder)
        target = root.id if root else folder
        where = place(state, "lineage")
        yield Relation(
            kind="state-of", source=state.id, target=target, where=where, resolved=root is not None
        )
