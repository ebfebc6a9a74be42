"""The state of an alarm for given data: the tables of the CloudWatch user guide, row by row."""

import json

import pytest

from launchbook.local.planes.cloudwatch.evaluation import Condition, Datapoint, evaluate

#: (datapoints to alarm of 3, the five newest points, state for missing / ignore / breaching / notBreaching)
#: 0 is a good point, X a breaching one, - a missing one; None keeps the state the alarm has.
TABLE = [
    (3, "0-X-X", ("OK", "OK", "OK", "OK")),
    (3, "0----", ("OK", "OK", "OK", "OK")),
    (3, "-----", ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "--X--", ("ALARM", None, "ALARM", "OK")),
    (3, "X----", ("ALARM", None, "ALARM", "OK")),
    (3, "----X", ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
    (2, "----0", ("OK", "OK", "ALARM", "OK")),
    (2, "----X", ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    (2, "--X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "XXX00", ("OK", "OK", "OK", "OK")),
    (3, "00XXX", ("ALARM", "ALARM", "ALARM", "ALARM")),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
VALUES = {"0": 1.0, "X": 9.0, "-": None}


def points(drawn: str) -> list[Datapoint]:
    return [Datapoint(60.0 * i, VALUES[mark]) for i, mark in enumerate(drawn)]


@pytest.mark.parametrize(
    ("datapoints", "drawn", "treatment", "state"),
    [
        (needed, drawn, treatment, state)
        for needed, drawn, states in TABLE
        for treatment, state in zip(TREATMENTS, states, strict=True)
    ],
)
def test_missing_data_is_treated_as_the_guide_says(datapoints, drawn, treatment, state):
    verdict = evaluate(Condition("GreaterThanThreshold", 5, 3, datapoints, treatment), points(drawn))
    assert (verdict and verdict.state) == state


@pytest.mark.parametrize(
    ("comparison", "value", "state"),
    [
        ("GreaterThanThreshold", 5.0, "OK"),
        ("GreaterThanOrEqualToThreshold", 5.0, "ALARM"),
        ("LessThanThreshold", 5.0, "OK"),
        ("LessThanOrEqualToThreshold", 5.0, "ALARM"),
        ("GreaterThanThreshold", 5.1, "ALARM"),
        ("LessThanThreshold", 4.9, "ALARM"),
    ],
)
def test_each_comparison_has_its_own_edge(comparison, value, state):
    verdict = evaluate(Condition(comparison, 5, 1, 1), [Datapoint(0, value)])
    assert verdict is not None
    assert verdict.state == state


def test_reasons_read_as_on_aws():
    condition = Condition("GreaterThanThreshold", 5.0, 2, 1)
    alarm = evaluate(condition, [Datapoint(0, 1.0), Datapoint(60, 9.0)])
    assert alarm is not None
    assert alarm.reason == (
        "Threshold Crossed: 1 out of the last 2 datapoints [9.0 (01/01/70 00:01:00)] was greater than "
        "the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm.data)["recentDatapoints"] == [1.0, 9.0]
    fine = evaluate(condition, [Datapoint(0, 1.0), Datapoint(60, 2.0)])
    assert fine is not None
    assert "was not greater" not in fine.reason  # two points: "were not"
    assert "were not greater than the threshold (5.0) (minimum 2 datapoints for ALARM -> OK" in fine.reason
    empty = evaluate(condition, [Datapoint(0, None), Datapoint(60, None)])
    assert empty is not None
    assert empty.reason == "Insufficient Data: 2 datapoints were unknown."
