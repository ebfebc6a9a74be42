"""The state machine, the retry arithmetic and the rules for an order, as properties."""

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders import domain
from orders.domain import (
    Failure,
    Held,
    IllegalMove,
    InvalidOrder,
    Lease,
    NewOrder,
    Order,
    RetryPolicy,
    Stale,
    Status,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = RetryPolicy(max_retries=3, first=2, longest=900)


def order(status: Status, retry_count: int = 0, lease: Lease | None = None) -> Order:
    return Order(
        uuid.uuid4(), "customer", Decimal("1.00"), status, retry_count, None, NOW, NOW, lease
    )  # fmt: skip


def lease(seconds: float = 30) -> Lease:
    return Lease(uuid.uuid4(), NOW + timedelta(seconds=seconds))


def held(retry_count: int = 0, seconds: float = 30) -> Order:
    return order(Status.PROCESSING, retry_count, lease(seconds))


def test_a_pending_order_is_claimed_for_the_attempt_its_message_names() -> None:
    mine = lease()
    claimed = domain.claim(order(Status.PENDING, 2), 2, mine, NOW)
    assert (claimed.status, claimed.lease, claimed.retry_count) == (Status.PROCESSING, mine, 2)


@pytest.mark.parametrize("attempt", [0, 2])
def test_a_message_of_another_attempt_is_stale(attempt: int) -> None:
    with pytest.raises(Stale):
        domain.claim(order(Status.PENDING, 1), attempt, lease(), NOW)


@pytest.mark.parametrize("status", [Status.PROCESSED, Status.FAILED])
def test_a_message_of_a_finished_order_is_stale(status: Status) -> None:
    with pytest.raises(Stale):
        domain.claim(order(status), 0, lease(), NOW)


def test_an_order_in_other_hands_is_held_until_the_lease_ends() -> None:
    taken = held(seconds=10)
    with pytest.raises(Held) as waiting:
        domain.claim(taken, 0, lease(), NOW)
    assert waiting.value.remaining == timedelta(seconds=10)
    later = NOW + timedelta(seconds=10)
    assert domain.claim(taken, 0, lease(60), later).lease != taken.lease


def test_the_same_worker_may_claim_again() -> None:
    taken = held(seconds=10)
    assert taken.lease is not None
    longer = Lease(taken.lease.token, NOW + timedelta(seconds=99))
    assert domain.claim(taken, 0, longer, NOW).lease == longer


def test_success_ends_the_lease() -> None:
    done = domain.succeed(dataclasses.replace(held(), failure_reason="earlier"), NOW)
    assert (done.status, done.lease, done.failure_reason) == (Status.PROCESSED, None, None)


@given(st.integers(0, 10), st.integers(0, 10))
def test_a_retryable_failure_is_retried_max_retries_times(retries: int, allowed: int) -> None:
    policy = RetryPolicy(allowed, 2, 900)
    after = domain.fail(held(retries), Failure("busy", retryable=True), policy, NOW)
    expected = (Status.PENDING, retries + 1) if retries < allowed else (Status.FAILED, retries)
    assert (after.status, after.retry_count) == expected
    assert (after.failure_reason, after.lease) == ("busy", None)


@given(st.integers(0, 10))
def test_a_failure_for_good_is_never_retried(retries: int) -> None:
    after = domain.fail(held(retries), Failure("no", retryable=False), POLICY, NOW)
    assert (after.status, after.retry_count) == (Status.FAILED, retries)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.PROCESSING])
def test_only_an_order_in_work_can_end(status: Status) -> None:
    with pytest.raises(IllegalMove):
        domain.succeed(order(status), NOW)
    with pytest.raises(IllegalMove):
        domain.fail(order(status), Failure("no", retryable=True), POLICY, NOW)


def test_a_failed_order_starts_anew() -> None:
    again = domain.reprocess(dataclasses.replace(order(Status.FAILED, 3), failure_reason="no"), NOW)
    assert (again.status, again.retry_count, again.failure_reason) == (Status.PENDING, 0, None)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.FAILED])
def test_no_other_order_can_be_reprocessed(status: Status) -> None:
    with pytest.raises(IllegalMove, match=f"an order that is {status} can't be reprocessed"):
        domain.reprocess(order(status), NOW)


