"""Policy evaluation on documents alone: what IAM says about one call, case by case."""

import pytest

from launchbook.local.iam.conditions import holds
from launchbook.local.iam.policy import Ask, Effect, evaluate

ALLOW, DENY, NONE = Effect.ALLOW, Effect.DENY, Effect.NONE
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def statement(effect="Allow", **more):
    return {"Statement": [{"Effect": effect, "Action": "sqs:SendMessage", "Resource": QUEUE, **more}]}


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([], NONE),
        ([statement()], ALLOW),
        ([statement(Action="SQS:sendmessage")], ALLOW),
        ([statement(Action=["sns:*", "sqs:Send*"])], ALLOW),
        ([statement(Action="sqs:Receive*")], NONE),
        ([statement(Resource="arn:aws:sqs:*:*:ord?rs")], ALLOW),
        ([statement(Resource="arn:aws:sqs:*:*:order")], NONE),
        ([statement(), statement("Deny", Action="*", Resource="*")], DENY),
        ([statement("Deny", Action="*", Resource="*"), statement()], DENY),
        ([{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}], ALLOW),
        ([{"Statement": {"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}}], NONE),
        ([{"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:sqs:*"}}], NONE),
        ([statement(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})], ALLOW),
        ([statement(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})], NONE),
        ([{}], NONE),
    ],
)
def test_statements(documents, expected):
    ask = Ask("sqs:SendMessage", QUEUE, {"aws:requestedregion": ["us-east-1"]})
    assert evaluate(documents, ask) is expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [("*", ALLOW), ({"AWS": "*"}, ALLOW), ({"AWS": ["a", "b"]}, ALLOW), ({"AWS": "c"}, NONE), (None, NONE),
     ({"Service": "sns.amazonaws.com"}, NONE)],
)  # fmt: skip
def test_principals_of_a_resource(principal, expected):
    document = statement(**({"Principal": principal} if principal else {}))
    ask = Ask("sqs:SendMessage", QUEUE, principals=frozenset({"b"}))
    assert evaluate([document], ask, principal=True) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("StringLike", "a*", ["abc"], True),
        ("StringNotLike", "a*", ["abc"], False),
        ("StringNotEquals", "x", [], True),
        ("StringEquals", "x", [], False),
        ("StringEqualsIfExists", "x", [], True),
        ("StringEqualsIgnoreCase", "X", ["x"], True),
        ("NumericLessThan", "10", ["9.5"], True),
        ("NumericLessThan", "10", ["nine"], False),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", ["2026-06-01T00:00:00Z"], True),
        ("DateLessThan", "2026-01-01T00:00:00Z", ["1700000000"], True),
        ("IpAddress", "127.0.0.0/8", ["127.0.0.1"], True),
        ("NotIpAddress", "10.0.0.0/8", ["127.0.0.1"], True),
        ("Bool", True, ["true"], True),
        ("Null", "true", [], True),
        ("Null", "false", [], False),
        ("ArnLike", "arn:aws:iam::*:role/x", ["arn:aws:iam::1:role/x"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a"], [], True),
        ("ForAnyValue:StringEquals", ["a"], ["c", "a"], True),
        ("ForAnyValue:StringEquals", ["a"], [], False),
        ("Unheard", "a", ["a"], False),
    ],
)
def test_conditions(operator, wanted, actual, expected):
    context = {"some:key": actual} if actual else {}
    assert holds({operator: {"Some:Key": wanted}}, context) is expected
