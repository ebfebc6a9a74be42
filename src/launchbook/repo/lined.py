"""Maps and lists that remember the line of each entry, as the YAML and JSON loaders give them."""

from __future__ import annotations

from typing import Any


class Map(dict[str, Any]):
    """A mapping that knows its own line and the line of every key. Keys are strings."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Seq(list[Any]):
    """A list that knows its own line and the line of every item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class Unreadable(Exception):
    """A file that cannot be read or parsed; becomes a gap at ``line``."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def line_of(node: Any, *path: str | int) -> int:
    """The line of the entry at ``path`` below ``node``; the deepest known line where the path ends early."""
    line = getattr(node, "line", 0)
    for part in path:
        if isinstance(node, Map) and part in node.lines:
            line = node.lines[str(part)]
            node = node[str(part)]
        elif isinstance(node, Seq) and isinstance(part, int) and 0 <= part < len(node):
            line = node.lines[part]
            node = node[part]
        else:
            break
    return int(line)


def dig(node: Any, *path: str | int) -> Any:
    """The value at ``path`` below ``node``; None where there is none or a step is of another shape."""
    for part in path:
        fits = isinstance(node, dict) if isinstance(part, str) else isinstance(node, list)
        if not fits:
            return None
        try:
            node = node[part]
        except (KeyError, IndexError):
            return None
    return node


def as_map(value: Any) -> dict[str, Any]:
    """``value`` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def lines_below(node: Any, prefix: str = "") -> dict[str, int]:
    """Every dotted path below ``node`` with its line (``health_check.0.path``)."""
    found: dict[str, int] = {}
    stack = [(prefix, node)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, Map):
            entries = [(key, here.lines.get(key, here.line), item) for key, item in here.items()]
        elif isinstance(here, Seq):
            entries = [(str(i), here.lines[i], item) for i, item in enumerate(here)]
        else:
            continue
        for key, line, item in entries:
            below = f"{path}.{key}" if path else key
            found[below] = line
            stack.append((below, item))
    return found
