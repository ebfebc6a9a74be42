"""When what is not there may count: no read that failed may hide it, and of an account all was listed."""

from __future__ import annotations

from launchbook.model import Fact, Facts, Gap, NotKnown


def unhidden(facts: Facts, subject: Fact, *kinds: str) -> None:
    """Let a verdict rest on the companions that were seen. Raises NotKnown when a read that failed may hide one.

    What files declare, they declare with its companions: what any other file may hold counts only where it is near.
    """
    declared = subject.declared
    for kind in kinds:
        for gap in facts.hiding(kind):
            just = kind in gap.hides and not any("*" in one for one in gap.hides)
            if not declared or just or _near(gap, subject):
                raise NotKnown(f"all {kind}", f"{gap.what} ({gap.where})", gap.hint)


def absent(facts: Facts, subject: Fact, *kinds: str) -> None:
    """Let a verdict rest on the absence of a companion of these kinds (an alarm on the queue, a role's policy).

    What files declare, they declare with its companions: for them what is not there counts, unless a file that may
    hold one could not be read. Of an account every one must have been listed. Raises NotKnown otherwise.
    """
    unhidden(facts, subject, *kinds)
    if subject.declared:
        return
    for kind in kinds:
        if kind not in facts.complete:
            raise NotKnown(f"all {kind}", "no source lists every one of them")


def _near(gap: Gap, subject: Fact) -> bool:
    """Whether a file that may hold anything may hold a companion of the subject: it is written in the same language, or
    the subject lies below its folder. Else one forgotten application would hide what every other one lacks."""
    folder, _, name = gap.where.file.rpartition("/")
    ending = name.rpartition(".")[2]
    return subject.where.file.startswith(f"{folder}/" if folder else "") or (
        subject.where.file.endswith(f".{ending}")
    )