@given(st.integers(1, 10_000), st.floats(0, 900), st.floats(0, 900))
def test_delays_grow_and_stay_within_the_longest(retry: int, first: float, longest: float) -> None:
    policy = RetryPolicy(3, first, longest)
    this, following = policy.delay(retry), policy.delay(retry + 1)
    assert timedelta(0) <= this <= following <= timedelta(seconds=longest)


def test_delays_double() -> None:
    assert [POLICY.delay(retry).total_seconds() for retry in (1, 2, 3, 4)] == [2, 4, 8, 16]


class Drive:
    """Random walks: whatever happens in whatever order, an order keeps its rules."""

    moves = st.lists(
        st.sampled_from(["claim", "takeover", "succeed", "retry", "reject", "reprocess"]), max_size=30
    )


@given(Drive.moves)
def test_every_walk_keeps_the_rules(moves: list[str]) -> None:
    now, current, effects = NOW, order(Status.PENDING), 0
    for move in moves:
        before = current
        try:
            if move in ("claim", "takeover"):
                now += timedelta(seconds=31 if move == "takeover" else 1)
                mine = Lease(uuid.uuid4(), now + timedelta(seconds=30))
                current = domain.claim(current, current.retry_count, mine, now)
            elif move == "succeed":
                current = domain.succeed(current, now)
                effects += 1
            elif move == "reprocess":
                current = domain.reprocess(current, now)
            else:
                current = domain.fail(current, Failure("no", move == "retry"), POLICY, now)
        except (Stale, Held, IllegalMove):
            assert current == before
        assert (current.lease is not None) == (current.status is Status.PROCESSING)
        assert 0 <= current.retry_count <= POLICY.max_retries
        assert effects == (current.status is Status.PROCESSED)
        assert (current.id, current.customer_id, current.amount) == (
            before.id,
            before.customer_id,
            before.amount,
        )


CENTS = st.integers(1, 99_999_999_999_999).map(lambda cents: Decimal(cents) / 100)
CUSTOMERS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=128
)


@given(CUSTOMERS, CENTS)
def test_every_valid_order_is_taken_exactly(customer: str, amount: Decimal) -> None:
    assert domain.validate({"customerId": customer, "amount": amount}) == NewOrder(customer, amount)


@pytest.mark.parametrize(
    ("amount", "taken"),
    [
        (1, "1.00"),
        (Decimal("12.500"), "12.50"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("0.01"), "0.01"),
        (Decimal("3." + "0" * 50), "3.00"),
    ],
)
def test_an_amount_is_kept_to_the_cent(amount: object, taken: str) -> None:
    assert str(domain.validate({"customerId": "c", "amount": amount}).amount) == taken


@pytest.mark.parametrize(
    "amount",
    [0, -1, True, "1", None, 1.5, [], Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), Decimal("-0.00"),
     Decimal("1E+999999999"), Decimal("1E-999999999"), Decimal("1." + "0" * 50 + "1"),
     Decimal("1000000000000.00"), 10**40],
)  # fmt: skip
def test_no_other_amount_is_taken(amount: object) -> None:
    with pytest.raises(InvalidOrder) as invalid:
        domain.validate({"customerId": "c", "amount": amount})
    assert list(invalid.value.errors) == ["amount"]


@pytest.mark.parametrize("customer", ["", "x" * 129, 5, None, [], {}, "a\0b", True])
def test_no_other_customer_is_taken(customer: object) -> None:
    with pytest.raises(InvalidOrder) as invalid:
        domain.validate({"customerId": customer, "amount": 1})
    assert list(invalid.value.errors) == ["customerId"]


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(InvalidOrder) as invalid:
        domain.validate({"customer": "c", "amount": 0})
    assert invalid.value.errors == {
        "customer": "unknown field",
        "customerId": "is required",
        "amount": "must be over 0 and at most 999999999999.99",
    }


def test_what_is_given_back_is_as_if_never_claimed() -> None:
    taken = held()
    assert taken.lease is not None
    back = domain.give_back(taken, 0, taken.lease.token, NOW)
    assert (back.status, back.lease, back.retry_count) == (Status.PENDING, None, 0)
    assert domain.give_back(taken, 0, lease().token, NOW) == taken  # in other hands, and it stays there
    waiting = order(Status.PENDING)
    assert domain.give_back(waiting, 0, lease().token, NOW) == waiting
    with pytest.raises(Stale):
        domain.give_back(taken, 1, taken.lease.token, NOW)
