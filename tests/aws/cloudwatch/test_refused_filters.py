"""Metric filters whose pattern cannot be read."""

import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize("pattern", ["{ $.a = }", "{ $.a = 1", "[a, b", "%(%"])
def test_a_pattern_that_cannot_be_read_is_refused(aws, pattern):
    logs = aws("logs")
    logs.create_log_group(logGroupName="/refused")
    try:
        with pytest.raises(ClientError, match="Invalid metric filter pattern") as refused:
            logs.put_metric_filter(
                logGroupName="/refused", filterName="f", filterPattern=pattern,
                metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
            )  # fmt: skip
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
        assert logs.describe_metric_filters(logGroupName="/refused")["metricFilters"] == []
    finally:
        logs.delete_log_group(logGroupName="/refused")
