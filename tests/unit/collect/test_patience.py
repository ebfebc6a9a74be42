"""A call that is refused is asked again, so often and after such pauses, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from launchbook.collect import Reader, ReadFailed, Target, collectors
from launchbook.collect.patience import ATTEMPTS, LONGEST


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Any:
        yield self.content


def refused(status: int, code: str, sent: list[str]) -> Callable[..., AWSResponse]:
    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request.url)
        body = f'{{"__type": "{code}", "message": "no"}}'.encode()
        return AWSResponse(request.url, status, {"x-amzn-ErrorType": code}, Body(body))  # type: ignore[arg-type]

    return answer


@pytest.mark.parametrize(
    ("status", "code", "times"),
    [
        (400, "ThrottlingException", ATTEMPTS),
        (503, "ServiceUnavailable", ATTEMPTS),
        (400, "AccessDeniedException", 1),
    ],
)
def test_a_refused_call_is_asked_again_after_pauses_of_seconds(
    status: int, code: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    pauses: list[float] = []
    monkeypatch.setattr(botocore.endpoint.time, "sleep", pauses.append)
    one = collectors()["queues"]
    reader = Reader(Target(endpoint="http://127.0.0.1:9", dummy=("test", "test")), [one])
    reader._session.register("before-send", refused(status, code, sent))
    with pytest.raises(ReadFailed, match=code):
        list(reader.read(one.calls[0], "eu-west-1", {}))
    waited = [pause for pause in pauses if pause > 0]
    assert len(sent) == times
    assert len(waited) == times - 1
    assert max(waited, default=0) <= LONGEST
    if code == "ThrottlingException":
        assert sum(waited[4:]) > sum(waited[:2])  # each waits longer, as far as chance allows
