"""Schedules that EventBridge refuses."""

import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize(
    "schedule", ["rate(0 minutes)", "rate(minutes)", "rate(5 weeks)", "rate(5 minutes) more"]
)
def test_a_rate_that_is_none_is_refused(aws, schedule):
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        aws("events").put_rule(Name="never", ScheduleExpression=schedule)


@pytest.mark.parametrize("schedule", ["rate(1 minute)", "rate(10 days)", "cron(0 12 * * ? *)"])
def test_a_schedule_is_taken(aws, schedule):
    events = aws("events")
    events.put_rule(Name="taken", ScheduleExpression=schedule, State="DISABLED")
    assert events.describe_rule(Name="taken")["ScheduleExpression"] == schedule
    events.delete_rule(Name="taken")
