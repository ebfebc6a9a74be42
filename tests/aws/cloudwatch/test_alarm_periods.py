"""The periods that an alarm may have."""

import pytest
from botocore.exceptions import ClientError


def _put(cloudwatch, period):
    cloudwatch.put_metric_alarm(
        AlarmName="of-a-period", Namespace="Orders", MetricName="placed", Statistic="Sum", Period=period,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip


@pytest.mark.parametrize("period", [7, 45, 61, 90])
def test_a_period_between_is_refused(aws, period):
    with pytest.raises(ClientError, match="Period must be") as refused:
        _put(aws("cloudwatch"), period)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert aws("cloudwatch").describe_alarms(AlarmNames=["of-a-period"])["MetricAlarms"] == []


@pytest.mark.parametrize("period", [1, 5, 10, 20, 30, 60, 86400])
def test_a_period_that_there_is_is_taken(aws, period):
    cloudwatch = aws("cloudwatch")
    _put(cloudwatch, period)
    assert cloudwatch.describe_alarms(AlarmNames=["of-a-period"])["MetricAlarms"][0]["Period"] == period
    cloudwatch.delete_alarms(AlarmNames=["of-a-period"])
