"""What an architecture picture shows: a box for a resource or for many of a type, an arrow for what refers to what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from launchbook.model import Fact, Relation
from launchbook.model.tiers import Tier, tier_of

COLUMNS: tuple[Tier, ...] = ("edge", "compute", "async", "data", "observability")
#: Boxes of one tier before its most frequent types share one.
ROWS = 14
#: What a picture shows; the rest (attachments, policies, versions) is in the tables.
_DRAWN = re.compile(
    r"aws_(cloudfront_distribution|lb|alb|elb|api_gateway_rest_api|apigatewayv2_api|wafv2_web_acl|route53_zone"
    r"|ecs_service|lambda_function|amplify_app|eks_cluster|instance|autoscaling_group|apprunner_service|batch_job_queue"
    r"|sqs_queue|sns_topic|cloudwatch_event_rule|scheduler_schedule|kinesis_stream|sfn_state_machine|mq_broker"
    r"|db_instance|rds_cluster|elasticache_(cluster|replication_group)|s3_bucket|dynamodb_table|efs_file_system"
    r"|opensearch_domain|redshift_cluster|docdb_cluster|cloudwatch_(metric_alarm|composite_alarm|dashboard))"
    r"|lambda_edge_handler|implied_store|in_memory_stand_in|prometheus_rule|vercel_cron"
    r"|kubernetes_(deployment|cron_job|ingress|stateful_set|daemon_set|job)(_v1)?"
)
#: Of an attachment: the relation that leads to what it is attached to; its other relations become that thing's.
_OWNED = (
    "listener-of",
    "rule",
    "policy-of",
    "scales",
    "attached-to",
    "role",
    "target-group",
    "task-definition",
)


@dataclass
class Box:
    """One box: a resource, or many of a type. ``column`` and ``row`` are its place, ``x`` and ``y`` its corner."""

    key: str
    label: str
    below: str
    href: str
    title: str
    dashed: bool = False
    many: bool = False
    column: int = 0
    row: int = 0
    x: float = 0
    y: float = 0


@dataclass
class Arrow:
    """A reference from one box to another; ``kinds`` says what for, ``watches`` that it only looks on."""

    source: str
    target: str
    kinds: set[str] = field(default_factory=set)
    watches: bool = False


def boxes_and_arrows(
    facts: Iterable[Fact], relations: Iterable[Relation], link: str
) -> tuple[dict[Tier, list[Box]], list[Arrow]]:
    """The boxes of each tier that has any, and the arrows between them."""
    known = {fact.id: fact for fact in facts}
    drawn = [
        one for one in known.values() if _DRAWN.fullmatch(one.type) and one.origin in ("source", "document")
    ]
    listed = [relation for relation in relations if relation.source in known]
    single = {fact.id: fact.id for fact in drawn}
    owner = _owners(listed, known, single)
    watched = {
        one.source: target
        for one in listed
        if one.kind == "alarm-dimension" and (target := _owner(one.target, owner, single))
    }
    columns: dict[Tier, list[Box]] = {}
    key_of: dict[str, str] = {}
    for tier in COLUMNS:
        made = _of_tier([fact for fact in drawn if tier_of(fact.type) == tier], known, watched, key_of, link)
        if made:
            columns[tier] = made
    looking = {key_of[fact.id] for fact in drawn if tier_of(fact.type) == "observability"}
    return columns, _arrows(listed, owner, key_of, looking)


def _of_tier(
    drawn: Sequence[Fact],
    known: Mapping[str, Fact],
    watched: Mapping[str, str],
    key_of: dict[str, str],
    link: str,
) -> list[Box]:
    """The boxes of one tier; ``key_of`` learns in which box each fact stands."""
    by_type: dict[str, list[list[Fact]]] = {}
    for fact in drawn:
        alike = by_type.setdefault(fact.type, [])
        same = fact.type == "implied_store" and next((one for one in alike if one[0].name == fact.name), None)
        if same:
            same.append(fact)  # one store, told by code and by a page
        else:
            alike.append([fact])
    shared = _shared({kind: len(alike) for kind, alike in by_type.items()})
    boxes = []
    for kind, alike in sorted(by_type.items()):
        if kind not in shared:
            for held in alike:
                boxes.append(_single(held[0], link))
                key_of.update({fact.id: held[0].id for fact in held})
            continue
        room = ROWS - len(shared) + 1 - sum(len(one) for other, one in by_type.items() if other not in shared)
        for on, held in _parts([fact for one in alike for fact in one], watched, room).items():
            name = known[on].name if on else ""
            boxes.append(_group(kind, held, name) if len(held) > 1 else _single(held[0], link))
            key_of.update({fact.id: boxes[-1].key for fact in held})
    return boxes


def _shared(counts: Mapping[str, int]) -> set[str]:
    """The types whose resources share a box, most frequent first, until the rest has room."""
    left = dict(counts)
    shared: set[str] = set()
    while sum(left.values()) + len(shared) > ROWS and any(count > 1 for count in left.values()):
        most = max(left, key=lambda kind: (left[kind], kind))
        shared.add(most)
        del left[most]
    return shared


def _parts(held: Sequence[Fact], watched: Mapping[str, str], room: int) -> dict[str, list[Fact]]:
    """Alarms by what they watch, where that takes no more boxes than there is room for; else all in one."""
    parts: dict[str, list[Fact]] = defaultdict(list)
    for fact in held:
        parts[watched.get(fact.id, "")].append(fact)
    return parts if len(parts) <= room else {"": list(held)}


def _single(fact: Fact, link: str) -> Box:
    href = f"{link}{fact.where.file}#L{fact.where.line}" if fact.where.file else ""
    weak = not fact.created or fact.origin != "source" or fact.type in ("implied_store", "in_memory_stand_in")
    title = f"{fact.name}\n{fact.type}\n{fact.where}"
    return Box(fact.id, fact.name, _short(fact.type), href, title, dashed=weak)


def _group(kind: str, held: Sequence[Fact], on: str) -> Box:
    names = "\n".join(f"{fact.name}  {fact.where}" for fact in held[:40])
    rest = f"\n… and {len(held) - 40} more" if len(held) > 40 else ""
    below = f"on {on}" if on else "all in the table below"
    return Box(
        f"{kind} {on}", f"{len(held)} × {_short(kind)}", below, f"#type-{kind}", names + rest, many=True
    )


def _short(kind: str) -> str:
    words = kind.removeprefix("aws_").removeprefix("cloudwatch_").removesuffix("_v1").replace("_", " ")
    return words.replace("metric alarm", "alarm").replace("implied store", "store, by its setting")


def _owners(
    listed: Sequence[Relation], known: Mapping[str, Fact], drawn: Mapping[str, str]
) -> dict[str, str]:
    """What each attachment is attached to."""
    owner: dict[str, str] = {}
    for relation in listed:
        if relation.kind in _OWNED and relation.source not in drawn and relation.target in known:
            owner.setdefault(relation.source, relation.target)
        elif relation.kind in ("task-definition", "target-group") and relation.source in drawn:
            owner.setdefault(relation.target, relation.source)
    return owner


def _arrows(
    listed: Sequence[Relation], owner: Mapping[str, str], key_of: Mapping[str, str], looking: set[str]
) -> list[Arrow]:
    """Relations between boxes; what is attached to a box speaks for it."""
    found: dict[tuple[str, str], Arrow] = {}
    for relation in listed:
        source, target = _owner(relation.source, owner, key_of), _owner(relation.target, owner, key_of)
        if source and target and source != target:
            arrow = found.setdefault((source, target), Arrow(source, target, watches=source in looking))
            arrow.kinds.add(relation.kind)
    return list(found.values())


def _owner(name: str, owner: Mapping[str, str], key_of: Mapping[str, str]) -> str:
    for _ in range(4):
        if name in key_of:
            return key_of[name]
        if name not in owner:
            return ""
        name = owner[name]
    return ""
