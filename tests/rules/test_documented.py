"""Every command, exported name and make target is documented; the documents name nothing that is gone."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import launchbook
from tests.rules.source import ROOT


def test_every_exported_name_is_documented() -> None:
    page = (ROOT / "docs/reference/api.md").read_text("utf-8")
    assert set(re.findall(r"^## `(\w+)`", page, re.M)) == set(launchbook.__all__)
    for name in launchbook.__all__:
        assert getattr(launchbook, name).__doc__, f"launchbook.{name} has no docstring"


def test_the_command_reference_is_what_the_program_says() -> None:
    run = [sys.executable, ROOT / "docs/generate.py", "--check"]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def targets() -> list[str]:
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)


@pytest.mark.parametrize("target", targets())
def test_every_make_target_has_its_help(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}:.*## \S", makefile, re.M), f"make {target} has no ## help"


def test_the_readme_names_only_targets_that_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"(?:`|^|\$ )make ([a-z-]+)", page.read_text("utf-8"), re.M)
    }
    assert named <= set(targets())


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_link_leads_somewhere(page: object) -> None:
    from pathlib import Path

    assert isinstance(page, Path)
    broken = [
        target for target in LINK.findall(page.read_text("utf-8")) if not (page.parent / target).exists()
    ]
    assert broken == []
