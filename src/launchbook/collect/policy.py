"""The IAM policy that allows exactly the declared reads, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from launchbook.collect.actions import iam_actions
from launchbook.collect.declare import Collector

#: A managed policy takes 6,144 characters without white space.
LIMIT = 6144


def actions(collectors: Iterable[Collector]) -> list[str]:
    """Every action that the collectors' calls take, sorted."""
    return sorted(
        {
            action
            for one in collectors
            for call in one.calls
            for action in iam_actions(call.service, call.operation)
        }
    )


def policy(collectors: Iterable[Collector]) -> dict[str, object]:
    """The policy document. Reads list, so they take every resource; the actions are what limits them."""
    statement = {
        "Sid": "LaunchbookReads",
        "Effect": "Allow",
        "Action": actions(collectors),
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
