"""The README shows what the program says."""

from __future__ import annotations

import re

from click.testing import CliRunner

from launchbook.cli.audit import command
from tests.rules.source import ROOT


def test_the_readme_s_audit_is_what_the_audit_says() -> None:
    shown = re.search(r"\$ launchbook audit (\S+)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert shown
    said = CliRunner(env={"COLUMNS": "120"}).invoke(command, [str(ROOT / shown[1])]).stdout
    told = [line for line in shown[2].splitlines() if line not in ("", "…") and not line.startswith("read  ")]
    assert len(told) > 8
    assert [line for line in told if line not in said.splitlines()] == []
