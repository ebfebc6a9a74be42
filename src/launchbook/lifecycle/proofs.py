"""What was seen of a request on its way through a platform, and what that proves. Pure: no call, no clock.

A proof is PASS, FAIL or UNKNOWN like any finding: what could not be read proves nothing, and nothing is taken to be
true because something after it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from launchbook.lifecycle.door import includes
from launchbook.lifecycle.probe import Probe, Proof
from launchbook.model import Evidence, Finding, Level, Status


@dataclass(frozen=True)
class Look:
    """A queue at an instant: messages that wait, that somebody holds, and that are not due yet."""

    at: datetime
    waiting: int
    in_flight: int = 0
    delayed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.in_flight + self.delayed


@dataclass(frozen=True)
class Line:
    """A log line that was looked for, and when it was written."""

    at: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that was observed. The first of ``looks`` was before the request; ``dead`` counts dead letters before and
    after.

    ``lines`` are by the proof that asks for them; ``unread`` says why a part (``rows``, ``lines``, ``queue``) could not
    be read; ``sources`` says where each part was read.
    """

    ids: tuple[str, ...] = ()
    correlation: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()
    lines: Mapping[str, Line] = field(default_factory=dict)
    looks: tuple[Look, ...] = ()
    dead: tuple[int, int] | None = None
    unread: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    level: Level = "live"


@dataclass(frozen=True)
class Part:
    """How one condition of a proof ended."""

    status: Status
    why: str
    part: str
    value: object = None


def judge(probe: Probe, seen: Seen) -> list[Finding]:
    """One finding for each proof, in the order of the file."""
    return [finding(proof, list(_parts(proof, probe, seen)), seen) for proof in probe.proofs]


def finding(proof: Proof, parts: Sequence[Part], seen: Seen) -> Finding:
    """A proof as its parts make it: FAIL before UNKNOWN before PASS."""
    statuses = [one.status for one in parts]
    status: Status = "FAIL" if "FAIL" in statuses else "UNKNOWN" if "UNKNOWN" in statuses else "PASS"
    telling = [one.why for one in parts if one.status == status]
    return Finding(
        check=f"proof-{proof.name}",
        status=status,
        severity="critical",
        subject=proof.title,
        why="; ".join(telling),
        evidence=tuple(
            Evidence(seen.sources.get(one.part, one.part), seen.level, one.value)
            for one in parts
            if one.status != "UNKNOWN"
        ),
        fix="Read the first cause, and the log of the service behind it." if status == "FAIL" else "",
    )


def _parts(proof: Proof, probe: Probe, seen: Seen) -> Iterator[Part]:
    if proof.answer or proof.states:
        yield from of_rows(proof, seen)
    if proof.line:
        yield _of_line(proof, seen)
    if proof.queue == "reached":
        yield _reached(probe, seen)
    if proof.queue == "emptied":
        yield _emptied(probe, seen)


def of_rows(proof: Proof, seen: Seen) -> Iterator[Part]:
    """What the rows say of a proof's ``answer`` and ``states``; of many, how many say something else."""
    if "rows" in seen.unread:
        yield Part("UNKNOWN", seen.unread["rows"], "rows")
        return
    missing = len(seen.ids) - len(seen.rows)
    if not seen.ids or missing:
        what = seen.ids[0] if len(seen.ids) == 1 else f"{missing} of {len(seen.ids)}"
        yield Part("FAIL", f"the platform has no row of {what}", "rows", {"ids": len(seen.ids)})
        return
    wrong = [(row, why) for row in seen.rows if (why := _wrong(proof, row, seen))]
    if wrong:
        row, why = wrong[0]
        many = f"{len(wrong)} of {len(seen.rows)}, the first: " if len(seen.rows) > 1 else ""
        yield Part("FAIL", f"{many}{why}", "rows", _shown(proof, row))
        return
    first = seen.rows[0]
    yield Part("PASS", _said(proof, first), "rows", _shown(proof, first))


def _wrong(proof: Proof, row: Mapping[str, Any], seen: Seen) -> str:
    return "; ".join(text for text in (_differs(proof, row, seen), _untimed(proof, row)) if text)


def _differs(proof: Proof, row: Mapping[str, Any], seen: Seen) -> str:
    """Where a row is not what it should be; empty when it is."""
    wrong = [
        f"{name} is {row.get(name)!r}, not {expected!r}"
        for name, expected in _filled(proof.answer, seen, str(row.get("id", ""))).items()
        if name not in row or not includes(row[name], expected)
    ]
    return ", ".join(wrong)


def _untimed(proof: Proof, row: Mapping[str, Any]) -> str:
    """The state that a row never came to, or that came before the one before it; empty when all are in order."""
    before = ""
    for state, name in proof.states.items():
        at = row.get(name)
        if not at:
            return f"it never came to {state}"
        if str(at) < before:
            return f"{state} at {at} is before the state it follows"
        before = str(at)
    return ""


