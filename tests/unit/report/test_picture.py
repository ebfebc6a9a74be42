"""The architecture picture: every resource is in it once, boxes never overlap, hostile names stay text."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from launchbook.model import Fact, Facts, Gap, Relation, Where, make_fact
from launchbook.report.discovery_html import render
from launchbook.report.picture import HEIGHT, MOST, WIDTH, draw

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
    assert 1 <= len(placed) <= MOST
    for (x1, y1), (x2, y2) in itertools.combinations(placed, 2):
        assert abs(x1 - x2) >= WIDTH or abs(y1 - y2) >= HEIGHT


def test_five_resources_have_a_box_each_and_three_hundred_share() -> None:
    assert len(boxes(draw(many(5), []))) == 5
    svg = draw(many(300), [])
    counted = sum(int(found) for found in re.findall(r">(\d+) × ", svg))
    assert counted == 300


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
