"""Many callers at once: moto is not made for threads, so one call to a service is served after the other."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from launchbook.local.calls import Request, call_of
from launchbook.local.dispatch import Dispatcher

_KEY = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=x"
_FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": _KEY, "host": "127.0.0.1"}

Application = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


def _serving(application: Application) -> Callable[[str], int]:
    """A dispatcher in which this application is IAM: the status of an operation's answer."""
    dispatcher = Dispatcher(lambda service: None)
    dispatcher._apps["iam"] = application

    def ask(operation: str) -> int:
        request = Request("POST", "/", "", dict(_FORM), f"Action={operation}".encode())
        return dispatcher.serve(request, call_of(request))[0]

    return ask


def test_calls_to_one_service_do_not_meet() -> None:
    inside, most = [0], [0]
    guard = threading.Lock()

    def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        with guard:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        with guard:
            inside[0] -= 1
        start("200 OK", [])
        return [b"well"]

    ask = _serving(application)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, ["CreateRole", "GetRole"] * 8)) == {200}
    assert most == [1]


@pytest.mark.parametrize(("operation", "status", "served"), [("GetRole", 200, 2), ("CreateRole", 501, 1)])
def test_only_what_reads_is_served_again_when_a_plane_changed_what_it_went_through(
    operation: str, status: int, served: int
) -> None:
    calls: list[str] = []

    def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        calls.append(operation)
        held = dict.fromkeys(range(3))
        for each in held:
            if len(calls) == 1:
                held[-each - 1] = None
        start("200 OK", [])
        return [b"well"]

    assert _serving(application)(operation) == status
    assert len(calls) == served
