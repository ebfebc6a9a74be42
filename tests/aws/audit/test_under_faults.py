"""An account that throttles and cuts connections gives the same answers, only later."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from launchbook.local import control
from tests.aws.audit.conftest import ask, lines
from tests.support.estate import Deployed

SECONDS = 30.0


@pytest.fixture(params=["ready", "planted"])
def deployed(request: pytest.FixtureRequest) -> Iterator[Deployed]:
    made: Deployed = request.getfixturevalue(request.param)
    yield made
    control.ask(made.instance, "faults", method="DELETE")


@pytest.mark.slow
def test_throttled_and_cut_calls_change_no_verdict(deployed: Deployed) -> None:
    started = time.monotonic()
    calm = ask(deployed)
    undisturbed = time.monotonic() - started
    for kind, rate in (("throttle", 0.3), ("reset", 0.05)):
        control.ask(deployed.instance, "faults", body={"kind": kind, "operation": "*:*", "rate": rate})
    started = time.monotonic()
    rough = ask(deployed)
    seconds = time.monotonic() - started
    struck = control.ask(deployed.instance, "faults")
    assert min(one["happened"] for one in struck) > 3
    assert lines(rough) == lines(calm)
    verdicts = {(one.check, one.subject): one.status for one in calm.report.findings}
    assert {(one.check, one.subject): one.status for one in rough.report.findings} == verdicts
    assert seconds < max(SECONDS, 4 * undisturbed)  # thirty seconds, or what a busy machine makes of them
