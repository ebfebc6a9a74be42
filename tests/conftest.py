"""For the whole suite: the files that take longest begin first, and a signal sent by a test is heard."""

from __future__ import annotations

import signal

import pytest

#: Files of more than about half a minute, the longest first. The order decides nothing but how long the suite takes.
LONGEST = (
    "tests/aws/stacks/test_stacks.py",
    "tests/e2e/test_truth.py",
    "tests/e2e/test_visits.py",
    "tests/aws/lifecycle/test_apply.py",
    "tests/faults/test_campaign.py",
    "tests/aws/lifecycle/test_sweep.py",
    "tests/aws/audit/test_no_false_ok.py",
    "tests/aws/audit/test_reads.py",
    "tests/aws/audit/test_secrets.py",
    "tests/aws/audit/test_four_sources.py",
    "tests/aws/audit/test_under_faults.py",
    "tests/e2e/test_make_orders.py",
    "tests/aws/lifecycle/test_sweep_command.py",
    "tests/aws/ecs/test_load_balanced.py",
    "tests/aws/ecs/test_services.py",
    "tests/faults/test_local_cycles.py",
    "tests/faults/test_local_truth.py",
    "services/orders/tests/test_connection.py",
    "services/orders/tests/test_hostile.py",
    "services/orders/tests/test_relay_and_worker.py",
    "tests/aws/stacks/test_remote_state.py",
    "tests/aws/scaling/test_backlog.py",
)
_RANK = {name: rank for rank, name in enumerate(LONGEST)}


def pytest_configure() -> None:
    """Hear SIGINT, here and in what the tests start: a shell that runs us in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file only: within a file the order stays, and what has no rank keeps its place behind the others.

    xdist would sort files by their number of tests, which puts those of one long test last: `make test` says
    --no-loadscope-reorder.
    """
    items.sort(key=lambda item: _RANK.get(item.nodeid.partition("::")[0], len(LONGEST)))
