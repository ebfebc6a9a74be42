"""Where a state lies belongs to whoever made it: often the user, for the states of other platforms as well."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.lifecycle.test_sweeping import KNOWN, group, swept


def test_where_a_state_lies_is_in_no_plan_unless_the_platform_made_it() -> None:
    known = replace(KNOWN, backends={"aws_cloudwatch_log_group shop-api": "app"})
    [given] = swept(known, DescribeLogGroups=[group("shop-api")]).left
    assert "app keeps its state there" in given.kept
    own = {"shop-api": {"Project": "shop"}}
    [made] = swept(known, own, DescribeLogGroups=[group("shop-api")]).left
    assert not made.kept
