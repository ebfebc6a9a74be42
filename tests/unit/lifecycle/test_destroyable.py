"""Whether a plan can be undone is known before anything is made."""

from __future__ import annotations

from decimal import Decimal

import pytest

from launchbook.lifecycle.destroyable import Obstacle, obstacles
from tests.unit.lifecycle.plans import plan, resource


def judged(*resources: dict[str, object], kept: tuple[str, ...] = ()) -> list[Obstacle]:
    return list(obstacles({"stack": plan(*resources)}, "eu-west-1", kept))


def effects(*resources: dict[str, object]) -> list[str]:
    return [one.effect for one in judged(*resources)]


HARMLESS = {"skip_final_snapshot": True, "deletion_protection": False, "backup_retention_period": 1}


def test_a_database_without_ties_can_go() -> None:
    assert judged(resource("aws_db_instance.orders", **HARMLESS)) == []


def test_a_final_snapshot_outlives_its_database_and_costs() -> None:
    (stays,) = judged(
        resource("aws_db_instance.orders", allocated_storage=20, final_snapshot_identifier="orders-final")
    )
    assert (stays.effect, stays.monthly) == ("outlives", Decimal("1.90"))
    assert "orders-final" in stays.what


def test_a_final_snapshot_without_a_name_stops_the_destroy() -> None:
    assert effects(resource("aws_db_instance.orders")) == ["stops"]


def test_retained_backups_outlive_their_database() -> None:
    kept = HARMLESS | {
        "delete_automated_backups": False,
        "backup_retention_period": 14,
        "allocated_storage": 20,
    }
    (stays,) = judged(resource("aws_db_instance.orders", **kept))
    assert (stays.effect, stays.monthly) == ("outlives", Decimal("1.90"))
    assert "14 days" in stays.what


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_db_instance.orders", HARMLESS | {"deletion_protection": True}),
        ("aws_lb.api", {"enable_deletion_protection": True}),
        ("aws_dynamodb_table.lock", {"deletion_protection_enabled": True}),
        ("aws_cognito_user_pool.people", {"deletion_protection": "ACTIVE"}),
        ("aws_instance.box", {"disable_api_termination": True}),
        ("aws_ecr_repository.api", {"force_delete": False}),
        ("aws_backup_vault.daily", {"force_destroy": None}),
        ("aws_iam_user.robot", {}),
        ("aws_s3_bucket.locked", {"object_lock_enabled": True, "force_destroy": True}),
    ],
)
def test_what_refuses_its_deletion_is_said_before_it_is_made(address: str, values: dict[str, object]) -> None:
    assert effects(resource(address, **values)) == ["stops"]


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_lb.api", {"enable_deletion_protection": False}),
        ("aws_ecr_repository.api", {"force_delete": True}),
        ("aws_backup_vault.daily", {"force_destroy": True}),
        ("aws_s3_bucket.state", {"force_destroy": True}),
        ("aws_secretsmanager_secret.key", {"recovery_window_in_days": 0}),
        ("aws_lambda_function.job", {"function_name": None, "skip_destroy": False}),
    ],
)
def test_what_can_go_is_not_complained_of(address: str, values: dict[str, object]) -> None:
    made = resource(
        "aws_cloudwatch_log_group.job", name="/aws/lambda/None"
    )  # the function's, declared before it
    assert effects(resource(address, **values), made) == []


def test_the_bucket_of_a_state_is_emptied_by_destroy_and_any_other_stops_it() -> None:
    bucket = resource("aws_s3_bucket.state", bucket="state")
    versions = resource(
        "aws_s3_bucket_versioning.state",
        versioning_configuration=[{"status": "Enabled"}],
        refers={"bucket": ["aws_s3_bucket.state.id", "aws_s3_bucket.state"]},
    )
    (obstacle,) = obstacles({"stack": plan(bucket, versions)}, "eu-west-1", emptied=("stack",))
    assert obstacle.effect == "handled"
    assert "version and delete marker" in obstacle.what
    assert obstacle.finding().status == "PASS"
    (other,) = judged(bucket)
    assert (other.effect, other.finding().status) == ("stops", "FAIL")
    assert "delete marker" not in other.what


def test_secrets_and_keys_wait_for_their_deletion() -> None:
    secret, key = judged(resource("aws_secretsmanager_secret.key"), resource("aws_kms_key.own"))
    assert "30 days" in secret.what
    assert (secret.effect, key.effect) == ("outlives", "outlives")


@pytest.mark.parametrize(
    ("days", "fix"), [(7, "nothing to do but to wait"), (30, "set deletion_window_in_days to 7")]
)
def test_a_key_that_waits_as_shortly_as_it_can_needs_no_setting(days: int, fix: str) -> None:
    (key,) = judged(resource("aws_kms_key.own", deletion_window_in_days=days))
    assert key.fix.startswith(fix)


def test_a_log_group_that_a_service_makes_by_itself_stays_unless_it_is_declared() -> None:
    cluster = resource(
        "aws_ecs_cluster.this", name="shop", setting=[{"name": "containerInsights", "value": "enabled"}]
    )
    declared = resource("aws_cloudwatch_log_group.i", name="/aws/ecs/containerinsights/shop/performance")
    assert [one.monthly for one in judged(cluster)] == [None]
    assert judged(cluster, declared) == []


def test_prevent_destroy_is_known_by_the_address_without_its_index() -> None:
    found = judged(resource("aws_eip.door", index="[0]"), resource("aws_eip.back"), kept=("aws_eip.door",))
    assert [(one.address, one.effect) for one in found] == [("aws_eip.door[0]", "stops")]


def test_an_obstacle_is_a_finding_with_the_plan_as_its_evidence() -> None:
    (obstacle,) = judged(resource("aws_lb.api", enable_deletion_protection=True))
    finding = obstacle.finding()
    assert (finding.status, finding.severity, finding.level) == ("FAIL", "high", "plan")
    assert finding.evidence[0].source == "plan stack: aws_lb.api.enable_deletion_protection"
    assert finding.evidence[0].value is True
