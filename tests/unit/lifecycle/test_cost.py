"""What a plan costs before anything is made, and what a leftover costs while it stays."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from launchbook.lifecycle.cost import cost_of, estimate
from launchbook.lifecycle.cost_rules import RULES
from launchbook.lifecycle.price_table import load_prices
from tests.unit.lifecycle.plans import plan, resource

INFRA = Path(__file__).parents[3] / "infra" / "aws-v3"
TASK = resource("aws_ecs_task_definition.api", cpu="256", memory="512")


def service(count: int = 1, public: bool = False, **more: object) -> dict[str, object]:
    return resource(
        "aws_ecs_service.api",
        desired_count=count,
        launch_type="FARGATE",
        network_configuration=[{"assign_public_ip": public}],
        unknown=["task_definition"],
        refers={"task_definition": ["aws_ecs_task_definition.api.arn", "aws_ecs_task_definition.api"]},
        **more,
    )


def monthly(*resources: dict[str, object], region: str = "eu-west-1") -> Decimal:
    return estimate([plan(*resources, region=region)], "us-east-1").monthly


def test_every_type_of_the_order_platform_has_a_price_or_is_free() -> None:
    text = "\n".join(path.read_text("utf-8") for path in INFRA.rglob("*.tf"))
    types = set(re.findall(r'^resource "(\w+)"', text, re.MULTILINE))
    assert len(types) > 40
    assert types - set(RULES) - load_prices().free == set()


def test_a_service_costs_what_its_task_definition_takes_times_its_count() -> None:
    one = Decimal("0.25") * Decimal("0.04048") + Decimal("0.5") * Decimal("0.004445")
    assert monthly(TASK, service(1)) == (one * 730).quantize(Decimal("0.01"))
    assert monthly(TASK, service(3)) == (3 * one * 730).quantize(Decimal("0.01"))


def test_a_public_address_of_a_task_costs() -> None:
    assert monthly(TASK, service(2, public=True)) - monthly(TASK, service(2)) == Decimal("7.30")


def test_arm_is_cheaper() -> None:
    arm = resource(
        "aws_ecs_task_definition.api",
        cpu="256",
        memory="512",
        runtime_platform=[{"cpu_architecture": "ARM64"}],
    )
    assert monthly(arm, service()) < monthly(TASK, service())


def test_a_database_in_two_zones_costs_twice() -> None:
    database = {
        "engine": "postgres",
        "instance_class": "db.t4g.micro",
        "allocated_storage": 20,
        "storage_type": "gp3",
    }
    single = monthly(resource("aws_db_instance.orders", **database, multi_az=False))
    assert single == (
        Decimal("0.018") * 730 + 20 * Decimal("0.127")
    ).quantize(Decimal("0.01"))  # fmt: skip
    assert monthly(resource("aws_db_instance.orders", **database, multi_az=True)) == 2 * single


def test_the_secret_of_a_managed_password_is_counted() -> None:
    database = {"engine": "postgres", "instance_class": "db.t4g.micro", "allocated_storage": 20}
    managed = resource("aws_db_instance.orders", **database, manage_master_user_password=True)
    assert monthly(managed) - monthly(resource("aws_db_instance.orders", **database)) == Decimal("0.40")


def test_an_endpoint_costs_in_each_zone_that_it_will_be_in() -> None:
    subnets = [resource("aws_subnet.private", index=f"[{one}]") for one in range(2)]
    interface = resource(
        "aws_vpc_endpoint.sqs",
        vpc_endpoint_type="Interface",
        unknown=["subnet_ids"],
        refers={"subnet_ids": ["aws_subnet.private"]},
    )
    gateway = resource("aws_vpc_endpoint.s3", vpc_endpoint_type="Gateway")
    assert monthly(*subnets, interface) == Decimal("16.06")
    assert monthly(gateway) == 0


def test_regions_have_their_own_prices() -> None:
    gateway = resource("aws_nat_gateway.out")
    assert monthly(gateway, region="us-east-1") == Decimal("32.85")
    assert monthly(gateway, region="eu-west-1") == Decimal("35.04")
    assert monthly(gateway, region="us-west-2") == Decimal("32.85")
    assert monthly(gateway, region="eu-west-2") == Decimal("36.50")
    london = cost_of("aws_lb", {"subnets": ["a", "b"]}, "eu-west-2")
    assert (london.monthly, london.use) == (Decimal("26.62"), "$0.0084 per capacity unit and hour")
    assert cost_of("aws_lb", {"internal": True}, "eu-central-1").use == "$0.008 per capacity unit and hour"


@pytest.mark.parametrize("region", sorted(load_prices().regions))
def test_every_region_of_the_table_knows_what_a_task_and_a_way_out_cost(region: str) -> None:
    task = cost_of("ecs_task", {"cpu": 256, "memory": 512}, region)
    assert task.monthly is not None
    assert Decimal("8") < task.monthly < Decimal("12")
    assert cost_of("aws_nat_gateway", {}, region).kind == "fixed"
    assert cost_of("aws_secretsmanager_secret", {}, region).monthly == Decimal("0.40")


def test_what_a_known_region_lacks_is_named() -> None:
    missing = cost_of("aws_lb", {}, "eu-north-1")
    assert missing.kind == "unpriced"
    assert missing.why.endswith("has no alb_hour in eu-north-1")


def test_what_has_no_price_is_said_and_not_counted_as_nothing() -> None:
    figures = estimate(
        [plan(resource("aws_msk_cluster.events"), resource("aws_eip.door"), region="eu-west-1")], ""
    )
    (unknown,) = figures.of("unpriced")
    assert (unknown.address, unknown.cost.hourly) == ("aws_msk_cluster.events", None)
    assert "does not cover aws_msk_cluster" in unknown.cost.why
    assert figures.monthly == Decimal("3.65")
    assert "price not known" in unknown.cost.text()


def test_a_region_that_the_table_does_not_know_is_not_priced_as_another() -> None:
    cost = cost_of("aws_nat_gateway", {}, "ap-south-2")
    assert (cost.kind, cost.monthly) == ("unpriced", None)
    assert "no region ap-south-2" in cost.why


def test_an_unknown_class_is_not_guessed() -> None:
    cost = cost_of("aws_db_instance", {"engine": "postgres", "instance_class": "db.x9.huge"}, "eu-west-1")
    assert cost.kind == "unpriced"
    assert cost_of("aws_db_instance", {"engine": "oracle-ee"}, "eu-west-1").why.endswith("no oracle-ee")


@pytest.mark.parametrize(
    ("kind", "values", "dollars"),
    [
        ("aws_eip", {}, "3.65"),
        ("aws_db_snapshot", {"allocated_storage": 20, "snapshot_type": "manual"}, "1.90"),
        ("aws_db_snapshot", {"allocated_storage": 20, "snapshot_type": "automated"}, "0.00"),
        ("aws_db_instance_automated_backup", {"allocated_storage": 20, "status": "retained"}, "1.90"),
        ("aws_secretsmanager_secret", {}, "0.40"),
        ("aws_secretsmanager_secret", {"deleted": "2026-01-01"}, "0.00"),
        ("aws_kms_key", {}, "1.00"),
        ("aws_kms_key", {"key_state": "PendingDeletion"}, "0.00"),
        ("aws_cloudwatch_log_group", {"stored_gb": Decimal(10)}, "0.30"),
        ("aws_ebs_volume", {"size": 100, "type": "gp3"}, "8.80"),
        ("aws_instance", {"instance_type": "t3.micro", "instance_state": "running"}, "8.32"),
        ("aws_route53_zone", {}, "0.50"),
        ("ecs_task", {"cpu": "256", "memory": "512"}, "9.01"),
        ("aws_security_group", {}, "0.00"),
        ("aws_sqs_queue", {}, "0.00"),
    ],
)
def test_a_leftover_costs_so_much_a_month(kind: str, values: dict[str, object], dollars: str) -> None:
    assert cost_of(kind, values, "eu-west-1").monthly == Decimal(dollars)


def test_use_is_named_with_its_rate() -> None:
    assert cost_of("aws_sqs_queue", {}, "eu-west-1").text() == "only use costs: $0.40 per million requests"
    assert "plus use: $0.048 per GB" in cost_of("aws_nat_gateway", {}, "eu-west-1").text()


def test_what_is_deleted_or_only_read_costs_nothing_more() -> None:
    gone = resource("aws_eip.door", actions=["delete"])
    gone["change"]["after"] = None
    assert estimate([plan(gone)], "eu-west-1").lines == ()


def test_the_json_gives_totals_date_and_what_is_not_priced() -> None:
    answer = estimate([plan(resource("aws_eip.door"), resource("aws_msk_cluster.events"))], "").to_json()
    assert answer["monthly"] == 3.65
    assert answer["prices"]["date"] == load_prices().date
    assert [(one["address"], one["kind"]) for one in answer["resources"]] == [
        ("aws_eip.door", "fixed"),
        ("aws_msk_cluster.events", "unpriced"),
    ]
