"""A body that is not the operation's answer is told from an answer that holds nothing."""

from __future__ import annotations

import botocore.session
import pytest

from launchbook.collect.answers import NotAnAnswer, check_answer

SESSION = botocore.session.Session()
PAGE = b"<html><body>It works!</body></html>"


def check(service: str, operation: str, body: bytes, status: int = 200) -> None:
    model = SESSION.get_service_model(service).operation_model(operation)
    check_answer(model, {"status_code": status, "body": body})


@pytest.mark.parametrize(
    ("service", "operation", "empty"),
    [
        ("sqs", "ListQueues", b"{}"),
        ("events", "ListRules", b'{"Rules": []}'),
        ("amplify", "ListApps", b'{"apps": []}'),
        (
            "cloudfront",
            "ListDistributions",
            b'<?xml version="1.0"?>\n<DistributionList xmlns="http://x/"><Quantity>0</Quantity></DistributionList>',
        ),
        ("s3", "GetBucketVersioning", b'<VersioningConfiguration xmlns="http://x/"/>'),
        (
            "sns",
            "ListTopics",
            b"<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>",
        ),
        ("ec2", "DescribeVpcs", b"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"),
    ],
)
def test_an_empty_answer_is_one_and_anything_else_is_none(service: str, operation: str, empty: bytes) -> None:
    check(service, operation, empty)
    for body in (PAGE, b"", b'{"surprise": true}', b'{"QueueUrls": ["htt', b"[]"):
        with pytest.raises(NotAnAnswer):
            check(service, operation, body)


def test_what_aws_refused_is_left_to_the_parser_of_errors() -> None:
    check("sqs", "ListQueues", PAGE, status=502)
