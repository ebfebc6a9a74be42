"""Which of an account's resources are judged: those of the scope, and what belongs to them."""

from __future__ import annotations

import pytest

from launchbook.model import Unread, Where, make_fact
from launchbook.scope import in_scope

ACCOUNT = Where(account="123456789012", region="eu-west-1")


def judged(kind: str, name: str, **attributes: object) -> bool:
    fact = make_fact(kind, id=f"arn:{name}", name=name, where=ACCOUNT, level="live", attributes=attributes)
    return in_scope(["Shop"])(fact)


@pytest.mark.parametrize(
    ("kind", "name", "attributes"),
    [
        ("aws_sqs_queue", "shop-jobs", {}),
        ("aws_amplify_branch", "main", {"app_name": "shop"}),
        ("aws_cloudfront_distribution", "E1", {"aliases": ["www.shop.example"]}),
        (
            "aws_lb_listener",
            "HTTP 80",
            {"load_balancer_arn": "arn:aws:elasticloadbalancing:x:loadbalancer/app/shop/1"},
        ),
        ("aws_db_snapshot", "rds:2026", {"db_instance_identifier": "shop"}),
        ("aws_iam_user", "anybody", {}),
        ("aws_cloudfront_distribution", "E1", {"origins": [Unread("AccessDenied")]}),
        (
            "aws_cloudfront_distribution",
            "E1",
            {"aliases": ["www.blog.example"], "origins": Unread("AccessDenied")},
        ),
    ],
)
def test_what_is_called_so_or_belongs_to_it_is_judged(
    kind: str, name: str, attributes: dict[str, object]
) -> None:
    assert judged(kind, name, **attributes)


@pytest.mark.parametrize(
    ("kind", "name", "attributes"),
    [
        ("aws_sqs_queue", "blog-jobs", {}),
        ("aws_amplify_branch", "main", {"app_name": "blog"}),
        ("aws_cloudfront_distribution", "E1", {"aliases": ["www.blog.example"], "comment": "like shop"}),
    ],
)
def test_other_people_s_resources_are_not(kind: str, name: str, attributes: dict[str, object]) -> None:
    assert not judged(kind, name, **attributes)


def test_files_are_always_judged() -> None:
    fact = make_fact("aws_sqs_queue", id="main.tf#x", name="x", where=Where("main.tf", 1))
    assert in_scope(["shop"])(fact)
