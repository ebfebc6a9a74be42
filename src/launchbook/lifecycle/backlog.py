"""What a burst of requests did to a platform: how its queue rose and fell, and that nothing was lost. Pure."""

from __future__ import annotations

from dataclasses import replace

from launchbook.lifecycle.probe import Probe, Proof
from launchbook.lifecycle.proofs import Part, Seen, counts, fell, finding, of_rows
from launchbook.model import Finding


def judge_burst(probe: Probe, seen: Seen, asked: int, sending: float) -> Finding:
    """Whether a burst of ``asked`` requests went through: all taken, all ended as they should, the queue short again.

    How long the queue grew is said as it was seen: a consumer that is faster than the looks is no failure, and the
    end and the counts decide. ``sending`` is seconds.
    """
    taken = len(seen.ids)
    parts: list[Part] = []
    if taken < asked:
        parts.append(Part("FAIL", f"{asked - taken} of {asked} requests were not taken", "door", taken))
    if taken:
        parts += [
            part for proof in probe.proofs if proof.answer or proof.states for part in of_rows(proof, seen)
        ]
    parts.append(_fell(seen))
    found = finding(Proof(name="backlog", title=probe.burst.title if probe.burst else "a burst"), parts, seen)
    if found.status != "PASS":
        return found
    ended = "; every one of them ended as it should" if len(parts) > 1 else ""
    return replace(found, why=f"{taken} requests in {sending:.1f} s; {course(seen)}{ended}")


def _fell(seen: Seen) -> Part:
    if "queue" in seen.unread or not seen.looks:
        return Part("UNKNOWN", seen.unread.get("queue", "the queue was not looked at"), "queue")
    first, last = seen.looks[0], seen.looks[-1]
    if seen.dead is not None and seen.dead[1] > seen.dead[0]:
        return Part("FAIL", f"dead letters went from {seen.dead[0]} to {seen.dead[1]}", "queue", seen.dead)
    if last.total > first.total:
        return Part("FAIL", f"the backlog did not fall in time: {course(seen)}", "queue", counts(first, last))
    highest = max(seen.looks, key=lambda look: look.total)
    return Part("PASS", course(seen), "queue", counts(first, highest, fell(seen)))


def course(seen: Seen) -> str:
    """How the queue's length went: before, at its highest, at the end; seconds are from the first request."""
    first = seen.looks[0]
    highest = max(seen.looks, key=lambda look: look.total)
    if highest.total == first.total:
        return (
            f"none of {len(seen.looks)} looks saw more than {first.total} in the queue: the consumer keeps up"
        )
    end = fell(seen)
    high, after = ((look.at - first.at).total_seconds() for look in (highest, end))
    return (
        f"the queue went from {first.total} to {highest.total} after {high:.1f} s "
        f"and to {end.total} after {after:.1f} s"
    )
