"""Names that a plan wants and somebody has already: making it would fail in the middle of an apply.

A name counts where AWS lets it exist once: in an account and region, for buckets in the world. What is only on its way
out (a secret in its recovery window) holds its name, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from launchbook.collect.engine import Asked, Reads
from launchbook.collect.reader import ReadFailed
from launchbook.lifecycle.destroyable import Obstacle
from launchbook.lifecycle.inventory import LISTINGS, Listing, Thing, take_stock
from launchbook.lifecycle.planned import Plan, Planned
from launchbook.model import Gap

#: Type -> the attribute that holds the name of which there can be one.
UNIQUE: Mapping[str, str] = {
    "aws_backup_vault": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_db_instance": "identifier",
    "aws_db_subnet_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "name",
    "aws_elasticache_replication_group": "replication_group_id",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_lambda_function": "function_name",
    "aws_lb": "name",
    "aws_lb_target_group": "name",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_ssm_parameter": "name",
}
#: Names by which AWS takes what is there over without a word, instead of refusing: a plan would change somebody else's.
_TAKES_OVER = frozenset({"aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm", "aws_sns_topic"})
#: The account holds it, or another one does: either way it can't be made.
_ELSEWHERE = ("AccessDenied", "403", "PermanentRedirect")


def names_in_use(
    plans: Mapping[str, Mapping[str, Any]],
    region: str,
    reader: Reads,
    asked: Asked,
    listings: Sequence[Listing] = LISTINGS,
) -> tuple[tuple[Obstacle, ...], tuple[Gap, ...]]:
    """The names that plans would make and that are taken, and what could not be asked.

    The reader has to let the listings' reads through. Only types that are made are asked for, in their regions.
    """
    wanted = list(_wanted(plans, region))
    kinds = {one.type for _, one, _, _ in wanted}
    places = sorted({place for _, _, place, _ in wanted})
    needed = [one for one in listings if one.type in kinds]
    if not needed:
        return (), ()
    stock = take_stock(reader, needed, places, asked)
    everywhere = {one.type for one in needed if one.collector.scope == "global"}
    there = {
        (thing.type, "" if thing.type in everywhere else thing.region, name): thing
        for thing in stock.things
        if not thing.of_aws
        for name in (thing.id, thing.name)
    }
    found = []
    for root, one, place, name in wanted:
        thing = there.get((one.type, "" if one.type in everywhere else place, name))
        if thing is not None:
            found.append(_taken(root, one, name, thing))
        elif one.type == "aws_s3_bucket" and _of_another(reader, needed, place, name):
            what = f"the bucket name {name} belongs to another account"
            found.append(
                Obstacle(one.address, "taken", what, "choose another name", "bucket", name, root=root)
            )
    return tuple(found), stock.gaps


def _wanted(plans: Mapping[str, Mapping[str, Any]], region: str) -> Iterator[tuple[str, Planned, str, str]]:
    for root, document in plans.items():
        plan = Plan(document)
        for one in plan.resources:
            name = one.values.get(UNIQUE.get(one.type, ""))
            if one.actions == ("create",) and isinstance(name, str) and name:
                yield root, one, str(one.values.get("region") or plan.provider_region or region), name


def _taken(root: str, one: Planned, name: str, thing: Thing) -> Obstacle:
    attribute = UNIQUE[one.type]
    if thing.values.get("deleted"):
        what = f"the name {name} is held by one that waits for its deletion ({str(thing.values['deleted'])[:10]})"
        fix = "launchbook sweep --plan FILE, or wait, or choose another name"
    elif one.type in _TAKES_OVER:
        what = f"one named {name} is there already, and would be taken over without a word"
        fix = "choose another name, or import it"
    else:
        what = f"the name {name} is taken already"
        fix = "choose another name, import it, or remove what holds it (launchbook sweep)"
    return Obstacle(one.address, "taken", what, fix, attribute, name, root=root)


def _of_another(reader: Reads, listings: Sequence[Listing], region: str, bucket: str) -> bool:
    """Whether a bucket exists that this account does not list."""
    calls = [
        call for one in listings for call in one.collector.calls if call.operation == "GetBucketLocation"
    ]
    try:
        for call in calls:
            next(iter(reader.read(call, region, {"Bucket": bucket})), None)
    except ReadFailed as failure:
        return failure.code in _ELSEWHERE
    return bool(calls)
