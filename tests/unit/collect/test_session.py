"""The session of an audit prepares less than botocore's own, and all of it that the declared operations need."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.handlers import BUILTIN_HANDLERS

from launchbook.collect import collectors
from launchbook.collect.reader import CREDENTIAL_OPERATIONS
from launchbook.collect.session import client_config, make_session

CALLS = {(call.service, call.operation) for one in collectors().values() for call in one.calls}
ALL = sorted(CALLS | CREDENTIAL_OPERATIONS)
#: What a client tells of while it asks. ("docs" is written for people, and "getattr" for misspelt methods.)
KINDS = sorted({name.split(".")[0] for name, *_ in BUILTIN_HANDLERS} - {"docs", "getattr"})


def hooks(session: Any, event: str) -> list[Any]:
    """What a client of a session does at an event, in its order."""
    emitter = session.get_component("event_emitter")
    return list(emitter._emitter._handlers.prefix_search(emitter._alias_event_name(event)))


@pytest.fixture(scope="module")
def service_ids() -> dict[str, str]:
    session = botocore.session.Session()
    return {name: session.get_service_model(name).service_id.hyphenize() for name, _ in ALL}


def test_each_declared_operation_meets_the_hooks_that_botocore_has_for_it(
    service_ids: dict[str, str],
) -> None:
    usual, ours = botocore.session.Session(), make_session(None, ALL)
    events = [f"{kind}.{service_ids[service]}.{operation}" for service, operation in ALL for kind in KINDS]
    assert len(events) > 1000
    assert {one: hooks(ours, one) for one in events} == {one: hooks(usual, one) for one in events}


def test_hooks_of_what_is_not_read_are_left_out() -> None:
    ours = make_session(None, [("sqs", "ListQueues")])
    assert hooks(ours, "before-parameter-build.s3.PutObject") == hooks(ours, "before-parameter-build.x.Y")
    assert hooks(ours, "after-call.sqs.ListQueues")


def test_a_proxy_of_the_environment_is_looked_up_for_each_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    assert client_config().proxies == {}
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert client_config().proxies is None
