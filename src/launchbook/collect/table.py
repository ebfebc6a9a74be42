"""The AWS CLI's ``--output table``, read back into JSON.

A table of objects has a title, a line of names and a line for each object; a single object has two columns; a list of
plain values has one. Nested tables have no place to say which object they belong to, so what holds one is not read.
"""

from __future__ import annotations

import re

_RULE = re.compile(r"^[|+]?[-+]{3,}[|+]?$")


def read_table(text: str) -> tuple[object, str]:
    """The data of the first table of a text, and a problem: empty, or why it could not be read."""
    rows: list[list[str]] = []
    rules: list[int] = []
    closed = False
    for line in (one.strip() for one in text.splitlines()):
        if _RULE.match(line):
            rules.append(len(rows))
            closed = True
        elif line.startswith("|") and line.endswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            closed = False
        elif rows:
            break
    if not rows or not closed:
        return None, "the table is cut off"
    title, body = rows[0], rows[1:]
    if len(title) != 1:
        body, title = rows, []
    if any(len(row) == 1 for row in body) and any(len(row) > 1 for row in body):
        return None, "the table holds another table: paste it with --output json"
    if not body:
        return [], ""
    if len(body[0]) == 1:
        return [_value(row[0]) for row in body], ""
    # Names stand above a rule of their own; a single object has none.
    named = (len(rows) - len(body) + 1) in rules and len(body) > 1
    if not named and len(body[0]) == 2:
        return {key: _value(cell) for key, cell in (row for row in body if len(row) == 2)}, ""
    names = body[0]
    if any(len(row) != len(names) for row in body[1:]):
        return None, "the rows of the table do not fit its columns"
    return [dict(zip(names, map(_value, row), strict=True)) for row in body[1:]], ""


def _value(cell: str) -> object:
    """``True``, ``None`` and numbers as what they are; the CLI writes them without quotes."""
    plain = {"True": True, "False": False, "None": None, "": None}
    if cell in plain:
        return plain[cell]
    return int(cell) if re.fullmatch(r"-?\d{1,18}", cell) and not re.fullmatch(r"0\d+", cell) else cell
