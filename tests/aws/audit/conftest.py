"""Both examples, each deployed once on an embedded AWS of its own, and how an audit of one is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from launchbook.audit import Answer, Question, audit
from launchbook.collect import Target
from tests.aws.audit.estates import ESTATES, PLANTED, READY
from tests.rules.source import ROOT
from tests.support.estate import Deployed, deploy
from tests.support.keeper import Keeper

#: What one asks of an account with no repository beside it.
REGIONS = ("us-east-1", "us-east-2")
SCOPE = ("huntaze",)


def _deployed(name: str) -> Iterator[Deployed]:
    keeper = Keeper()
    with deploy(ROOT / name, **ESTATES[name]) as made:
        keeper.watch(made.instance.pid)  # should this process be killed
        yield made
    keeper.close()


@pytest.fixture(scope="session")
def ready() -> Iterator[Deployed]:
    """The example that is ready, and its account."""
    yield from _deployed(READY)


@pytest.fixture(scope="session")
def planted() -> Iterator[Deployed]:
    """The example with its planted gaps, and its account."""
    yield from _deployed(PLANTED)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def ask(deployed: Deployed, *, files: bool = True, **more: Any) -> Answer:
    """An audit of a deployed example: its files and its account, or the account alone."""
    given: dict[str, Any] = {"path": deployed.path} if files else {"regions": REGIONS, "scope": SCOPE}
    return audit(Question(**given, live=Target(endpoint=deployed.endpoint, dummy=("test", "test")), **more))


def lines(answer: Answer) -> dict[str, str]:
    """Each requirement's status."""
    return {one.id: one.status for one in answer.report.requirements}
