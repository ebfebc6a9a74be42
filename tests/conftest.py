"""For the whole suite: what takes longest begins first, what is dear is made once, and a signal of a test is heard."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

#: Files of more than about half a minute, the longest first. The order decides how long the suite takes, and
#: what is done to the order platform before it goes.
LONGEST = (
    "tests/e2e/test_truth.py",
    "tests/e2e/test_deploy_role.py",
    "tests/e2e/test_typed.py",  # destroys what the two before it use
    "tests/aws/audit/test_no_false_ok.py",
    "tests/aws/audit/test_four_sources.py",
    "tests/aws/audit/test_under_faults.py",
    "tests/aws/audit/test_estates.py",
    "tests/aws/audit/test_missing_fields.py",
    "tests/e2e/test_visits.py",
    "tests/aws/lifecycle/test_apply.py",
    "tests/faults/test_campaign.py",
    "tests/faults/test_local_truth.py",
    "tests/e2e/test_make_orders.py",
    "tests/aws/stacks/test_stacks.py",
    "tests/aws/lifecycle/test_troubles.py",
    "tests/aws/lifecycle/test_sweep.py",
    "tests/aws/audit/test_reads.py",
    "tests/aws/audit/test_secrets.py",
    "tests/aws/ecs/test_load_balanced.py",
    "tests/aws/ecs/test_services.py",
    "tests/aws/stacks/test_remote_state.py",
    "tests/faults/test_local_cycles.py",
    "services/orders/tests/test_outages.py",
    "services/orders/tests/test_connection.py",
    "services/orders/tests/test_hostile.py",
    "services/orders/tests/test_relay_and_worker.py",
    "tests/unit/test_examples.py",
    "tests/aws/scaling/test_backlog.py",
    "tests/aws/stacks/test_postures.py",
    "tests/unit/checks/test_examples.py",
    "tests/unit/audit/test_first_use.py",
    "tests/unit/repo/test_fuzz.py",
    "services/orders/tests/test_api.py",
    "tests/faults/test_recovery.py",
    "services/orders/tests/test_openapi.py",
    "services/orders/tests/test_overdue.py",
    "tests/aws/rds/test_instances.py",
    "tests/aws/rds/test_snapshots.py",
)
_RANK = {name: rank for rank, name in enumerate(LONGEST)}
#: Files that share what takes minutes to make, by what that is: they go to one worker, so that it is made once.
TOGETHER = {
    "tests/e2e/test_truth.py": "the order platform",
    "tests/e2e/test_deploy_role.py": "the order platform",
    "tests/e2e/test_typed.py": "the order platform",
    "tests/aws/audit/test_no_false_ok.py": "the audited estates",
    "tests/aws/audit/test_gone_there.py": "the audited estates",
    "tests/aws/audit/test_four_sources.py": "the audited estates",
    "tests/aws/audit/test_under_faults.py": "the audited estates",
    "tests/aws/audit/test_estates.py": "the audited estates",
    "tests/aws/audit/test_missing_fields.py": "the audited estates",
}


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """A worker gets a whole file at a time, and the files of TOGETHER all at once."""
    return _Together(config, log) if config.getvalue("dist") == "loadfile" else None


class _Together(LoadFileScheduling):
    """What `--dist loadfile` does, with the files of TOGETHER as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return TOGETHER.get(file, file)
