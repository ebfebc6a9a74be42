"""A name that is taken is known before an apply fails on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from launchbook.collect.declare import Call
from launchbook.collect.engine import Asked
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.destroyable import Obstacle
from launchbook.lifecycle.inventory import TYPES
from launchbook.lifecycle.names import UNIQUE, names_in_use
from tests.unit.lifecycle.plans import plan, resource

ASKED = Asked("123456789012", "live", datetime(2026, 3, 1, tzinfo=UTC))


class Account:
    """Lists what it has; the names of buckets of others are refused."""

    def __init__(self, others: tuple[str, ...] = (), **answers: Any) -> None:
        self.others, self.answers = others, answers
        self.asked: list[str] = []

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        self.asked.append(call.operation)
        found = self.answers.get(call.operation, [])
        if call.operation == "GetBucketLocation":
            if parameters["Bucket"] in self.others:
                raise ReadFailed(call, "AccessDenied", "not yours")
            if {"Name": parameters["Bucket"]} not in self.answers.get("ListBuckets", []):
                raise ReadFailed(call, "NoSuchBucket", "none")
            yield {"LocationConstraint": region}
        elif isinstance(found, str):
            raise ReadFailed(call, found, "said AWS")
        else:
            yield {call.each: found}


def taken(account: Account, *resources: dict[str, Any]) -> list[Obstacle]:
    return list(names_in_use({"stack": plan(*resources)}, "eu-west-1", account, ASKED)[0])


def test_a_name_that_is_there_is_said() -> None:
    account = Account(DescribeRepositories=[{"repositoryName": "shop/api", "repositoryArn": "arn:…"}])
    (one,) = taken(
        account,
        resource("aws_ecr_repository.api", name="shop/api"),
        resource("aws_ecr_repository.b", name="shop/b"),
    )
    assert (one.address, one.effect, one.finding().status) == ("aws_ecr_repository.api", "taken", "FAIL")
    assert "shop/api is taken" in one.what


def test_a_secret_on_its_way_out_holds_its_name() -> None:
    secret = {"ARN": "arn:aws:secretsmanager:…", "Name": "shop", "DeletedDate": "2026-03-02T00:00:00"}
    (one,) = taken(Account(ListSecrets=[secret]), resource("aws_secretsmanager_secret.key", name="shop"))
    assert "waits for its deletion (2026-03-02)" in one.what


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account(ListBuckets=[{"Name": "state"}]), ["the name state is taken already"]),
        (Account(("state",)), ["the bucket name state belongs to another account"]),
        (Account(), []),
    ],
)
def test_a_bucket_is_one_in_the_world(account: Account, words: list[str]) -> None:
    assert [one.what for one in taken(account, resource("aws_s3_bucket.state", bucket="state"))] == words


def test_what_stays_as_it_is_wants_no_name() -> None:
    account = Account(ListRoles=[{"RoleName": "task"}])
    assert taken(account, resource("aws_iam_role.task", name="task", actions=["no-op"])) == []
    assert taken(account, resource("aws_iam_role.task", unknown=["name"])) == []
    assert account.asked == []


def test_what_may_not_be_listed_is_a_gap() -> None:
    documents = {"stack": plan(resource("aws_iam_role.task", name="task"))}
    found, gaps = names_in_use(documents, "eu-west-1", Account(ListRoles="AccessDenied"), ASKED)
    assert (found, [gap.hint for gap in gaps]) == ((), ["allow iam:ListRoles"])


def test_every_unique_name_is_of_a_type_that_is_listed() -> None:
    assert set(UNIQUE) <= TYPES
