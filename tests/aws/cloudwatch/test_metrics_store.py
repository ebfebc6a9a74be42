"""The metric store: exact dimensions, statistics, and bounds that hold."""

import random

import pytest

from launchbook.local.planes.cloudwatch import store as store_module
from launchbook.local.planes.cloudwatch.statistics import EXACT_VALUES, Samples, known
from launchbook.local.planes.cloudwatch.store import MetricKey, MetricStore

LATENCY = MetricKey.of("Shop", "Latency", {"Service": "api", "Zone": "a"})


@pytest.fixture
def store():
    return MetricStore()


def test_dimensions_are_compared_exactly(store):
    store.add(LATENCY, 5, at=10)
    same = MetricKey.of("Shop", "Latency", {"Zone": "a", "Service": "api"})
    assert store.between(same, 0, 60).count == 1
    for other in ({"Service": "api"}, {"Service": "api", "Zone": "b"}, {}):
        assert store.between(MetricKey.of("Shop", "Latency", other), 0, 60).count == 0


def test_a_window_holds_its_start_and_not_its_end(store):
    for at in (59, 60, 119, 120):
        store.add(LATENCY, at, at=at)
    assert store.between(LATENCY, 60, 120).values == {60: 1, 119: 1}


def test_units_can_be_asked_apart(store):
    store.add(LATENCY, 1, at=1, unit="Seconds")
    store.add(LATENCY, 1000, at=1, unit="Milliseconds")
    assert store.between(LATENCY, 0, 2).count == 2
    assert store.between(LATENCY, 0, 2, unit="Seconds").total == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Average", 50.5),
        ("Sum", 5050),
        ("Minimum", 1),
        ("Maximum", 100),
        ("SampleCount", 100),
        ("p50", 50),
        ("p95", 95),
        ("p99.9", 100),
        ("p100", 100),
        ("tm90", 45.5),
        ("ts90", 4095),
        ("tc90", 90),
        ("wm90", 49.95),
    ],
)
def test_statistics_of_one_to_a_hundred(name, value):
    samples = Samples()
    for number in random.Random(1).sample(range(1, 101), 100):
        samples.add(number)
    assert known(name)
    assert samples.statistic(name) == pytest.approx(value)


def test_no_samples_have_no_statistics():
    assert all(Samples().statistic(name) is None for name in ("Sum", "Average", "p99", "SampleCount"))
    assert not known("p101")
    assert not known("median")


def test_a_statistic_set_has_sums_but_no_percentiles():
    samples = Samples(count=4, total=10, low=1, high=4)
    assert samples.statistic("Average") == 2.5
    assert samples.statistic("p50") is None


def test_many_distinct_values_stay_bounded_and_percentiles_close(store):
    for number in range(1, 20_001):
        store.add(LATENCY, number / 7, at=5)
    samples = store.between(LATENCY, 0, 10)
    assert samples.count == 20_000
    assert len(samples.values) < EXACT_VALUES + 2_500
    assert samples.statistic("p99") == pytest.approx(19_800 / 7, rel=0.01)


def test_one_series_is_bounded_and_keeps_the_newest(store):
    for second in range(3 * store_module.MAX_BUCKETS):
        store.add(LATENCY, 1, at=second)
    end = 3 * store_module.MAX_BUCKETS
    assert store.between(LATENCY, end - 1000, end).count == 1000
    assert store.between(LATENCY, 0, end).count == end, "minutes must still count what seconds counted"
    inside = store._series[LATENCY]["None"]
    assert len(inside.starts) == len(inside.buckets) <= store_module.MAX_BUCKETS


def test_weeks_of_minutes_drop_the_oldest(store):
    for minute in range(3 * store_module.MAX_BUCKETS):
        store.add(LATENCY, 1, at=60.0 * minute)
    inside = store._series[LATENCY]["None"]
    assert len(inside.starts) == len(inside.buckets) <= store_module.MAX_BUCKETS
    assert inside.starts == sorted(inside.starts)
    assert inside.starts[0] > 0


def test_the_number_of_series_is_bounded(store, monkeypatch):
    monkeypatch.setattr(store_module, "MAX_SERIES", 10)
    for number in range(30):
        store.add(MetricKey.of("Shop", f"m{number}", {}), 1, at=1)
    assert [key.name for key in store.metrics()] == [f"m{number}" for number in range(20, 30)]


def test_samples_may_come_late(store):
    store.add(LATENCY, 1, at=500)
    store.add(LATENCY, 2, at=100)
    assert store.between(LATENCY, 0, 200).total == 2
    assert store.span(LATENCY) == (100, 500)
