"""The architecture picture: every resource is in it once, no arrow runs behind a box, hostile names stay text."""

from __future__ import annotations

import itertools
import random
import re
import xml.etree.ElementTree as ET

import pytest

from launchbook.model import Fact, Facts, Gap, Relation, Where, make_fact
from launchbook.report.discovery_html import render
from launchbook.report.picture import draw
from launchbook.report.picture_boxes import COLUMNS, ROWS, Arrow, Box, boxes_and_arrows
from launchbook.report.picture_routes import HEIGHT, MOST_WIDE, WIDTH, place, routed

SVG = "{http://www.w3.org/2000/svg}"
KINDS = (
    "aws_lb",
    "aws_ecs_service",
    "aws_sqs_queue",
    "aws_db_instance",
    "aws_cloudwatch_metric_alarm",
    "aws_s3_bucket",
)
HOSTILE = '<script>alert(1)</script>" onload="x\x1b[31m'


def resource(kind: str, name: str, line: int = 1) -> Fact:
    return make_fact(kind, id=f"main.tf#{kind}.{name}", name=name, where=Where("main.tf", line))


def many(count: int) -> list[Fact]:
    return [resource(KINDS[n % len(KINDS)], f"thing-{n}", n + 1) for n in range(count)]


def boxes(svg: str) -> list[tuple[float, float]]:
    groups = [one for one in ET.fromstring(svg).iter(f"{SVG}g") if one.get("class", "").startswith("box")]
    rectangles = [
        next(one for one in group.iter(f"{SVG}rect") if one.get("class") != "behind") for group in groups
    ]
    return [(float(one.get("x", 0)), float(one.get("y", 0))) for one in rectangles]


@pytest.mark.parametrize("count", [1, 5, 60, 300, 2000])
def test_boxes_fit_and_never_overlap(count: int) -> None:
    placed = boxes(draw(many(count), []))
    assert 1 <= len(placed) <= ROWS * len(COLUMNS)
    for (x1, y1), (x2, y2) in itertools.combinations(placed, 2):
        assert abs(x1 - x2) >= WIDTH or abs(y1 - y2) >= HEIGHT


def test_five_resources_have_a_box_each_and_three_hundred_share() -> None:
    assert len(boxes(draw(many(5), []))) == 5
    svg = draw(many(300), [])
    counted = sum(int(found) for found in re.findall(r">(\d+) × ", svg))
    assert counted == 300


Line = list[tuple[float, float]]


def tangled(seed: int, count: int, references: int) -> tuple[list[list[Box]], list[Arrow], list[Line], float]:
    """Resources of every tier that refer to each other at random, and the ways of their arrows."""
    chance = random.Random(seed)
    facts = many(count)
    pairs = [chance.sample(facts, 2) for _ in range(references)]
    relations = [
        Relation(kind="uses", source=one.id, target=two.id, where=Where("main.tf", 1)) for one, two in pairs
    ]
    columns, arrows = boxes_and_arrows(facts, relations, "")
    held = list(columns.values())
    place(held, arrows)
    lines, width, _ = routed(held, arrows)
    return held, arrows, lines, width


TANGLES = [(1, 5, 4), (2, 40, 40), (3, 40, 160), (4, 300, 300), (5, 60, 12)]


@pytest.mark.parametrize("tangle", TANGLES)
def test_no_arrow_runs_behind_a_box(tangle: tuple[int, int, int]) -> None:
    columns, arrows, lines, _ = tangled(*tangle)
    assert arrows
    for line, box in itertools.product(lines, itertools.chain(*columns)):
        for (x1, y1), (x2, y2) in itertools.pairwise(line):
            assert x1 == x2 or y1 == y2
            beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + WIDTH
            assert beside or max(y1, y2) <= box.y or min(y1, y2) >= box.y + HEIGHT


@pytest.mark.parametrize("tangle", TANGLES)
def test_arrows_share_a_line_only_where_they_share_an_end(tangle: tuple[int, int, int]) -> None:
    _, arrows, lines, _ = tangled(*tangle)
    parts = [
        (arrow, *sorted(part))
        for arrow, line in zip(arrows, lines, strict=True)
        for part in itertools.pairwise(line)
    ]
    for (one, (a, b), (c, d)), (two, (e, f), (g, h)) in itertools.combinations(parts, 2):
        upright = a == c == e == g and min(d, h) > max(b, f)
        level = b == d == f == h and min(c, g) > max(a, e)
        if upright or level:
            assert one.source == two.source or one.target == two.target


@pytest.mark.parametrize("tangle", TANGLES)
def test_five_tiers_fit_a_window(tangle: tuple[int, int, int]) -> None:
    assert tangled(*tangle)[3] <= MOST_WIDE


def test_alarms_share_a_box_by_what_they_watch() -> None:
    queue, table = resource("aws_sqs_queue", "jobs"), resource("aws_db_instance", "orders")
    alarms = [resource("aws_cloudwatch_metric_alarm", f"alarm-{n}") for n in range(20)]
    watch = [
        Relation(
            kind="alarm-dimension", source=alarm.id, target=(queue, table)[n % 2].id, where=Where("m.tf", 1)
        )
        for n, alarm in enumerate(alarms)
    ]
    svg = draw([queue, table, *alarms], watch)
    assert svg.count("10 × alarm</text>") == 2
    assert "on jobs</text>" in svg
    assert "on orders</text>" in svg


def test_one_store_that_code_and_a_page_name_is_one_box() -> None:
    code = make_fact("implied_store", id="a.ts#REDIS_URL", name="REDIS_URL", where=Where("a.ts", 1))
    page = make_fact(
        "implied_store", id="b.md#REDIS_URL", name="REDIS_URL", where=Where("b.md", 1), origin="document"
    )
    assert len(boxes(draw([code, page], []))) == 1


def test_the_page_asks_nothing_of_a_network() -> None:
    page = render("quiet", Facts(many(5)))
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)


def test_a_box_leads_to_its_line() -> None:
    svg = draw([resource("aws_lb", "web", 12)], [], "../")
    (link,) = ET.fromstring(svg).iter(f"{SVG}a")
    assert link.get("href") == "../main.tf#L12"


def test_what_is_attached_to_a_resource_speaks_for_it() -> None:
    balancer, service = resource("aws_lb", "web"), resource("aws_ecs_service", "api")
    listener, group = resource("aws_lb_listener", "http"), resource("aws_lb_target_group", "api")
    where = Where("main.tf", 1)
    relations = [
        Relation(kind="listener-of", source=listener.id, target=balancer.id, where=where),
        Relation(kind="forwards-to", source=listener.id, target=group.id, where=where),
        Relation(kind="target-group", source=service.id, target=group.id, where=where),
    ]
    svg = draw([balancer, service, listener, group], relations)
    assert "web → api: forwards-to" in svg


def test_names_cannot_inject() -> None:
    fact = resource("aws_sqs_queue", HOSTILE)
    gap = Gap(where=Where("x.tf"), what=HOSTILE, hint=HOSTILE)
    page = render(HOSTILE, Facts([fact], [gap]))
    assert "<script>alert" not in page
    assert 'onload="x' not in page
    assert page.count("<script") == 1


def test_nothing_to_draw_is_said() -> None:
    assert draw([], []) == ""
    assert "No resource was found" in render("empty", Facts())