def _said(proof: Proof, row: Mapping[str, Any]) -> str:
    """What a row says, in words: its states with their times, or the fields that were asked for."""
    times = " → ".join(f"{state} {row[name]}" for state, name in proof.states.items())
    return times or ", ".join(f"{name} {row[name]}" for name in proof.answer)


def _shown(proof: Proof, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row that a proof looks at, and the id."""
    names = ["id", *proof.answer, *proof.states.values()]
    return {name: row[name] for name in dict.fromkeys(names) if name in row}


def _of_line(proof: Proof, seen: Seen) -> Part:
    line = seen.lines.get(proof.name)
    if line is not None:
        said = next(
            (str(line.said[key]) for key in ("event", "message", "msg") if key in line.said), "a line"
        )
        return Part("PASS", f"{said!r} logged at {moment(line.at)}", "lines", dict(line.said))
    if "lines" in seen.unread:
        return Part("UNKNOWN", seen.unread["lines"], "lines")
    wanted = _filled(proof.line, seen, "")
    return Part("FAIL", f"no line of {proof.log_group} says {wanted}", "lines", {"lines": 0})


def _reached(probe: Probe, seen: Seen) -> Part:
    received = next((seen.lines[one.name] for one in probe.proofs if one.name in seen.lines), None)
    more = [look for look in seen.looks[1:] if look.total > seen.looks[0].total]
    if more:
        why = f"the queue went from {seen.looks[0].total} to {more[0].total} at {moment(more[0].at)}"
        return Part("PASS", why, "queue", counts(seen.looks[0], more[0]))
    if received is not None:
        why = f"its consumer had it at {moment(received.at)}, sooner than a look at the queue"
        return Part("PASS", why, "lines", dict(received.said))
    if "queue" in seen.unread:
        return Part("UNKNOWN", seen.unread["queue"], "queue")
    return Part("UNKNOWN", "no look at the queue showed it, and no consumer's log", "queue")


def _emptied(probe: Probe, seen: Seen) -> Part:
    if "queue" in seen.unread or not seen.looks:
        return Part("UNKNOWN", seen.unread.get("queue", "the queue was not looked at"), "queue")
    first, last = seen.looks[0], seen.looks[-1]
    if seen.dead is not None and seen.dead[1] > seen.dead[0]:
        return Part("FAIL", f"dead letters went from {seen.dead[0]} to {seen.dead[1]}", "queue", seen.dead)
    if last.total > first.total:
        why = f"{last.total} in the queue, {first.total} before: {last.waiting} wait, {last.in_flight} in flight"
        return Part("FAIL", why, "queue", counts(first, last))
    consumer = [one.name for one in probe.proofs if one.line]
    consumed = any(name in seen.lines for name in consumer)
    if consumer and not consumed and "lines" in seen.unread:
        return Part("UNKNOWN", f"whether somebody took it: {seen.unread['lines']}", "queue")
    if consumer and not consumed:
        return Part(
            "FAIL", "it is not in the queue, and nobody took it from there", "queue", counts(first, last)
        )
    if not consumer and _reached(probe, seen).status != "PASS":
        return Part("UNKNOWN", "it was not seen in the queue before", "queue")
    gone = fell(seen)
    return Part("PASS", f"{gone.total} in the queue at {moment(gone.at)}, {first.total} before", "queue",
                counts(first, gone))  # fmt: skip


def fell(seen: Seen) -> Look:
    """The look at which the queue was as short again as at first: after the longest, and once it was consumed."""
    first = seen.looks[0]
    highest = max(seen.looks, key=lambda look: look.total)
    since = max((highest.at, *(line.at for line in seen.lines.values())))
    return next(
        (look for look in seen.looks if look.at >= since and look.total <= first.total), seen.looks[-1]
    )


def counts(*looks: Look) -> list[dict[str, object]]:
    """Looks as evidence shows them."""
    return [
        {"at": moment(one.at), "waiting": one.waiting, "in_flight": one.in_flight, "delayed": one.delayed}
        for one in looks
    ]


def _filled(expected: Mapping[str, Any], seen: Seen, own: str) -> dict[str, Any]:
    """What is expected, with this run's own ids in the place of ``{id}`` and ``{correlation}``."""
    own = own if own in seen.ids else next(iter(seen.ids), "")
    places = {"{id}": own, "{correlation}": seen.correlation}
    return {
        name: places.get(value, value) if isinstance(value, str) else value
        for name, value in expected.items()
    }


def moment(at: datetime) -> str:
    """A time of this day, UTC, to the millisecond."""
    return f"{at.astimezone(UTC):%H:%M:%S.%f}"[:-3] + "Z"
