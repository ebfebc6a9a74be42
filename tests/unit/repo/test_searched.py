"""How far a repository was searched for secrets is said, and nothing that was not read is counted."""

from __future__ import annotations

from pathlib import Path

from launchbook.audit import Question, audit
from launchbook.repo.formats.secrets import keys_in_text


def told(path: Path) -> list[tuple[str, str]]:
    findings = audit(Question(path=path)).report.findings
    return [(one.status, one.why) for one in findings if one.check == "secrets-in-repository"]


def test_a_clean_repository_says_how_many_files_were_looked_at(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")
    (tmp_path / "logo.png").write_bytes(b"\0\1")
    why = "2 files by their names, 1 by their text; history not read"
    assert ("PASS", why) in told(tmp_path)


def test_a_text_too_large_to_read_leaves_it_open(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")
    (tmp_path / "data.json").write_text("[" + "0," * (keys_in_text.limit // 2) + "0]")
    statuses = {status for status, _ in told(tmp_path)}
    assert "PASS" not in statuses
    assert ("UNKNOWN", "whether a file holds a secret: data.json was not read") in told(tmp_path)


def test_a_link_that_leads_out_leaves_it_open(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/main.py").write_text("print(1)\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "repo/settings").symlink_to(tmp_path / "outside")
    assert "PASS" not in {status for status, _ in told(tmp_path / "repo")}


def test_a_key_is_what_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"key": "AKIA' + "Z" * 16 + '"}\n')
    assert {status for status, _ in told(tmp_path)} == {"FAIL", "NOT_APPLICABLE"}
