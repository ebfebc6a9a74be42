"""A file is only held against a format's pattern when it holds a text without which the pattern cannot match."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.repo.discover import known_formats
from launchbook.repo.needles import needles

REPOSITORY = Path(__file__).parents[3]
SNIFFED = [form for form in known_formats() if form.sniff is not None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (rb"aws-cdk-lib|@aws-cdk/", (b"aws-cdk-lib", b"@aws-cdk/")),
        (rb"^kind:\s*CronJob", (b"CronJob",)),
        (rb"@(Get|Put)Mapping\b", (b"@GetMapping", b"@PutMapping")),
        (rb"from ['\"]k6", (b"from 'k6", b'from "k6')),
        (rb"\.(get|post)\(\s*['\"]/", (b".get(", b".post(")),
        (rb"(\w*|app)\.get", (b".get",)),
        (rb"software\.amazon\.awssdk", (b"software.amazon.awssdk",)),
        (rb"x{0,3}abcd?", (b"abc",)),
        (rb"abc+d", (b"abc",)),
        (rb"(?:compose|docker){2}ab", (b"compose", b"docker")),
        (rb"(?:compose|docker)?ab", ()),
        (rb"[abc\]]+def", (b"def",)),
        (rb"abc|\w+", ()),
        (rb"(?i)create", ()),
        (rb"a|b", ()),
        (rb"", ()),
    ],
)
def test_what_a_pattern_cannot_do_without(pattern: bytes, expected: tuple[bytes, ...]) -> None:
    assert needles(pattern) == expected


def test_no_file_of_the_examples_and_cases_is_passed_over() -> None:
    roots = (REPOSITORY / "examples", REPOSITORY / "tests/unit/repo/cases", REPOSITORY / "infra")
    contents = [path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()]
    passed = [
        (form.name, needles(form.sniff.pattern))
        for form in SNIFFED
        for content in contents
        if form.sniff is not None and form.sniff.search(content) and not form.may_claim(content)
    ]
    assert len(contents) > 300
    assert passed == []


def test_most_patterns_over_code_are_cheap_to_rule_out() -> None:
    over_code = [
        form for form in SNIFFED if any(name.endswith((".ts", ".py", ".java")) for name in form.names)
    ]
    without = [form.name for form in over_code if form.sniff and not needles(form.sniff.pattern)]
    assert len(without) * 4 < len(over_code), without
