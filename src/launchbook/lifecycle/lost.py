"""A remote state that went with its bucket: what it held is in no state any more, and no destroy removes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from launchbook.lifecycle.made import held, save_held
from launchbook.lifecycle.platform import Root
from launchbook.lifecycle.steps import Work
from launchbook.model import Evidence, Finding

_NAMED = 5


def lost_states(work: Work, roots: Iterable[Root]) -> Iterator[Finding]:
    """A finding for each of these roots, which have no state, that held something when it was last seen.

    It is said once: what was made is known to a sweep.
    """
    for root in roots:
        known = held(work).get(root.name)
        if not known:
            continue
        names = [f"{one['type']} {one['id']}" for one in known]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield Finding(
            check="state-kept", status="FAIL", severity="critical", subject=root.name,
            why=f"its state is gone, so this was not destroyed: {', '.join(names[:_NAMED])}{more}",
            evidence=(Evidence("held.json", "emulated" if work.target.endpoint else "live", names),),
            fix="launchbook sweep --plan FILE lists what is left of it; sweep --apply FILE deletes that list.",
        )  # fmt: skip
        save_held(work, root.name, ())
