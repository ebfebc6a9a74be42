"""Metrics as callers publish and read them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

NOW = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=10)
API = [{"Name": "Service", "Value": "api"}, {"Name": "Zone", "Value": "a"}]


@pytest.fixture
def cloudwatch(aws):
    return aws("cloudwatch")


@pytest.fixture
def namespace():
    return f"Shop/{uuid4()}"


def put(cloudwatch, namespace, *data):
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=list(data))


def statistics(cloudwatch, namespace, name, dimensions, statistics=("Sum",), extended=(), period=60):
    asked = {"Statistics": list(statistics)} if statistics else {}
    asked |= {"ExtendedStatistics": list(extended)} if extended else {}
    answer = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=dimensions,
        StartTime=NOW - timedelta(minutes=5),
        EndTime=NOW + timedelta(minutes=5),
        Period=period,
        **asked,
    )
    return sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])


def test_values_counts_and_statistic_sets_add_up(cloudwatch, namespace):
    put(
        cloudwatch,
        namespace,
        {"MetricName": "Ms", "Dimensions": API, "Timestamp": NOW, "Value": 4, "Unit": "Milliseconds"},
        {"MetricName": "Ms", "Dimensions": API, "Timestamp": NOW, "Values": [1, 2], "Counts": [3, 1]},
        {
            "MetricName": "Ms",
            "Dimensions": API,
            "Timestamp": NOW,
            "StatisticValues": {"SampleCount": 2, "Sum": 20, "Minimum": 9, "Maximum": 11},
        },
    )
    (point,) = statistics(
        cloudwatch, namespace, "Ms", API, ["Sum", "SampleCount", "Minimum", "Maximum", "Average"]
    )
    assert (point["Sum"], point["SampleCount"], point["Minimum"], point["Maximum"]) == (29, 7, 1, 11)
    assert point["Average"] == pytest.approx(29 / 7)


def test_percentiles_are_taken_of_the_samples(cloudwatch, namespace):
    values = [{"MetricName": "Ms", "Timestamp": NOW, "Value": value} for value in range(1, 101)]
    put(cloudwatch, namespace, *values)
    (point,) = statistics(cloudwatch, namespace, "Ms", [], ["Maximum"], ["p50", "p95", "p99"])
    assert point["ExtendedStatistics"] == {"p50": 50, "p95": 95, "p99": 99}
    assert point["Maximum"] == 100


def test_two_dimensions_are_not_matched_by_one_nor_by_other_values(cloudwatch, namespace):
    put(cloudwatch, namespace, {"MetricName": "Ms", "Dimensions": API, "Timestamp": NOW, "Value": 1})
    assert statistics(cloudwatch, namespace, "Ms", API[:1]) == []
    assert statistics(cloudwatch, namespace, "Ms", []) == []
    other = [API[0], {"Name": "Zone", "Value": "b"}]
    assert statistics(cloudwatch, namespace, "Ms", other) == []
    assert len(statistics(cloudwatch, namespace, "Ms", API[::-1])) == 1


def test_periods_without_samples_have_no_datapoint(cloudwatch, namespace):
    for minute in (0, 3):
        at = NOW + timedelta(minutes=minute)
        put(cloudwatch, namespace, {"MetricName": "Ms", "Timestamp": at, "Value": 1})
    points = statistics(cloudwatch, namespace, "Ms", [])
    assert [point["Timestamp"] for point in points] == [NOW, NOW + timedelta(minutes=3)]


def test_metric_data_and_metric_math(cloudwatch, namespace):
    for minute, (good, bad) in enumerate([(10, 1), (20, 0), (5, 5)]):
        at = NOW + timedelta(minutes=minute)
        put(
            cloudwatch,
            namespace,
            {"MetricName": "Good", "Dimensions": API, "Timestamp": at, "Value": good},
            {"MetricName": "Bad", "Dimensions": API, "Timestamp": at, "Value": bad},
        )

    def stat(name):
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": API}
        return {"Metric": metric, "Period": 60, "Stat": "Sum"}

    answer = cloudwatch.get_metric_data(
        StartTime=NOW - timedelta(minutes=1),
        EndTime=NOW + timedelta(minutes=4),
        ScanBy="TimestampAscending",
        MetricDataQueries=[
            {"Id": "rate", "Expression": "bad / (good + bad) * 100", "Label": "rate"},
            {"Id": "good", "MetricStat": stat("Good")},
            {"Id": "bad", "MetricStat": stat("Bad"), "ReturnData": False},
        ],
    )
    results = {result["Id"]: result for result in answer["MetricDataResults"]}
    assert set(results) == {"rate", "good"}
    assert results["good"]["Values"] == [10, 20, 5]
    assert results["rate"]["Values"] == pytest.approx([100 / 11, 0, 50])
    assert results["rate"]["Timestamps"] == [NOW + timedelta(minutes=minute) for minute in range(3)]


def test_metric_math_that_is_not_known_is_refused_and_not_guessed(cloudwatch):
    with pytest.raises(ClientError, match="SEARCH"):
        cloudwatch.get_metric_data(
            StartTime=NOW,
            EndTime=NOW + timedelta(minutes=1),
            MetricDataQueries=[{"Id": "all", "Expression": "SEARCH('{Shop}', 'Sum', 60)"}],
        )


def test_listing_filters_by_name_and_dimension(cloudwatch, namespace):
    put(cloudwatch, namespace, {"MetricName": "Ms", "Dimensions": API, "Value": 1})
    put(cloudwatch, namespace, {"MetricName": "Ms", "Value": 1})
    put(cloudwatch, namespace, {"MetricName": "Errors", "Dimensions": API[:1], "Value": 1})

    def listed(**asked):
        return cloudwatch.list_metrics(Namespace=namespace, **asked)["Metrics"]

    assert len(listed()) == 3
    assert len(listed(MetricName="Ms")) == 2
    assert {metric["MetricName"] for metric in listed(Dimensions=[{"Name": "Service"}])} == {"Ms", "Errors"}
    (found,) = listed(Dimensions=[{"Name": "Zone", "Value": "a"}])
    assert sorted(found["Dimensions"], key=lambda d: d["Name"]) == API
