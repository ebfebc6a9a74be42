"""Where boxes stand and which way arrows go: along lanes between columns and between rows, never behind a box.

Gutter *i* is the free strip left of column *i* (the last one is right of all), gap *j* the one above row *j*. An arrow
leaves its box into a gutter, follows a lane there and, when columns lie between, one lane of a gap across them.
Arrows share a lane only where they share the box at one end, so each line can be followed to its end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launchbook.report.picture_boxes import Arrow, Box

WIDTH, HEIGHT = 206, 40
#: What the picture may be wide: fits a window of 1400 pixels with the page's margins.
MOST_WIDE = 1310
TOP, SIDE, GAP, LANE, LEAST_GUTTER = 56, 20, 14, 7, 54
#: Room in a gutter for the tip of an arrow, on either side.
_TIP = 14
#: Heights at which arrows leave and enter a box; four, so that no two ends that face each other lie on one line.
_OUT_RIGHT, _IN_RIGHT, _OUT_LEFT, _IN_LEFT = 8, 16, 24, 32

Point = tuple[float, float]
#: The place of a lane in its strip: (number of the strip, name of the lane) to 0, 1, 2 …
Lanes = dict[tuple[int, str], int]


@dataclass(frozen=True)
class Way:
    """The strips and lanes of an arrow: out into one gutter, across by a gap (None: no need), in from another."""

    one: Box
    two: Box
    out: int
    into: int
    gap: int | None
    out_lane: str
    gap_lane: str
    in_lane: str

    @property
    def leaves(self) -> Point:
        """Where it leaves its box."""
        right = self.out > self.one.column
        return self.one.x + (WIDTH if right else 0), self.one.y + (_OUT_RIGHT if right else _OUT_LEFT)

    @property
    def enters(self) -> Point:
        """Where its tip is."""
        right = self.into > self.two.column
        return self.two.x + (WIDTH + 2 if right else -2), self.two.y + (_IN_RIGHT if right else _IN_LEFT)


def place(columns: Sequence[list[Box]], arrows: Sequence[Arrow]) -> None:
    """Rows: each column in the order of what its boxes are tied to, looked at from both sides a few times."""
    near: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        near[arrow.target].append(arrow.source)
        near[arrow.source].append(arrow.target)
    at = {box.key: box for boxes in columns for box in boxes}
    for number, boxes in enumerate(columns):
        for box in boxes:
            box.column = number
        _in_order(boxes, {box.key: -float(len(near[box.key])) for box in boxes})
    for _ in range(4):
        for boxes in (*columns, *reversed(columns)):
            ends = {box.key: [at[key].row for key in near[box.key]] for box in boxes}
            _in_order(boxes, {key: sum(rows) / len(rows) if rows else 1e9 for key, rows in ends.items()})


def _in_order(boxes: list[Box], rank: Mapping[str, float]) -> None:
    boxes.sort(key=lambda box: (rank[box.key], box.below, box.label))
    for row, box in enumerate(boxes):
        box.row = row


def routed(columns: Sequence[list[Box]], arrows: Sequence[Arrow]) -> tuple[list[list[Point]], float, float]:
    """The corners of each arrow's way, and the picture's width and height; gives each box its corner."""
    boxes = {box.key: box for held in columns for box in held}
    rows = max(len(held) for held in columns)
    ways = _ways(boxes, arrows, rows)
    across = _across(ways)
    gaps, height = _rows(boxes, across, rows)
    down = _down(ways, across, gaps)
    gutters, width, step = _columns(boxes, down, len(columns))
    lines = []
    for way in ways:
        x1 = gutters[way.out] + _TIP + step[way.out] * down[way.out, way.out_lane]
        x2 = gutters[way.into] + _TIP + step[way.into] * down[way.into, way.in_lane]
        corners = [way.leaves, (x1, way.leaves[1])]
        if way.gap is not None:
            y = _height_of(way, across, gaps)
            corners += [(x1, y), (x2, y)]
        lines.append([*corners, (x2, way.enters[1]), way.enters])
    return lines, width, height


def _ways(boxes: Mapping[str, Box], arrows: Sequence[Arrow], rows: int) -> list[Way]:
    """The strips of each arrow; those that cross columns take the gap that is nearest and least used."""
    out_of, into_of = Counter(one.source for one in arrows), Counter(one.target for one in arrows)
    used: dict[int, set[str]] = defaultdict(set)
    ways = []
    for arrow in arrows:
        one, two = boxes[arrow.source], boxes[arrow.target]
        out = one.column + 1 if two.column >= one.column else one.column
        into = two.column if two.column > one.column else two.column + 1
        tail, tip = f"from {one.key}", f"to {two.key}"
        shared = tail if out_of[one.key] > into_of[two.key] else tip
        if out == into:
            ways.append(Way(one, two, out, into, None, shared, "", shared))
            continue
        cost = {
            gap: abs(gap - 0.4 - one.row) + abs(gap - 0.4 - two.row) + len(used[gap] - {shared}) / 2
            for gap in range(rows + 1)
        }
        gap = min(cost, key=lambda at: (cost[at], at))
        used[gap].add(shared)
        ways.append(Way(one, two, out, into, gap, tail, shared, tip))
    return ways


def _across(ways: Sequence[Way]) -> Lanes:
    """The lanes of each gap; two share a place when they end where the other has not begun."""
    spans: dict[tuple[int, str], list[float]] = defaultdict(list)
    for way in ways:
        if way.gap is not None:
            spans[way.gap, way.gap_lane] += [way.out, way.into]
    return _packed(spans)


def _packed(spans: Mapping[tuple[int, str], Sequence[float]]) -> Lanes:
    """The first free place of its strip for each span, short ones first."""
    taken: dict[int, list[list[tuple[float, float]]]] = defaultdict(list)
    lanes: Lanes = {}
    for key in sorted(spans, key=lambda key: (key[0], max(spans[key]) - min(spans[key]), key[1])):
        low, high = min(spans[key]), max(spans[key])
        places = taken[key[0]]
        free = (
            number
            for number, held in enumerate(places)
            if all(high < other_low or low > other_high for other_low, other_high in held)
        )
        number = next(free, len(places))
        if number == len(places):
            places.append([])
        places[number].append((low, high))
        lanes[key] = number
    return lanes


def _counted(lanes: Lanes) -> dict[int, int]:
    """How many places each strip needs."""
    most: dict[int, int] = defaultdict(int)
    for (strip, _), number in lanes.items():
        most[strip] = max(most[strip], number + 1)
    return most


def _rows(boxes: Mapping[str, Box], across: Lanes, rows: int) -> tuple[list[float], float]:
    """The top of each gap, and the whole height; each box learns its row's."""
    needed = _counted(across)
    gaps, y = [], float(TOP - GAP)
    for row in range(rows + 1):
        gaps.append(y)
        y += GAP + LANE * needed[row] + (HEIGHT if row < rows else 0)
    for box in boxes.values():
        box.y = gaps[box.row] + GAP + LANE * needed[box.row]
    return gaps, y + 8


