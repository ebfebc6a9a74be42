"""Step-scaling and target-tracking arithmetic, as data."""

import pytest

from launchbook.local.planes.autoscaling.steps import adjusted, bounded, cooled_down, step_for, tracked

STEPS = [
    {"MetricIntervalUpperBound": -20, "ScalingAdjustment": -2},
    {"MetricIntervalLowerBound": -20, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 100, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 100, "ScalingAdjustment": 3},
]


@pytest.mark.parametrize(
    ("breach", "adjustment"),
    [(0, 1), (99.9, 1), (100, 3), (5000, 3), (-5, -1), (-20, -2), (-19.9, -1), (-90, -2)],
)
def test_the_step_is_chosen_by_the_size_of_the_breach(breach, adjustment):
    step = step_for(STEPS, breach)
    assert step is not None
    assert step["ScalingAdjustment"] == adjustment


def test_no_step_for_a_breach_outside_all_of_them():
    assert step_for([{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}], -1) is None


@pytest.mark.parametrize(
    ("current", "adjustment", "kind", "least", "capacity"),
    [
        (3, 2, "ChangeInCapacity", 0, 5),
        (3, -1, "ChangeInCapacity", 0, 2),
        (3, 7, "ExactCapacity", 0, 7),
        (10, 25, "PercentChangeInCapacity", 0, 12),
        (10, -25, "PercentChangeInCapacity", 0, 8),
        (2, 10, "PercentChangeInCapacity", 0, 3),
        (2, -10, "PercentChangeInCapacity", 0, 1),
        (10, 10, "PercentChangeInCapacity", 3, 13),
        (10, -10, "PercentChangeInCapacity", 3, 7),
        (10, 0, "PercentChangeInCapacity", 3, 10),
    ],
)
def test_adjustments(current, adjustment, kind, least, capacity):
    assert adjusted(current, adjustment, kind, least) == capacity


@pytest.mark.parametrize(("capacity", "kept"), [(0, 1), (1, 1), (3, 3), (9, 5)])
def test_minimum_and_maximum_hold(capacity, kept):
    assert bounded(capacity, 1, 5) == kept


@pytest.mark.parametrize(
    ("current", "metric", "target", "capacity"),
    [(2, 100, 50, 4), (2, 60, 50, 3), (4, 10, 50, 1), (3, 50.0000000001, 50, 3), (3, 0, 50, 0), (3, 9, 0, 3)],
)
def test_target_tracking_is_proportional(current, metric, target, capacity):
    assert tracked(current, metric, target) == capacity


@pytest.mark.parametrize(
    ("now", "last", "out", "change", "allowed"),
    [
        (10, None, True, 2, 2),
        (10, (0, 2), True, 2, 0),
        (10, (0, 2), True, 3, 1),
        (61, (0, 2), True, 2, 2),
        (10, (0, 1), False, -1, 0),
        (60, (0, 1), False, -1, -1),
    ],
)
def test_cooldowns(now, last, out, change, allowed):
    assert cooled_down(now, last, 60, out=out, change=change) == allowed
