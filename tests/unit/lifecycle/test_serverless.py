"""A serverless platform can be proven empty: what it is made of is listed, or is gone with what is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from launchbook.cli._lifecycle import Asked
from launchbook.cli.sweep import _next
from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.deletions import plan_deletions
from launchbook.lifecycle.sweeping import Sweeping
from tests.unit.lifecycle.absence import saved
from tests.unit.lifecycle.canned import KNOWN, REGION, Account, swept

SERVERLESS = (
    saved("aws_lambda_function", "shop-fn"),
    saved("aws_lambda_alias", "arn:aws:lambda:eu-west-1:1:function:shop-fn:live", function_name="shop-fn"),
    saved("aws_lambda_layer_version", "arn:aws:lambda:eu-west-1:1:layer:shop-lib:3"),
    saved("aws_lambda_function_url", "shop-fn", function_name="shop-fn"),
    saved("aws_api_gateway_rest_api", "abc123"),
    saved("aws_api_gateway_resource", "r1", rest_api_id="abc123"),
    saved("aws_api_gateway_method", "agm-abc123-r1-GET", rest_api_id="abc123"),
    saved("aws_api_gateway_integration", "agi-abc123-r1-GET", rest_api_id="abc123"),
    saved("aws_api_gateway_deployment", "d1", rest_api_id="abc123"),
    saved("aws_api_gateway_stage", "ags-abc123-live", rest_api_id="abc123"),
    saved("aws_cognito_user_pool", "eu-west-1_1"),
    saved("aws_cognito_user_pool_client", "c1", user_pool_id="eu-west-1_1"),
    saved("aws_service_discovery_http_namespace", "ns-1"),
    saved("aws_glue_catalog_database", "123456789012:shop"),
    saved("aws_kinesis_firehose_delivery_stream", "arn:aws:firehose:eu-west-1:1:deliverystream/shop"),
)


def test_an_ordinary_serverless_platform_is_proven_empty() -> None:
    found = swept(known=replace(KNOWN, saved=SERVERLESS))
    assert found.verdict == "PROVEN EMPTY", [gap.what for gap in found.gaps]


@pytest.mark.parametrize(
    ("operation", "answer", "left"),
    [
        ("cognito-idp:ListUserPools", {"UserPools": [{"Id": "eu-west-1_1", "Name": "x"}]}, "aws_cognito_user_pool"),
        (
            "servicediscovery:ListNamespaces",
            {"Namespaces": [{"Id": "ns-1", "Name": "x", "Type": "HTTP"}]},
            "aws_service_discovery_private_dns_namespace",
        ),
        ("glue:GetDatabases", {"DatabaseList": [{"Name": "shop"}]}, "aws_glue_catalog_database"),
        (
            "firehose:ListDeliveryStreams",
            {"DeliveryStreamNames": ["shop"]},
            "aws_kinesis_firehose_delivery_stream",
        ),
        ("redshift:DescribeClusters", {"Clusters": [{"ClusterIdentifier": "shop-dw"}]}, "aws_redshift_cluster"),
    ],
)  # fmt: skip
def test_what_stays_of_it_is_left(operation: str, answer: object, left: str) -> None:
    found = swept({operation: answer}, replace(KNOWN, saved=SERVERLESS))
    assert [one.type for one in found.left] == [left]


def test_a_part_costs_nothing_beside_its_whole_unless_it_is_paid_apart() -> None:
    assert cost_of("aws_api_gateway_method", {}, REGION).kind == "free"
    assert cost_of("aws_api_gateway_stage", {}, REGION).kind == "free"
    assert cost_of("aws_api_gateway_stage", {"cache_cluster_enabled": True}, REGION).kind == "unpriced"
    assert cost_of("aws_lambda_provisioned_concurrency_config", {}, REGION).kind == "unpriced"


def test_of_a_key_that_waits_the_next_command_is_one_that_can_do_something() -> None:
    key = {
        "KeyId": "k",
        "KeyManager": "CUSTOMER",
        "KeyState": "PendingDeletion",
        "DeletionDate": "2026-03-08",
    }
    answers = {"kms:ListKeys": {"Keys": [{"KeyId": "k"}]}, "kms:DescribeKey": {"KeyMetadata": key}}
    found = swept(answers)
    plan = plan_deletions(found, Account(answers))
    asked = Asked(Path(), "local", None, None, None, as_json=False, out=None)
    said = _next(1, asked, Sweeping(found=found))
    assert said == "launchbook sweep   (from 2026-03-08 on: until then AWS keeps what is left)"
    assert list(plan.left_out.values()) == [
        "AWS deletes it on 2026-03-08, free until then: nothing hastens that"
    ]
