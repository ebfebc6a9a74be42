"""The service scheduler's decisions, as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchbook.local.planes.ecs.rollout import (
    Limits,
    Moves,
    Seen,
    breaker_threshold,
    complete,
    moves,
    pause,
    stuck,
)


def tasks(text: str) -> list[Seen]:
    """``n1+`` is task 1 of deployment n, healthy; ``-`` not yet; ``~`` leaving."""
    return [Seen(word[:-1], word[0], word[-1] == "+", word[-1] == "~") for word in text.split()]


CASES = [
    ("nothing runs: all start at once", Limits(2), "", 2, ""),
    ("all run: nothing to do", Limits(2), "n1+ n2+", 0, ""),
    ("one died: one starts", Limits(2), "n1+", 1, ""),
    ("a starting task is not started twice", Limits(2), "n1+ n2-", 0, ""),
    ("scale in stops the youngest", Limits(1), "n1+ n2+ n3+", 0, "n3 n2"),
    ("scale in stops what serves nobody first", Limits(1), "n1- n2+", 0, "n1"),
    ("scale to none", Limits(0), "n1+ n2-", 0, "n2 n1"),
    ("roll: new ones start beside the old", Limits(2), "o1+ o2+", 2, ""),
    ("roll: an old one goes when a new one is healthy", Limits(2), "o1+ o2+ n1+ n2-", 0, "o1"),
    ("roll: the last old ones go", Limits(2), "o1+ o2+ n1+ n2+", 0, "o1 o2"),
    ("roll: old ones that never served go at once", Limits(2), "o1- o2-", 2, "o1 o2"),
    ("no room above: room is made below", Limits(2, 50, 100), "o1+ o2+", 0, "o1"),
    ("room was made: one starts", Limits(2, 50, 100), "o1~ o2+", 1, ""),
    ("room was made, the new one is not healthy yet", Limits(2, 50, 100), "o2+ n1-", 0, ""),
    ("neither room above nor below: it is stuck, as on AWS", Limits(1, 100, 100), "o1+", 0, ""),
    ("half a task: the minimum rounds up", Limits(3, 50, 100), "o1+ o2+ o3+", 0, "o1"),
    ("half a task: the maximum rounds down", Limits(3, 100, 150), "o1+ o2+ o3+", 1, ""),
    ("a task that leaves takes no room", Limits(1, 100, 200), "o1~ o2+", 1, ""),
    ("scaled to none while rolling", Limits(0), "o1+ n1+", 0, "n1 o1"),
    ("back to an earlier deployment keeps its tasks", Limits(2), "n1+ n2+ b1- b2-", 0, "b1 b2"),
]


@pytest.mark.parametrize(
    ("limits", "seen", "start", "stop"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_next_moves(limits: Limits, seen: str, start: int, stop: str) -> None:
    assert moves(limits, "n", tasks(seen)) == Moves(start, tuple(stop.split()))


def test_a_failed_deployment_starts_nothing_and_stops_nothing_old() -> None:
    assert moves(Limits(2), "n", tasks("o1+ o2+ n1-"), halted=True) == Moves()


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("n1+ n2+", True),
        ("n1+ n2-", False),
        ("n1+", False),
        ("n1+ n2+ o1~", False),
        ("n1+ n2+ n3~", True),
        ("n1+ n2+ o1+", False),
    ],
)
def test_complete_means_all_new_healthy_and_nothing_old(seen: str, expected: bool) -> None:
    assert complete(Limits(2), "n", tasks(seen)) is expected


@given(
    st.integers(0, 12),
    st.integers(0, 100),
    st.integers(100, 200),
    st.lists(st.tuples(st.sampled_from("on"), st.booleans(), st.booleans()), max_size=20),
)
def test_limits_are_never_broken(
    desired: int, low: int, high: int, drawn: list[tuple[str, bool, bool]]
) -> None:
    limits = Limits(desired, low, high)
    seen = [
        Seen(str(n), d, healthy and not leaving, leaving) for n, (d, healthy, leaving) in enumerate(drawn)
    ]
    move = moves(limits, "n", seen)
    staying = [task for task in seen if not task.leaving]
    if move.start:
        assert len(staying) + move.start <= limits.most
    if move.stop:
        left = [task for task in staying if task.id not in move.stop and task.healthy]
        healthy = sum(task.healthy for task in staying)
        assert len(left) >= min(limits.fewest, healthy)
    assert {task.id for task in staying} >= set(move.stop)


@pytest.mark.parametrize(
    ("limits", "seen", "expected"),
    [
        (Limits(1, 100, 100), "o1+", True),
        (Limits(1, 100, 150), "o1+", True),
        (Limits(1, 100, 200), "o1+", False),
        (Limits(1, 100, 100), "o1-", False),
        (Limits(2, 100, 100), "o1+ o2~", False),
        (Limits(1, 100, 100), "n1+", False),
    ],
)
def test_a_deployment_without_a_move_is_stuck(limits: Limits, seen: str, expected: bool) -> None:
    assert stuck(limits, "n", tasks(seen)) is expected


@pytest.mark.parametrize(("desired", "failures"), [(1, 3), (6, 3), (7, 4), (50, 25), (1000, 200)])
def test_breaker_threshold(desired: int, failures: int) -> None:
    assert breaker_threshold(desired) == failures


def test_pauses_grow_and_end() -> None:
    assert [pause(n) for n in (0, 1, 2, 3, 4, 30)] == [0, 0, 1, 2, 4, 300]
