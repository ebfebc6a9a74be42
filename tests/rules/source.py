"""The source files that the rules look at, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the root, as people write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> list[str]:
        """The dotted name's parts, relative imports resolved against them."""
        parts = list(self.path.relative_to(ROOT).with_suffix("").parts)
        start = parts.index("src") + 1
        return parts[start:-1] if parts[-1] == "__init__" else parts[start:]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Each imported module with its line; ``from a import b`` gives ``a.b``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = ".".join([*self._above(node.level), *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)

    def _above(self, level: int) -> list[str]:
        """The package that a relative import starts from; nothing for an absolute one."""
        if not level:
            return []
        own = self.package if self.path.name == "__init__.py" else self.package[:-1]
        return own[: len(own) - level + 1]


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file under the folders, in order of their names; the inputs of tests are data, not source."""
    found = sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "cases" not in path.parts
    )
    return tuple(Source(path, text := path.read_text("utf-8"), ast.parse(text, str(path))) for path in found)


@cache
def exemptions() -> frozenset[str]:
    """What docs/decisions/ exempts: lines ``exempt: path`` or ``exempt: path::function``."""
    pages = (ROOT / "docs/decisions").glob("*.md")
    lines = (line.strip() for page in pages for line in page.read_text("utf-8").splitlines())
    return frozenset(
        line.removeprefix("exempt:").strip().strip("`") for line in lines if line.startswith("exempt:")
    )
