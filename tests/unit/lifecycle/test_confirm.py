"""Nothing is made or removed on an account whose name nobody gave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from launchbook.errors import RunFailed
from launchbook.lifecycle.confirm import approve_account, approve_list
from launchbook.lifecycle.steps import Silent, Work
from launchbook.lifecycle.target import Target

#: Nothing answers there: an alias that cannot be read is none.
NOWHERE = "http://127.0.0.1:9"


class Typing(Silent):
    def __init__(self, typed: str | None = None, answer: bool | None = None) -> None:
        self._typed, self._answer = typed, answer

    def typed(self, question: str) -> str | None:
        return self._typed

    def ask(self, question: str) -> bool | None:
        return self._answer


@pytest.fixture
def on_aws(work: Work) -> Work:
    return replace(
        work, target=Target("aws", "eu-west-1", "123456789012", "aws-123456789012", endpoint=NOWHERE)
    )


@pytest.mark.parametrize(
    ("options", "typed", "said"),
    [
        ({}, None, "nobody answered"),
        ({}, "yes", "that is not this account"),
        ({}, "", "that is not this account"),
        ({"yes": True}, None, "which account"),
        ({"yes": True, "account": "999999999999"}, None, "these credentials are of account 123456789012"),
        ({"account": "999999999999"}, "123456789012", "these credentials are of account 123456789012"),
    ],
)
def test_an_account_is_not_touched(on_aws, options, typed, said):
    with pytest.raises(RunFailed, match=said):
        approve_account(replace(on_aws, options=options, show=Typing(typed)), "change things")


@pytest.mark.parametrize(
    ("options", "typed"),
    [({}, "123456789012"), ({}, " 123456789012 "), ({"yes": True, "account": "123456789012"}, None)],
)
def test_its_name_is_what_it_takes(on_aws, options, typed):
    approve_account(replace(on_aws, options=options, show=Typing(typed)), "change things")


@pytest.mark.parametrize(("options", "answer"), [({"yes": True}, None), ({}, True)])
def test_an_embedded_aws_takes_a_yes(work, options, answer):
    approve_list(replace(work, options=options, show=Typing(answer=answer)), "1 thing:", ["a"])


@pytest.mark.parametrize(("answer", "said"), [(None, "nobody answered"), (False, "not approved")])
def test_and_nothing_less(work, answer, said):
    with pytest.raises(RunFailed, match=said):
        approve_list(replace(work, show=Typing(answer=answer)), "1 thing:", ["a"])


def test_a_list_is_shown_to_its_end(work: Work) -> None:
    """A yes is to what was shown."""
    shown: list[str] = []
    show = Typing(answer=True)
    show.note = shown.append  # type: ignore[method-assign]
    approve_list(replace(work, show=show), "gone:", [f"thing {number}" for number in range(1000)])
    assert shown[-1] == "  thing 999"