def _height_of(way: Way, across: Lanes, gaps: Sequence[float]) -> float:
    """The height of the lane by which a way goes across."""
    gap = way.gap or 0
    return gaps[gap] + GAP / 2 + LANE * (across[gap, way.gap_lane] + 0.5)


def _down(ways: Sequence[Way], across: Lanes, gaps: Sequence[float]) -> Lanes:
    """The lanes of each gutter: those of the column to its left, then, mirrored, of the one to its right."""
    spans: dict[tuple[int, str], list[float]] = defaultdict(list)
    left: set[tuple[int, str]] = set()
    for way in ways:
        middle = [] if way.gap is None else [_height_of(way, across, gaps)]
        for strip, lane, ends in (
            (way.out, way.out_lane, [way.leaves[1]]),
            (way.into, way.in_lane, [way.enters[1]]),
        ):
            spans[strip, lane] += [*ends, *middle]
            of = way.one if lane.startswith("from ") else way.two
            if of.column < strip:
                left.add((strip, lane))
    first = _packed({key: span for key, span in spans.items() if key in left})
    second = _packed({key: span for key, span in spans.items() if key not in left})
    count_first, count_second = _counted(first), _counted(second)
    mirrored = {key: count_first[key[0]] + count_second[key[0]] - 1 - at for key, at in second.items()}
    return first | mirrored


def _columns(
    boxes: Mapping[str, Box], down: Lanes, count: int
) -> tuple[list[float], float, dict[int, float]]:
    """Where each gutter begins, the whole width, and how far apart the lanes of each gutter are.

    Lanes draw together where they would make the picture too wide.
    """
    needed = _counted(down)
    spare = (
        MOST_WIDE
        - 2 * SIDE
        - count * WIDTH
        - LEAST_GUTTER * (count - 1)
        - (LANE + _TIP) * bool(needed[count])
    )
    wanted = [max(0, 2 * _TIP + LANE * needed[number] - LEAST_GUTTER) for number in range(1, count)]
    part = min(1.0, spare / max(1, sum(wanted)))
    widths = [LEAST_GUTTER + part * more for more in wanted]
    gutters, x = [0.0], float(SIDE)
    for number in range(count):
        for box in boxes.values():
            if box.column == number:
                box.x = x
        x += WIDTH
        gutters.append(x)
        x += widths[number] if number < count - 1 else 0
    steps = {
        number: min(2 * LANE, (width - 2 * _TIP) / max(1, needed[number] - 1))
        for number, width in enumerate(widths, 1)
    }
    steps[count] = LANE / max(1, needed[count])
    return gutters, x + SIDE + (LANE + _TIP if needed[count] else 0), steps
