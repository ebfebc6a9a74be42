"""Whether what a plan makes can be removed again: what would stop a destroy, and what would outlive it.

Judged before anything is made, on the values that the plan knows. What only time decides (a bucket that fills, a vault
that gets copies) is judged as if it had happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from launchbook.lifecycle.cost import cost_of
from launchbook.lifecycle.planned import Plan, Planned
from launchbook.model import Evidence, Finding, Severity

Effect = Literal["stops", "outlives", "taken", "handled"]


@dataclass(frozen=True)
class Obstacle:
    """What stands between a platform and nothing.

    ``effect``: it ``stops`` a destroy, something ``outlives`` it (``monthly`` dollars while it stays, None when not
    known), a name is ``taken`` so that making it fails, or ``handled`` by ``launchbook destroy`` itself. ``attribute``
    and ``value`` are the evidence in the plan.
    """

    address: str
    effect: Effect
    what: str
    fix: str
    attribute: str = ""
    value: object = None
    monthly: Decimal | None = Decimal(0)
    root: str = ""

    def finding(self) -> Finding:
        """The obstacle as a finding of the check ``plan-destroyable``; ``handled`` ones pass."""
        severities: dict[Effect, Severity] = {
            "stops": "high",
            "taken": "high",
            "outlives": "medium",
            "handled": "low",
        }
        place = ".".join(filter(None, (self.address, self.attribute)))
        return Finding(
            check="plan-destroyable",
            status="PASS" if self.effect == "handled" else "FAIL",
            severity=severities[self.effect],
            subject=self.address,
            why=self.what,
            evidence=(Evidence(f"plan {self.root}: {place}".replace(" :", ":"), "plan", self.value),),
            fix=self.fix,
        )


Judge = Callable[["_Subject"], Iterator[Obstacle]]


@dataclass(frozen=True)
class _Subject:
    plan: Plan
    one: Planned
    region: str
    emptied: bool

    def get(self, name: str) -> Any:
        return self.one.values.get(name)

    def of(self, kind: str, attribute: str) -> list[Planned]:
        """The planned resources of a type whose attribute refers to this one."""
        return [
            other
            for other in self.plan.resources
            if other.type == kind and self.one in self.plan.near(other, attribute)
        ]

    def obstacle(
        self, effect: Effect, what: str, fix: str, attribute: str = "", monthly: Decimal | None = Decimal(0)
    ) -> Obstacle:
        return Obstacle(self.one.address, effect, what, fix, attribute, self.get(attribute), monthly)


def obstacles(
    plans: Mapping[str, Mapping[str, Any]],
    region: str,
    prevented: Iterable[str] = (),
    emptied: Iterable[str] = (),
) -> tuple[Obstacle, ...]:
    """Everything in the plans (root's name to ``terraform show -json``) that a destroy would stop at or leave behind.

    ``prevented`` are addresses with ``prevent_destroy``, which a plan does not show; ``emptied`` the roots whose bucket
    holds a remote state, which ``launchbook destroy`` empties. In the plans' own order.
    """
    found = []
    kept, with_state = set(prevented), set(emptied)
    for root, document in plans.items():
        plan = Plan(document)
        for one in plan.resources:
            subject = _Subject(plan, one, plan.provider_region or region, root in with_state)
            judged = [*_rules(subject), *_prevented(subject, kept)]
            found += [replace(obstacle, root=root) for obstacle in judged]
    return tuple(found)


def _rules(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("skip_destroy") is True:
        yield subject.obstacle(
            "outlives", "skip_destroy keeps it in the account", "set skip_destroy to false", "skip_destroy",
            cost_of(subject.one.type, subject.one.values, subject.region).monthly,
        )  # fmt: skip
    for attribute in _PROTECTED.get(subject.one.type, ()):
        if subject.get(attribute) in (True, "ACTIVE"):
            yield subject.obstacle(
                "stops", f"{attribute} refuses its deletion", f"turn {attribute} off before the destroy", attribute
            )  # fmt: skip
    if subject.one.type in _FORCED and subject.get("force_destroy") is not True:
        yield subject.obstacle("stops", *_FORCED[subject.one.type], "force_destroy")
    judge = _JUDGES.get(subject.one.type)
    if judge is not None:
        yield from judge(subject)


def _prevented(subject: _Subject, kept: set[str]) -> Iterator[Obstacle]:
    if f"{subject.one.type}.{subject.one.name}" in kept or subject.one.address in kept:
        yield subject.obstacle(
            "stops", "lifecycle.prevent_destroy refuses its deletion", "take prevent_destroy out", "lifecycle"
        )


#: Attributes that make AWS refuse a deletion.
_PROTECTED: dict[str, tuple[str, ...]] = {
    "aws_cognito_user_pool": ("deletion_protection",),
    "aws_db_instance": ("deletion_protection",),
    "aws_docdb_cluster": ("deletion_protection",),
    "aws_dynamodb_table": ("deletion_protection_enabled",),
    "aws_eks_cluster": ("deletion_protection",),
    "aws_instance": ("disable_api_termination",),
    "aws_lb": ("enable_deletion_protection",),
    "aws_neptune_cluster": ("deletion_protection",),
    "aws_rds_cluster": ("deletion_protection",),
}

#: Types that refuse to go while they hold something, unless force_destroy is set: what is said, and the fix.
_FORCED: dict[str, tuple[str, str]] = {
    "aws_backup_vault": (
        "a vault with copies in it refuses its deletion, and they are kept as long as the backup plan says",
        "set force_destroy, or delete the recovery points first",
    ),
    "aws_iam_user": ("a user with keys or a password refuses its deletion", "set force_destroy"),
    "aws_route53_zone": ("a zone with records made by others refuses its deletion", "set force_destroy"),
}


def _bucket(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("object_lock_enabled") is True:
        yield subject.obstacle(
            "stops", "locked objects can't be deleted before their time", "do not lock what is to be removed",
            "object_lock_enabled",
        )  # fmt: skip
    if subject.get("force_destroy") is True:
        return
    versioned = any(
        (other.values.get("versioning_configuration") or [{}])[0].get("status") == "Enabled"
        for other in subject.of("aws_s3_bucket_versioning", "bucket")
    )
    holds = "object, version and delete marker" if versioned else "object"
    refuses = f"it refuses its deletion while it holds any {holds}"
    if subject.emptied:
        yield subject.obstacle(
            "handled", f"{refuses}; launchbook destroy empties it",
            "by hand: delete every object version and delete marker first", "force_destroy",
        )  # fmt: skip
    else:
        yield subject.obstacle("stops", refuses, "set force_destroy", "force_destroy")


def _database(subject: _Subject) -> Iterator[Obstacle]:
    size = {"allocated_storage": subject.get("allocated_storage")}
    if subject.get("skip_final_snapshot") is not True:
        price = cost_of("aws_db_snapshot", size, subject.region).monthly
        if not subject.get("final_snapshot_identifier"):
            yield subject.obstacle(
                "stops", "a final snapshot is wanted and has no name", "set skip_final_snapshot, or name the snapshot",
                "final_snapshot_identifier",
            )  # fmt: skip
        else:
            yield subject.obstacle(
                "outlives", f"a final snapshot {subject.get('final_snapshot_identifier')} stays",
                "set skip_final_snapshot where the data need not last", "skip_final_snapshot", price,
            )  # fmt: skip
    if subject.get("delete_automated_backups") is False and subject.get("backup_retention_period"):
        kept = cost_of("aws_db_instance_automated_backup", size | {"status": "retained"}, subject.region)
        yield subject.obstacle(
            "outlives", f"its automated backups stay for {subject.get('backup_retention_period')} days",
            "set delete_automated_backups", "delete_automated_backups", kept.monthly,
        )  # fmt: skip
    for log in subject.get("enabled_cloudwatch_logs_exports") or ():
        yield from _service_log(subject, f"/aws/rds/instance/{subject.get('identifier')}/{log}")


def _cluster_database(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("skip_final_snapshot") is not True:
        yield subject.obstacle(
            "outlives", "a final snapshot stays", "set skip_final_snapshot", "skip_final_snapshot", None
        )


def _cache(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("final_snapshot_identifier"):
        yield subject.obstacle(
            "outlives", "a final snapshot stays", "take final_snapshot_identifier out",
            "final_snapshot_identifier", None,
        )  # fmt: skip


def _secret(subject: _Subject) -> Iterator[Obstacle]:
    days = subject.get("recovery_window_in_days")
    if days != 0:
        kept = 30 if days is None else days
        yield subject.obstacle(
            "outlives", f"it waits {kept} days for its deletion (free), and its name is taken for so long",
            "set recovery_window_in_days to 0 where it need not be recovered", "recovery_window_in_days",
        )  # fmt: skip


def _key(subject: _Subject) -> Iterator[Obstacle]:
    days = subject.get("deletion_window_in_days") or 30
    shorter = "set deletion_window_in_days to 7" if days != 7 else "nothing to do but to wait"
    yield subject.obstacle(
        "outlives", f"a key waits {days} days for its deletion (free); AWS has no shorter way than 7",
        f"{shorter}, or use a key that AWS manages", "deletion_window_in_days",
    )  # fmt: skip


def _registry(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("force_delete") is not True:
        yield subject.obstacle(
            "stops", "a repository with images in it refuses its deletion", "set force_delete", "force_delete"
        )


def _cluster(subject: _Subject) -> Iterator[Obstacle]:
    for setting in subject.get("setting") or ():
        if setting.get("name") == "containerInsights" and setting.get("value") != "disabled":
            yield from _service_log(
                subject, f"/aws/ecs/containerinsights/{subject.get('name')}/performance", "setting"
            )


def _function(subject: _Subject) -> Iterator[Obstacle]:
    yield from _service_log(subject, f"/aws/lambda/{subject.get('function_name')}")


def _service_log(subject: _Subject, group: str, attribute: str = "") -> Iterator[Obstacle]:
    """A log group that the service makes by itself, unless the plan makes it first."""
    if any(
        other.type == "aws_cloudwatch_log_group" and other.values.get("name") == group
        for other in subject.plan.resources
    ):
        return
    yield subject.obstacle(
        "outlives", f"AWS makes the log group {group} outside the state, and it stays",
        "declare it as aws_cloudwatch_log_group; launchbook sweep finds it", attribute, None,
    )  # fmt: skip


def _table(subject: _Subject) -> Iterator[Obstacle]:
    if any(one.get("enabled") for one in subject.get("point_in_time_recovery") or ()):
        yield subject.obstacle(
            "handled", "AWS keeps a free system backup for 35 days after its deletion", "nothing to do",
            "point_in_time_recovery",
        )  # fmt: skip


def _distribution(subject: _Subject) -> Iterator[Obstacle]:
    if subject.get("retain_on_delete") is True:
        yield subject.obstacle(
            "outlives", "it is only switched off, and stays", "set retain_on_delete to false", "retain_on_delete"
        )  # fmt: skip


_JUDGES: dict[str, Judge] = {
    "aws_cloudfront_distribution": _distribution,
    "aws_db_instance": _database,
    "aws_docdb_cluster": _cluster_database,
    "aws_dynamodb_table": _table,
    "aws_ecr_repository": _registry,
    "aws_ecs_cluster": _cluster,
    "aws_elasticache_replication_group": _cache,
    "aws_kms_key": _key,
    "aws_lambda_function": _function,
    "aws_neptune_cluster": _cluster_database,
    "aws_rds_cluster": _cluster_database,
    "aws_s3_bucket": _bucket,
    "aws_secretsmanager_secret": _secret,
}
