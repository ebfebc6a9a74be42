"""The product knows no platform: what it is told of one, it reads from that platform's launchbook.toml."""

from __future__ import annotations

import re
import tomllib

from tests.rules.source import ROOT

PLATFORMS = (ROOT / "launchbook.toml", ROOT / "examples/visits/launchbook.toml")
SOURCES = [path for path in (ROOT / "src/launchbook").rglob("*") if path.suffix in (".py", ".toml", ".json")]


def names() -> list[str]:
    """What the platforms that are shipped call themselves."""
    return [str(tomllib.loads(path.read_text("utf-8"))["platform"]["name"]) for path in PLATFORMS]


def test_no_source_names_a_platform() -> None:
    assert names() == ["order-platform", "visits"]
    spelled = re.compile("|".join(rf"\b{re.sub('[-_]', '[-_ ]?', name)}\b" for name in names()), re.I)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if spelled.search(line)
    ]
    assert len(SOURCES) > 200
    assert found == []
