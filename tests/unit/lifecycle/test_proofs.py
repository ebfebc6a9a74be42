"""Each proof of a request can hold, fail and be unknown, and says which; nothing unseen is taken for proven."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from launchbook.lifecycle.backlog import judge_burst
from launchbook.lifecycle.probe import Burst, Probe, Proof, Query, Request
from launchbook.lifecycle.proofs import Line, Look, Seen, judge

BEGUN = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
PROBE = Probe(
    request=Request(method="POST", url="http://door/things", status=202),
    id="id",
    correlation="X-Correlation-Id",
    query=Query(task="ask", command=("show", "{id}")),
    queue="queue",
    dead_letters="dead",
    proofs=(
        Proof(name="stored", title="Stored", answer={"id": "{id}", "amount": 123}),
        Proof(name="published", title="Published", answer={"outbox": 0}, queue="reached"),
        Proof(name="consumed", title="Consumed", log_group="/worker", line={"cid": "{correlation}"}),
        Proof(
            name="processed", title="Processed", answer={"status": "DONE"},
            states={"NEW": "created", "BUSY": "started", "DONE": "ended"},
        ),
        Proof(name="deleted", title="Deleted", queue="emptied"),
    ),
    burst=Burst(title="Backlog falls", count=2),
)  # fmt: skip
ROW = {
    "id": "a", "amount": 123.0, "outbox": 0, "status": "DONE",
    "created": "2026-06-01T12:00:00.100Z", "started": "2026-06-01T12:00:00.200Z", "ended": "2026-06-01T12:00:00.300Z",
}  # fmt: skip
PENDING = ROW | {"status": "NEW", "started": None, "ended": None}


def looks(*totals: int) -> tuple[Look, ...]:
    return tuple(Look(BEGUN + timedelta(seconds=number), total) for number, total in enumerate(totals))


LINE = Line(BEGUN + timedelta(seconds=0.5), {"event": "done", "cid": "c"})
ALL_WELL = Seen(
    ids=("a",), correlation="c", rows=(ROW,), lines={"consumed": LINE}, looks=looks(0, 1, 0), dead=(0, 0)
)


def statuses(seen: Seen) -> dict[str, str]:
    return {one.check.removeprefix("proof-"): one.status for one in judge(PROBE, seen)}


def why(seen: Seen, name: str) -> str:
    return next(one.why for one in judge(PROBE, seen) if one.check == f"proof-{name}")


def test_all_five_hold_and_each_has_its_evidence_and_time() -> None:
    findings = judge(PROBE, ALL_WELL)
    assert [one.subject for one in findings] == ["Stored", "Published", "Consumed", "Processed", "Deleted"]
    assert {one.status for one in findings} == {"PASS"}
    assert all(one.evidence for one in findings)
    assert "12:00:01.000Z" in why(ALL_WELL, "published")
    assert "12:00:00.500Z" in why(ALL_WELL, "consumed")
    assert why(ALL_WELL, "processed") == (
        "NEW 2026-06-01T12:00:00.100Z → BUSY 2026-06-01T12:00:00.200Z → DONE 2026-06-01T12:00:00.300Z"
    )
    assert "12:00:02.000Z" in why(ALL_WELL, "deleted")


def test_a_stopped_consumer_leaves_what_it_would_have_done_missing_and_nothing_else() -> None:
    seen = replace(ALL_WELL, rows=(PENDING,), lines={}, looks=looks(0, 1, 1))
    assert statuses(seen) == {
        "stored": "PASS", "published": "PASS", "consumed": "FAIL", "processed": "FAIL", "deleted": "FAIL",
    }  # fmt: skip
    assert "it never came to BUSY" in why(seen, "processed")
    assert "1 in the queue, 0 before" in why(seen, "deleted")


def test_a_relay_that_does_not_send_is_the_published_one() -> None:
    seen = replace(ALL_WELL, rows=(PENDING | {"outbox": 1},), lines={}, looks=looks(0, 0, 0))
    assert statuses(seen) == {
        "stored": "PASS", "published": "FAIL", "consumed": "FAIL", "processed": "FAIL", "deleted": "FAIL",
    }  # fmt: skip
    assert "outbox is 1, not 0" in why(seen, "published")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"rows": ()}, "stored"),
        ({"rows": (ROW | {"amount": 1},)}, "stored"),
        ({"rows": (ROW | {"id": "b"},)}, "stored"),
        ({"rows": (ROW | {"amount": True},)}, "stored"),
        ({"rows": (ROW | {"started": None},)}, "processed"),
        ({"rows": (ROW | {"ended": "2026-06-01T12:00:00.150Z"},)}, "processed"),
        ({"looks": looks(0, 1, 1)}, "deleted"),
        ({"dead": (0, 1)}, "deleted"),
        ({"lines": {}}, "consumed"),
    ],
)  # fmt: skip
def test_each_proof_fails_by_itself(change: dict[str, Any], missing: str) -> None:
    assert statuses(replace(ALL_WELL, **change))[missing] == "FAIL"


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"rows": (), "unread": {"rows": "ecs:RunTask: AccessDenied"}}, {"stored", "published", "processed"}),
        ({"lines": {}, "looks": (), "unread": {"lines": "logs:FilterLogEvents: AccessDenied"}}, {"consumed"}),
        ({"lines": {}, "unread": {"lines": "logs:FilterLogEvents: AccessDenied"}}, {"consumed", "deleted"}),
        ({"unread": {"queue": "sqs:GetQueueAttributes: AccessDenied"}}, {"deleted"}),
        ({"lines": {}, "looks": (), "unread": {"queue": "sqs:GetQueueAttributes: AccessDenied"}}, {"published"}),
    ],
)  # fmt: skip
def test_what_was_not_read_is_unknown_and_says_what_would_show_it(
    change: dict[str, Any], unknown: set[str]
) -> None:
    found = statuses(replace(ALL_WELL, **change))
    assert {name for name in unknown if found[name] == "UNKNOWN"} == unknown
    (text,) = change["unread"].values()
    assert any(text in why(replace(ALL_WELL, **change), name) for name in unknown)


def test_a_consumer_that_is_faster_than_any_look_proves_that_the_message_was_there() -> None:
    seen = replace(ALL_WELL, looks=looks(0, 0))
    assert statuses(seen)["published"] == "PASS"
    assert "sooner than a look" in why(seen, "published")


def test_a_message_that_nobody_saw_is_not_proven_published() -> None:
    assert statuses(replace(ALL_WELL, lines={}, looks=looks(0, 0)))["published"] == "UNKNOWN"


def test_a_message_that_is_gone_though_nobody_took_it_is_not_deleted_as_it_should_be() -> None:
    assert statuses(replace(ALL_WELL, lines={}, looks=looks(0, 1, 0)))["deleted"] == "FAIL"


MANY = replace(ALL_WELL, ids=("a", "b"), rows=(ROW, ROW | {"id": "b"}), lines={})


def test_a_burst_says_how_the_backlog_rose_and_fell() -> None:
    found = judge_burst(PROBE, replace(MANY, looks=looks(0, 30, 55, 20, 0, 0)), 2, 0.4)
    assert (found.status, found.subject) == ("PASS", "Backlog falls")
    assert "the queue went from 0 to 55 after 2.0 s and to 0 after 4.0 s" in found.why


def test_a_burst_that_no_look_saw_is_judged_by_its_end() -> None:
    found = judge_burst(PROBE, replace(MANY, looks=looks(0, 0, 0)), 2, 0.4)
    assert found.status == "PASS"
    assert "none of 3 looks saw more than 0 in the queue: the consumer keeps up" in found.why


@pytest.mark.parametrize(
    ("change", "asked", "said"),
    [
        ({"looks": looks(0, 30, 20)}, 2, "the backlog did not fall in time"),
        ({"rows": (ROW, PENDING | {"id": "b"})}, 2, "1 of 2, the first"),
        ({"rows": (ROW,)}, 2, "no row of 1 of 2"),
        ({}, 3, "1 of 3 requests were not taken"),
        ({"dead": (0, 2)}, 2, "dead letters went from 0 to 2"),
    ],
)
def test_a_burst_can_fail(change: dict[str, Any], asked: int, said: str) -> None:
    found = judge_burst(PROBE, replace(MANY, **change), asked, 0.4)
    assert found.status == "FAIL"
    assert said in found.why


def test_a_burst_whose_queue_was_not_read_is_unknown() -> None:
    assert judge_burst(PROBE, replace(MANY, unread={"queue": "AccessDenied"}), 2, 0.4).status == "UNKNOWN"
