"""An architecture as a picture: tiers as columns, resources as boxes, references as arrows; one SVG, no script needed.

Meant to be legible with five resources and with three hundred: where a tier has many of a type, they share a box, and
five tiers fit a window of 1400 pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from launchbook.model import Fact, Relation
from launchbook.model.tiers import Tier
from launchbook.report.picture_boxes import Arrow, Box, boxes_and_arrows
from launchbook.report.picture_routes import HEIGHT, WIDTH, Point, place, routed

#: How far corners of arrows are rounded.
_ROUND = 5.0


def draw(facts: Iterable[Fact], relations: Iterable[Relation], link: str = "") -> str:
    """The SVG element of an architecture; empty when nothing in it is drawn.

    ``link`` stands before each ``file#Lline``: the way from the page to the repository's root, with a slash at its end.
    Each box has its number as ``data-box``, each arrow those of its ends as ``data-from`` and ``data-to``.
    """
    columns, arrows = boxes_and_arrows(facts, relations, link)
    if not columns:
        return ""
    held = list(columns.values())
    place(held, arrows)
    lines, width, height = routed(held, arrows)
    boxes = {box.key: box for column in held for box in column}
    number = {key: at for at, key in enumerate(boxes)}
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="Architecture by tier">',
        _TIPS,
        *(_band(tier, column, height) for tier, column in columns.items()),
        *(_arrow(arrow, line, boxes, number) for arrow, line in zip(arrows, lines, strict=True)),
        *(_box(box, number[box.key]) for box in boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts)


_TIPS = (
    "<defs>"
    + "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" '
        f'markerUnits="userSpaceOnUse"><path d="M0,0 L8,4 L0,8 z"/></marker>'
        for name in ("tip", "tip-on")
    )
    + "</defs>"
)


def _band(tier: Tier, boxes: Sequence[Box], height: float) -> str:
    left, width = boxes[0].x - 10, WIDTH + 20
    return (
        f'<g class="band"><rect x="{left:.0f}" y="10" width="{width}" height="{height - 20:.0f}" rx="8"/>'
        f'<text x="{left + 11:.0f}" y="33">{tier}</text></g>'
    )


def _box(box: Box, number: int) -> str:
    style = " dashed" if box.dashed else ""
    stack = f'<rect class="behind" x="{box.x + 4:.0f}" y="{box.y + 4:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
    inner = (
        f"<title>{escape(box.title)}</title>{stack if box.many else ''}"
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text class="name" x="{box.x + 9:.0f}" y="{box.y + 17:.0f}">{escape(_fit(box.label, 26))}</text>'
        f'<text class="kind" x="{box.x + 9:.0f}" y="{box.y + 32:.0f}">{escape(_fit(box.below, 31))}</text>'
    )
    body = f'<a href="{escape(box.href, quote=True)}">{inner}</a>' if box.href else inner
    return f'<g class="box{style}" data-box="{number}">{body}</g>'


def _fit(text: str, length: int) -> str:
    """Names keep both ends: the last part tells one from another."""
    if len(text) <= length:
        return text
    return f"{text[: length // 2 - 1]}…{text[-(length - length // 2) :]}"


def _arrow(arrow: Arrow, line: Sequence[Point], boxes: Mapping[str, Box], number: Mapping[str, int]) -> str:
    """An arrow, with a wide unseen line below it: a thin one is hard to point at."""
    one, two = boxes[arrow.source], boxes[arrow.target]
    title = f"{one.label} → {two.label}: {', '.join(sorted(arrow.kinds))}"
    way = _rounded(line)
    watches = " watches" if arrow.watches else ""
    return (
        f'<g class="arrow{watches}" data-from="{number[one.key]}" data-to="{number[two.key]}">'
        f'<title>{escape(title)}</title><path class="hit" d="{way}"/><path class="line" d="{way}"/></g>'
    )


def _rounded(line: Sequence[Point]) -> str:
    """A way of upright and level parts as an SVG path with rounded corners."""
    points = [point for at, point in enumerate(line) if at == 0 or point != line[at - 1]]
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for before, (x, y), after in zip(points, points[1:], points[2:], strict=False):
        x1, y1 = _towards((x, y), before)
        x2, y2 = _towards((x, y), after)
        parts.append(f"L{x1:.1f},{y1:.1f} Q{x:.1f},{y:.1f} {x2:.1f},{y2:.1f}")
    return " ".join([*parts, f"L{points[-1][0]:.1f},{points[-1][1]:.1f}"])


def _towards(corner: Point, other: Point) -> Point:
    """The point before a corner where its rounding begins: at most half the way to the next corner."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    length = abs(across) + abs(down)
    part = min(_ROUND, length / 2) / length if length else 0
    return corner[0] + across * part, corner[1] + down * part
