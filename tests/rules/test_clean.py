"""Nothing tracked names a package index or a private path; the lock file pins with hashes."""

from __future__ import annotations

import re
import subprocess

from tests.rules.source import ROOT

HOSTS = re.compile(
    r"(files\.pythonhosted|pypi|registry\.npmjs|deb\.debian)\.org/|index-url|--find-links|extra-index", re.I
)
PRIVATE = re.compile(r"(?<![\w.])/(root|home/\w+|Users/\w+|work/(main|shared)|farm)/")


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for name in tracked():
        if name.startswith(("tests/rules/", "examples/")):
            continue
        for number, line in enumerate((ROOT / name).read_text("utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:90]}")
    return found


def test_no_file_names_the_address_of_a_package_index() -> None:
    assert [hit for hit in lines_matching(HOSTS) if "--no-emit" not in hit] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_matching(PRIVATE) == []


def test_every_pinned_package_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.findall(r"^([a-zA-Z0-9_.\[\]-]+==\S+)(.*(?:\n[ \t]+.*)*)", text, re.M)
    assert len(blocks) > 50
    assert [name for name, rest in blocks if "--hash=sha256:" not in rest] == []
