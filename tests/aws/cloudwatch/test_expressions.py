"""Metric math and composite rules, as data."""

import pytest

from launchbook.local.planes.cloudwatch import composite
from launchbook.local.planes.cloudwatch.expression import Unsupported, evaluate

SERIES = {"m1": [1.0, 2.0, None], "m2": [10.0, 0.0, 4.0]}


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("m1 / m2 * 100", [10.0, None, None]),
        ("m1+m2", [11.0, 2.0, None]),
        ("FILL(m1, 0) + m2", [11.0, 2.0, 4.0]),
        ("100 * (m1 - 1)", [0.0, 100.0, None]),
        ("m2 ^ 2", [100.0, 0.0, 16.0]),
        ("-m1", [-1.0, -2.0, None]),
        ("IF(m2 > 0, FILL(m1, 0) / m2, 0)", [0.1, 0.0, 0.0]),
        ("IF(m2 > 0, m2)", [10.0, None, 4.0]),
        ("SUM([m1, m2])", [11.0, 2.0, 4.0]),
        ("SUM(METRICS())", [11.0, 2.0, 4.0]),
        ("MAX([m1, m2])", [10.0, 2.0, 4.0]),
        ("AVG(m2)", [14 / 3] * 3),
        ("m1 > 1 AND m2 == 0", [0.0, 1.0, None]),
        ("m2 >= 4 || m1 > 1", [1.0, 1.0, None]),
        ("CEIL(m2 / 3)", [4.0, 0.0, 2.0]),
        ("42", [42.0, 42.0, 42.0]),
    ],
)
def test_metric_math(expression, values):
    assert evaluate(expression, SERIES, 3) == pytest.approx(values, nan_ok=True)


@pytest.mark.parametrize(
    "expression",
    [
        "SEARCH('{AWS/ECS}', 'Average', 60)",
        "ANOMALY_DETECTION_BAND(m1, 2)",
        'SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2")',
        "m9 + 1",
        "m1 +",
        "__import__('os').system('true')",
        "m1.__class__",
        "(lambda: 1)()",
        "9**9**9**9**9" + "(" * 300,
    ],
)
def test_what_is_not_metric_math_is_refused(expression):
    with pytest.raises(Unsupported):
        evaluate(expression, SERIES, 3)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('ALARM("high")', True),
        ("ALARM(high) AND OK('quiet')", True),
        ('ALARM("high") AND NOT OK("quiet")', False),
        ('ALARM("quiet") OR (INSUFFICIENT_DATA("new") AND TRUE)', True),
        ("NOT ALARM(unknown)", True),
        ("FALSE", False),
    ],
)
def test_composite_rules(rule, holds):
    assert composite.evaluate(rule, {"high": "ALARM", "quiet": "OK", "new": "INSUFFICIENT_DATA"}) is holds


@pytest.mark.parametrize("rule", ['ALARM("a") AND', "1 + 1", "print(1)", "ALARM"])
def test_broken_composite_rules_are_refused(rule):
    with pytest.raises(composite.InvalidRule):
        composite.evaluate(rule, {})


def test_a_rule_names_its_alarms():
    assert composite.alarms_in('ALARM("a") AND NOT (OK(b) OR OK("c d"))') == ["a", "b", "c d"]
