"""The AWS CLI's ``--output table``, read back into data.

A table is made of sections: a title, perhaps a line of names, and lines of values. What a value holds in turn stands
below it as a section with one bar more on each side, and a list whose items hold something begins a section again
for each item. So every nested value has its place. Cells are text: which of them are numbers, and whether
a section of one line is an object or a list, only AWS's model of the answer says (:mod:`launchbook.collect.shapes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_RULE = re.compile(r"^(\|*)[-+]{3,}\|*$")


@dataclass
class _Group:
    """Lines between two rules: how deep they stand, and their cells with the blanks before each."""

    depth: int
    rows: list[list[str]]

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def alone(self) -> bool:
        return len(self.rows) == 1 and self.width == 1

    def cells(self, row: int = 0) -> list[str]:
        return [cell.strip() for cell in self.rows[row]]


@dataclass
class _Section:
    """A title with its values: objects, plain values, or only what stands below it."""

    title: str
    depth: int
    names: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    below: list[_Section] = field(default_factory=list)

    @property
    def value(self) -> object:
        """A list of objects or of plain values; an object where names and values stand in two columns."""
        inner: dict[str, list[object]] = {}
        for section in self.below:
            held = inner.setdefault(section.title, [])
            held.extend(found if isinstance(found := section.value, list) else [found])
        if self.names:
            items: list[dict[str, object]] = [
                dict(zip(self.names, map(_cell, row), strict=False)) for row in self.rows
            ]
            if inner and items:
                items[-1] |= inner
            return items
        if self.rows and len(self.rows[0]) == 2:
            return [{row[0]: _cell(row[1]) for row in self.rows if len(row) == 2} | inner]
        if self.rows:
            return [_cell(row[0]) for row in self.rows]
        return [inner] if inner else []


def read_table(text: str) -> tuple[object, str]:
    """The data of the first table of a text, and a problem: empty, or why it could not be read."""
    groups, closed = _groups(text)
    if not groups or not closed:
        return None, "the table is cut off"
    sections = list(_sections(groups))
    first = sections[0]
    for one in sections[1:]:
        if one.depth == 0 and one.title != first.title:
            return None, "the table does not hold together: paste it with --output json"
    if any(len(row) != len(one.names or row) for one in sections for row in one.rows):
        return None, "the rows of the table do not fit its columns"
    values = [item for section in _nested(sections) for item in _listed(section.value)]
    return values, ""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _groups(text: str) -> tuple[list[_Group], bool]:
    """The groups of lines of the first table, and whether its last line was a rule, as long as its first."""
    groups: list[_Group] = []
    fresh, closed, width = True, False, 0
    for line in (one.strip() for one in text.splitlines()):
        if _RULE.match(line):
            width = width or len(line)
            fresh, closed = True, len(line) >= width
        elif line.startswith("|") and line.endswith("|"):
            depth = len(line) - len(line.lstrip("|"))
            rows = line[depth : len(line) - depth].split("|")
            if fresh or groups[-1].depth != depth - 1:
                groups.append(_Group(depth - 1, []))
            groups[-1].rows.append(rows)
            fresh = closed = False
        elif groups:
            closed = closed and not line.startswith("|")
            break
    return groups, closed


def _sections(groups: list[_Group]) -> Iterator[_Section]:
    position = 0
    while position < len(groups):
        here = groups[position]
        title = here.cells()[0] if here.alone else ""
        section = _Section(title, here.depth)
        position += 1 if here.alone else 0
        after = groups[position : position + 2]
        if after and after[0].depth == here.depth and not _begins(after[0], after[1:]):
            if _named(after):
                section.names = after[0].cells()
                body = after[1]
                position += 2
            else:
                body = after[0]
                position += 1
            section.rows = [body.cells(number) for number in range(len(body.rows))]
        yield section


def _begins(group: _Group, after: list[_Group]) -> bool:
    """Whether a group is the title of another section: one centred cell, and a section one deeper below it."""
    return (
        group.alone and bool(after) and after[0].depth > group.depth and not group.rows[0][0].startswith("  ")
    )


def _named(groups: list[_Group]) -> bool:
    """Whether the first group is the line of names above the second."""
    if len(groups) < 2 or groups[0].depth != groups[1].depth or len(groups[0].rows) > 1:
        return False
    if groups[0].width > 1:
        return groups[0].width == groups[1].width
    # One column: names stand in the middle, values two blanks from the left, and a title comes before its rule alone.
    return (
        groups[1].width == 1
        and groups[1].rows[0][0].startswith("  ")
        and not _value_like(groups[0].rows[0][0])
    )


def _value_like(cell: str) -> bool:
    """Whether a cell is written as values are: two blanks before it and the rest behind."""
    before = len(cell) - len(cell.lstrip())
    return before == 2 and len(cell) - len(cell.rstrip()) > 3


def _nested(sections: list[_Section]) -> list[_Section]:
    """The top sections, each with what stands below it."""
    top: list[_Section] = []
    open_: list[_Section] = []
    for section in sections:
        while open_ and open_[-1].depth >= section.depth:
            open_.pop()
        (open_[-1].below if open_ else top).append(section)
        open_.append(section)
    return top


def _cell(cell: str) -> object:
    """The CLI writes ``None`` for what AWS left out."""
    return None if cell in ("None", "") else cell
