"""Certificates and listings as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from launchbook.lifecycle.certificate import Certificate, Leftover
from launchbook.lifecycle.inventory.stock import Query
from launchbook.model import Gap

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def saved(kind: str, own: str, arn: str = "", **of: str) -> Any:
    """Something that was in a state."""
    return SimpleNamespace(type=kind, id=own, arn=arn, region="eu-west-1", of=of)


def certificate(
    *,
    left: Sequence[Leftover] = (),
    gaps: Sequence[Gap] = (),
    account: str = "123456789012",
    before: datetime | None = AT,
) -> Certificate:
    """A certificate of one question."""
    return Certificate(
        platform="shop",
        account=account,
        at=AT,
        regions=("eu-west-1",),
        queries=(Query("aws_eip", ("ec2:DescribeAddresses",), "eu-west-1", len(left), bool(gaps)),),
        tag_queries=("sqs:ListQueueTags",),
        saved=3,
        looked_for=3,
        before=before,
        left=tuple(left),
        not_ours={"aws_sqs_queue": 2},
        gaps=tuple(gaps),
        run="r1",
        target="local",
    )
