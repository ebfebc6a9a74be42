"""Give every expectation the line its anchor stands on: ``python tests/unit/expected/reline.py [NAME.json …]``.

Run it after an example changed. An anchor must stand on exactly one line of its file, or on the first one after
``after``; anything else is an error, so that no expectation drifts to another place.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
WIDTH = 150


def anchored(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in ``node`` that points to a line."""
    if isinstance(node, dict):
        if "anchor" in node:
            yield node
        for value in node.values():
            yield from anchored(value)
    elif isinstance(node, list):
        for value in node:
            yield from anchored(value)


def line_of(item: dict[str, Any], root: Path) -> int:
    """The 1-based line of an item's anchor. Raises ValueError when there is none or more than one."""
    lines = (root / item["file"]).read_text().splitlines()
    start = 0
    if "after" in item:
        start = next((i for i, line in enumerate(lines) if item["after"] in line), -1)
        if start < 0:
            raise ValueError(f"{item['file']}: no line has {item['after']!r}")
    found = [i + 1 for i, line in enumerate(lines) if i >= start and item["anchor"] in line]
    if not found or (len(found) > 1 and "after" not in item):
        raise ValueError(f"{item['file']}: {item['anchor']!r} stands on {len(found)} lines {found}")
    return found[0]


def render(node: Any, indent: int = 0) -> str:
    """JSON with one short object or list a line."""
    flat = json.dumps(node, ensure_ascii=False)
    if indent + len(flat) <= WIDTH or not isinstance(node, (dict, list)) or not node:
        return flat
    pad = " " * (indent + 2)
    if isinstance(node, dict):
        parts = [f"{pad}{json.dumps(key)}: {render(value, indent + 2)}" for key, value in node.items()]
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + render(value, indent + 2) for value in node) + "\n" + " " * indent + "]"


def main(names: list[str]) -> int:
    """Rewrite the named files, or all; the exit code is 1 when an anchor is lost."""
    lost = 0
    for path in [HERE / name for name in names] or sorted(HERE.glob("*.json")):
        data = json.loads(path.read_text())
        for item in anchored(data):
            try:
                item["line"] = line_of(item, REPOSITORY / data["root"])
            except (OSError, ValueError) as error:
                lost += 1
                print(f"{path.name}: {error}", file=sys.stderr)
        path.write_text(render(data) + "\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
