"""An architecture as a picture: tiers as columns, resources as boxes, references as arrows; one SVG, no script needed.

Meant to be legible with five resources and with three hundred: where a type has many, its resources share one box, and
the limit sinks until all boxes fit on a screen or two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from launchbook.model import Fact, Relation
from launchbook.model.tiers import Tier, tier_of

COLUMNS: tuple[Tier, ...] = ("edge", "compute", "async", "data", "observability")
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
WIDTH, HEIGHT, GAP, ROWS, MOST = 214, 40, 14, 14, 64


@dataclass
class Box:
    """One box: a resource, or many of a type."""

    key: str
    label: str
    below: str
    href: str
    title: str
    dashed: bool = False
    many: bool = False
    x: float = 0
    y: float = 0


@dataclass
class Arrow:
    """A reference from one box to another; ``kinds`` says what for."""

    source: str
    target: str
    kinds: set[str] = field(default_factory=set)


def draw(facts: Iterable[Fact], relations: Iterable[Relation], link: str = "") -> str:
    """The SVG element of an architecture; empty when nothing in it is drawn.

    ``link`` stands before each ``file#Lline``: the way from the page to the repository's root, with a slash at its end.
    """
    drawn = [fact for fact in facts if _DRAWN.fullmatch(fact.type) and fact.origin in ("source", "document")]
    if not drawn:
        return ""
    columns, key_of = _boxes(drawn, link)
    arrows = _arrows(relations, {fact.id: fact for fact in facts}, key_of)
    _place(columns, arrows)
    boxes = {box.key: box for column in columns.values() for box in column}
    width = max(box.x for box in boxes.values()) + WIDTH + 30
    height = max(box.y for box in boxes.values()) + HEIGHT + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="Architecture by tier">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        *(_band(tier, column, height) for tier, column in columns.items()),
        *(_path(arrow, boxes) for arrow in arrows),
        *(_box(box) for box in boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts)


def _boxes(drawn: Sequence[Fact], link: str) -> tuple[dict[Tier, list[Box]], dict[str, str]]:
    """The boxes of each column, and the box that each fact stands in."""
    by_type: dict[tuple[Tier, str], list[Fact]] = defaultdict(list)
    for fact in drawn:
        tier = tier_of(fact.type)
        if tier in COLUMNS:
            by_type[tier, fact.type].append(fact)
    limit = next((n for n in (8, 5, 3, 2) if sum(_count(held, n) for held in by_type.values()) <= MOST), 1)
    columns: dict[Tier, list[Box]] = {}
    key_of: dict[str, str] = {}
    for tier in COLUMNS:
        for (of, kind), held in sorted(by_type.items()):
            if of != tier:
                continue
            grouped = len(held) > limit
            for fact in held:
                key_of[fact.id] = kind if grouped else fact.id
            made = [_group(kind, held)] if grouped else [_single(fact, link) for fact in held]
            columns.setdefault(tier, []).extend(made)
    return columns, key_of


def _count(held: Sequence[Fact], limit: int) -> int:
    return 1 if len(held) > limit else len(held)


def _single(fact: Fact, link: str) -> Box:
    place = str(fact.where)
    href = f"{link}{fact.where.file}#L{fact.where.line}" if fact.where.file else ""
    weak = not fact.created or fact.origin != "source" or fact.type in ("implied_store", "in_memory_stand_in")
    return Box(fact.id, fact.name, _short(fact.type), href, f"{fact.name}\n{fact.type}\n{place}", dashed=weak)


def _group(kind: str, held: Sequence[Fact]) -> Box:
    names = "\n".join(f"{fact.name}  {fact.where}" for fact in held[:40])
    rest = f"\n… and {len(held) - 40} more" if len(held) > 40 else ""
    label = f"{len(held)} × {_short(kind)}"
    return Box(kind, label, "all in the table below", f"#type-{kind}", names + rest, many=True)


def _short(kind: str) -> str:
    words = kind.removeprefix("aws_").removeprefix("cloudwatch_").removesuffix("_v1").replace("_", " ")
    return words.replace("metric alarm", "alarm").replace("implied store", "store, by its setting")


def _arrows(relations: Iterable[Relation], facts: dict[str, Fact], key_of: dict[str, str]) -> list[Arrow]:
    """Relations between boxes; what is attached to a box speaks for it."""
    found: dict[tuple[str, str], Arrow] = {}
    listed = [relation for relation in relations if relation.source in facts]
    owner: dict[str, str] = {}
    for relation in listed:
        if relation.kind in _OWNED and relation.source not in key_of and relation.target in facts:
            owner.setdefault(relation.source, relation.target)
        elif relation.kind in ("task-definition", "target-group") and relation.source in key_of:
            owner.setdefault(relation.target, relation.source)
    for relation in listed:
        source, target = _owner(relation.source, owner, key_of), _owner(relation.target, owner, key_of)
        if source and target and source != target:
            found.setdefault((source, target), Arrow(source, target)).kinds.add(relation.kind)
    return list(found.values())


def _owner(name: str, owner: dict[str, str], key_of: dict[str, str]) -> str:
    for _ in range(4):
        if name in key_of:
            return key_of[name]
        if name not in owner:
            return ""
        name = owner[name]
    return ""


def _place(columns: dict[Tier, list[Box]], arrows: Sequence[Arrow]) -> None:
    """Columns from left to right, at most ROWS boxes high; each column in the order of what points at it."""
    x = 20.0
    rank: dict[str, float] = {}
    near: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        near[arrow.target].append(arrow.source)
        near[arrow.source].append(arrow.target)
    for boxes in columns.values():
        placed = {box.key: [rank[other] for other in near[box.key] if other in rank] for box in boxes}
        boxes.sort(
            key=lambda box: (sum(at) / len(at) if (at := placed[box.key]) else 1e9, box.below, box.label)
        )
        for index, box in enumerate(boxes):
            box.x = x + (index // ROWS) * (WIDTH + GAP)
            box.y = 58 + (index % ROWS) * (HEIGHT + GAP)
            rank[box.key] = box.y
        x = max(box.x for box in boxes) + WIDTH + 76


def _band(tier: Tier, boxes: Sequence[Box], height: float) -> str:
    left = min(box.x for box in boxes) - 12
    width = max(box.x for box in boxes) + WIDTH + 12 - left
    return (
        f'<g class="band"><rect x="{left:.0f}" y="14" width="{width:.0f}" height="{height - 24:.0f}" rx="8"/>'
        f'<text x="{left + 12:.0f}" y="38">{tier}</text></g>'
    )


def _box(box: Box) -> str:
    style = " dashed" if box.dashed else ""
    stack = f'<rect class="behind" x="{box.x + 4:.0f}" y="{box.y + 4:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
    inner = (
        f"<title>{escape(box.title)}</title>{stack if box.many else ''}"
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text class="name" x="{box.x + 9:.0f}" y="{box.y + 17:.0f}">{escape(_fit(box.label, 27))}</text>'
        f'<text class="kind" x="{box.x + 9:.0f}" y="{box.y + 32:.0f}">{escape(_fit(box.below, 32))}</text>'
    )
    body = f'<a href="{escape(box.href, quote=True)}">{inner}</a>' if box.href else inner
    return f'<g class="box{style}">{body}</g>'


def _fit(text: str, length: int) -> str:
    """Names keep both ends: the last part tells one from another."""
    if len(text) <= length:
        return text
    return f"{text[: length // 2 - 1]}…{text[-(length - length // 2) :]}"


def _path(arrow: Arrow, boxes: dict[str, Box]) -> str:
    one, two = boxes[arrow.source], boxes[arrow.target]
    y1, y2 = one.y + HEIGHT / 2, two.y + HEIGHT / 2
    if one.x == two.x:
        x1, x2, bend = one.x + WIDTH, two.x + WIDTH, 34.0
        curve = f"M{x1:.0f},{y1:.0f} C{x1 + bend:.0f},{y1:.0f} {x2 + bend:.0f},{y2:.0f} {x2 + 2:.0f},{y2:.0f}"
    else:
        right = two.x > one.x
        x1, x2 = (one.x + WIDTH, two.x - 2) if right else (one.x, two.x + WIDTH + 2)
        middle = (x1 + x2) / 2
        curve = f"M{x1:.0f},{y1:.0f} C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    title = f"{one.label} → {two.label}: {', '.join(sorted(arrow.kinds))}"
    return f'<path class="arrow" d="{curve}" marker-end="url(#tip)"><title>{escape(title)}</title></path>'
