"""Terraform as users have it, unchanged, on the embedded AWS: apply, an empty second plan, destroy, nothing left.

A stack without what the provider waits minutes for runs here; ``make stacks`` lives through all shapes, six of them
with 51 to 106 resources.
"""

import pytest

from tests.aws.stacks.cycle import live
from tests.support.terraform import available


@pytest.mark.slow
@pytest.mark.skipif(bool(available()), reason=available())
def test_apply_then_nothing_to_change_then_destroy_and_nothing_left(embedded, aws, tmp_path):
    seen = live("core", embedded, aws, tmp_path)
    assert seen["resources"] >= 35
    assert seen["changes"] == []
    assert seen["listed"] > seen["resources"] / 2, "the listings see what was made"
    assert seen["left"] == []
    assert seen["troubles"] == []
    assert seen["missing"] == [], "operations that nobody serves"
