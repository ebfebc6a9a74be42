"""What a line of the checklist says of how it could be settled."""

from __future__ import annotations

from launchbook.audit import requirement
from launchbook.checklist import Line

LINE = Line(
    id="a", title="A", why="b", checks=(), settle=("launchbook audit --live", "aws rds describe-db-instances")
)


def test_reading_the_account_settles_nothing_where_it_was_read() -> None:
    assert requirement(LINE, []).settle == LINE.settle
    assert requirement(LINE, [], account_read=True).settle == LINE.settle[1:]
