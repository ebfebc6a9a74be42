"""Each of the four counters rises on the facts that it is there for, and on nothing else."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.faults.ledger import Asked, Ledger
from tests.faults.verdict import Database, Row, judge

ROW = Row("o-1", "alice", Decimal("5.10"), "PROCESSED", "k-1")
ASKED = Asked("alice", "5.1", "k-1", {"o-1"}, [None, 202])
CLEAN = Database([ROW], Counter({"o-1": 1}), set(), [])


def database(*rows: Row, effects: dict[str, int] | None = None, dead: set[str] | None = None, outbox=()):
    processed = {row.id: 1 for row in rows if row.status == "PROCESSED"}
    return Database(list(rows), Counter(processed if effects is None else effects), dead or set(), [*outbox])


def test_what_was_answered_and_is_finished_once_is_clean():
    assert judge(Ledger([ASKED]), CLEAN).counts() == {"lost": 0, "doubled": 0, "stuck": 0, "half_written": 0}


def test_a_failed_order_is_finished_with_its_dead_letter_row_and_without_an_effect():
    failed = replace(ROW, status="FAILED")
    assert not any(judge(Ledger([ASKED]), database(failed, dead={"o-1"})).counts().values())


def test_a_whole_order_of_a_request_without_an_answer_is_allowed():
    unanswered = Asked("alice", "5.10", "k-1", set(), [None])
    assert not any(judge(Ledger([unanswered]), CLEAN).counts().values())


def test_an_order_whose_message_the_queue_gave_up_may_be_brought_on_without_it():
    assert not any(judge(Ledger([ASKED]), replace(CLEAN, abandoned=["o-1"]), {"o-1"}).counts().values())


UNANSWERED = replace(ASKED, order_ids=set())
PENDING = replace(ROW, status="PENDING")


@pytest.mark.parametrize(
    ("asked", "stored", "expected"),
    [
        pytest.param(ASKED, database(), {"lost": 1}, id="answered, not stored"),
        pytest.param(
            ASKED, database(ROW, replace(ROW, id="o-2")), {"doubled": 1}, id="one key made two orders"
        ),
        pytest.param(ASKED, database(ROW, effects={"o-1": 2}), {"doubled": 1}, id="two effects"),
        pytest.param(ASKED, database(ROW, effects={}), {"doubled": 1}, id="processed without an effect"),
        pytest.param(
            ASKED, database(replace(ROW, status="FAILED"), effects={"o-1": 1}, dead={"o-1"}),
            {"doubled": 1}, id="failed with an effect",
        ),
        pytest.param(ASKED, replace(CLEAN, taken=["o-1"]), {"doubled": 1}, id="two workers at once"),
        pytest.param(ASKED, replace(CLEAN, abandoned=["o-1"]), {"stuck": 1}, id="brought on by the net"),
        pytest.param(ASKED, database(PENDING), {"stuck": 1}, id="pending for ever"),
        pytest.param(ASKED, database(replace(ROW, status="PROCESSING")), {"stuck": 1}, id="in work for ever"),
        pytest.param(ASKED, database(ROW, outbox=["o-1"]), {"stuck": 1}, id="an event that was never sent"),
        pytest.param(
            UNANSWERED, database(PENDING), {"stuck": 1, "half_written": 1}, id="no 202, an order without event"
        ),
        pytest.param(
            ASKED, database(ROW, outbox=["o-9"]), {"half_written": 1}, id="an event without an order"
        ),
        pytest.param(
            ASKED, database(replace(ROW, amount=Decimal(9))), {"half_written": 1}, id="another amount"
        ),
        pytest.param(ASKED, database(ROW, dead={"o-1"}), {"half_written": 1}, id="processed and dead"),
        pytest.param(
            ASKED, database(ROW, replace(ROW, id="o-2", customer="mallory")),
            {"half_written": 1}, id="never asked for",
        ),
    ],
)  # fmt: skip
def test_each_wrong_state_raises_its_counter_alone(asked, stored, expected):
    zero = {"lost": 0, "doubled": 0, "stuck": 0, "half_written": 0}
    assert judge(Ledger([asked]), stored).counts() == zero | expected
