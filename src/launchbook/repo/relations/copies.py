"""Templates that define the same thing again: only one of them can be deployed."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation
from launchbook.model.tiers import tier_of
from launchbook.repo.terraform.names import name_attribute
from launchbook.repo.wiring import place

#: Types whose names are unique in an account and region; two of one name exclude each other.
_UNIQUE = frozenset(
    {"aws_s3_bucket", "aws_sqs_queue", "aws_sns_topic", "aws_ecs_service", "aws_ecr_repository", "aws_lb"}
    | {
        "aws_lambda_function",
        "aws_dynamodb_table",
        "aws_db_instance",
        "aws_cloudwatch_log_group",
        "aws_ecs_cluster",
    }
    | {
        "aws_elasticache_replication_group",
        "aws_cloudwatch_metric_alarm",
        "aws_cloudwatch_event_rule",
        "aws_iam_role",
    }
)


def relate(facts: Facts) -> Iterator[Relation]:
    """The later of two definitions, in order of paths, redefines the earlier; copies for another region do not."""
    first: dict[tuple[str, str], Fact] = {}
    for fact in sorted(facts, key=_first):
        named = fact.type in _UNIQUE and tier_of(fact.type) and name_attribute(fact.type) in fact.attributes
        if (
            not named
            or fact.origin != "source"
            or not isinstance(fact.attributes[name_attribute(fact.type)], str)
        ):
            continue
        known = first.setdefault((fact.type, fact.name), fact)
        regions = {known.where.region, fact.where.region} - {""}
        if known is not fact and len(regions) < 2 and _apart(known, fact):
            where = place(fact, name_attribute(fact.type))
            yield Relation(kind="redefines", source=fact.id, target=known.id, where=where)


def _first(fact: Fact) -> tuple[bool, str, int]:
    """Terraform before templates: where both define a thing, the template is usually the older story."""
    return "cloudformation_type" in fact.attributes, fact.where.file, fact.where.line


def _apart(one: Fact, other: Fact) -> bool:
    """Two templates of one folder are two stacks; two Terraform files of one folder are one module."""
    folders = one.where.file.rpartition("/")[0] != other.where.file.rpartition("/")[0]
    return folders or (one.where.file != other.where.file and "cloudformation_type" in other.attributes)
