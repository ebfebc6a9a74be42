"""Reports: what each format says, that it keeps to its published schema, and that no hostile name leaves its place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from launchbook.audit import Question, audit
from launchbook.model import Evidence, Finding, Gap, Report, Requirement, Where
from launchbook.report import html, markdown, sarif, text
from launchbook.report import json as as_json
from launchbook.report.clean import clean
from launchbook.report.share import pseudonym, pseudonymous

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = (
    "\x1b[31mred\x1b]0;title\x07",
    "a|b\n| forged | OK |",
    "</td><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}",
    "`code` [link](javascript:alert(1)) **bold**",
    "\u202egnp.exe\u200b",
    "]]>&lt;&amp;\x00\r",
    "\ud800 lone",
)


def report(name: str = "plain", source: str = "infra/main.tf:12") -> Report:
    """A report with one name in every place that a source can fill."""
    end = Evidence(source, "static", {name: [name]})
    findings = tuple(
        Finding(
            check="rds-multi-az", status=status, severity="high", subject=name, why=f"it is {name}", evidence=ends,
            fix=name, settle=name,
        )
        for status, ends in (("FAIL", (end, Evidence(name, "live", name))), ("UNKNOWN", ()), ("PASS", (end,)))
    )  # fmt: skip
    line = Requirement(id="a", title=name, why=name, status="NOK", findings=findings, settle=(name,))
    gap = Gap(where=Where(file=name), what=name, hint=name)
    return Report(
        run="20260101T000000-abcdef", at=datetime(2026, 1, 1, tzinfo=UTC), checklist="launch-readiness",
        sources=[f"repository {name}"], account=name, role=name, regions=[name], not_asked=[name],
        environment=name, scope=[name], requirements=(line,), gaps=(gap,),
    )  # fmt: skip


def schema(name: str) -> jsonschema.Draft202012Validator:
    data = json.loads((ROOT / f"docs/reference/{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(data)
    return jsonschema.Draft202012Validator(data)


@cache
def huntaze(example: str = "huntaze") -> Report:
    return clean(audit(Question(path=ROOT / "examples" / example)).report)


@pytest.mark.parametrize("example", ["huntaze", "huntaze-ready", "small/sam-orders"])
def test_an_audit_as_json_keeps_to_its_published_schema(example: str) -> None:
    data = json.loads(as_json.render(huntaze(example)))
    assert [error.message for error in schema("audit").iter_errors(data)] == []


def test_the_schema_refuses_a_pass_without_evidence() -> None:
    data = json.loads(as_json.render(report()))
    assert list(schema("audit").iter_errors(data)) == []
    next(one for one in data["findings"] if one["status"] == "PASS")["evidence"] = []
    assert list(schema("audit").iter_errors(data)) != []


@pytest.mark.parametrize("example", ["huntaze", "small/eks-shop", "small/terraform-modules"])
def test_a_discovery_as_json_keeps_to_its_published_schema(example: str) -> None:
    run = [sys.executable, "-m", "launchbook.cli", "discover", str(ROOT / "examples" / example), "--json"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert [error.message for error in schema("discover").iter_errors(json.loads(done.stdout))] == []


def test_the_lifecycle_schema_takes_no_proof_of_emptiness_with_something_left() -> None:
    data = {"run": "r", "target": "local", "steps": [], "proven_empty": True, "left": [], "gaps": []}
    assert list(schema("lifecycle").iter_errors(data)) == []
    left = [{"type": "aws_eip", "id": "eip-1", "monthly_cost": 3.6}]
    assert list(schema("lifecycle").iter_errors(data | {"left": left})) != []
    assert list(schema("lifecycle").iter_errors(data | {"left": left, "proven_empty": False})) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_drives_a_terminal(name: str) -> None:
    for every in (False, True):
        said = text.render(clean(report(name)), every=every)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", said)
        said.encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_ends_a_cell_or_starts_a_tag_in_markdown(name: str) -> None:
    said = markdown.render(clean(report(name)))
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {4, 5}
    assert len([row for row in rows if re.search(r"\| (OK|NOK|TODO) \|", row)]) == 1
    assert not re.search(r"<(?!br>)", said)
    assert not re.search(r"(?<!\\)\]\(", said)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "action", "data")]
        assert not [key for key, _ in attrs if key.startswith("on")], "an event handler came in"


def tags(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    return parser


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup_in_html(name: str) -> None:
    plain, hostile = tags(html.render(report())), tags(html.render(clean(report(name))))
    assert sorted(hostile.seen) == sorted(plain.seen)
    assert hostile.addresses == plain.addresses == ["#a"]


def test_the_page_asks_the_network_for_nothing() -> None:
    found = audit(Question(path=ROOT / "examples/huntaze"))
    page = html.render(clean(found.report), found.facts)
    assert "default-src 'none'" in page
    # Boxes of the picture lead to lines of the repository, nowhere else.
    assert [one for one in tags(page).addresses if re.match(r"\w+:|//", one)] == []
    assert "<svg" in page


@pytest.mark.parametrize("name", HOSTILE)
def test_json_and_sarif_stay_json_whatever_a_name_holds(name: str) -> None:
    cleaned = clean(report(name))
    data = json.loads(as_json.render(cleaned))
    assert list(schema("audit").iter_errors(data)) == []
    document = json.loads(sarif.render(cleaned, "1"))
    assert len(document["runs"][0]["results"]) == 1
    sarif.render(cleaned, "1").encode()


def test_sarif_has_what_code_hosts_need_and_exact_lines() -> None:
    (run,) = json.loads(sarif.render(huntaze(), "1"))["runs"]
    assert run["tool"]["driver"]["name"] == "launchbook"
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    lines = {
        path: path.read_text("utf-8", "replace").count("\n") + 1
        for path in (ROOT / "examples/huntaze").rglob("*")
        if path.is_file()
    }
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        for place in [*result["locations"], *result["relatedLocations"]]:
            physical = place["physicalLocation"]
            path = ROOT / "examples/huntaze" / physical["artifactLocation"]["uri"]
            assert 1 <= physical["region"]["startLine"] <= lines[path]
    places = {
        (one["ruleId"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
         one["locations"][0]["physicalLocation"]["region"]["startLine"])
        for one in run["results"]
    }  # fmt: skip
    assert ("open-administration-port", "aws-infrastructure.yaml", 88) in places
    port = (ROOT / "examples/huntaze/aws-infrastructure.yaml").read_text("utf-8").splitlines()[87]
    assert "22" in port


def test_the_markdown_is_the_runbooks_own_table() -> None:
    said = markdown.render(huntaze())
    assert "| Domain | Status | Evidence | To validate / action |" in said
    rows = re.findall(r"^\| .* \| (OK|NOK|TODO|NOT_APPLICABLE) \|", said, re.M)
    assert len(rows) == 11


def test_the_first_screen_says_go_or_no_go_five_things_to_fix_and_each_line_of_the_checklist() -> None:
    said = text.render(huntaze())
    assert said.startswith("NO-GO: 9 NOK")
    assert len(said.splitlines()) < 75
    assert len(re.findall(r"^(?:OK|NOK|TODO|–) ", said, re.M)) == 11
    assert re.findall(r"^  (\d)\. ", said, re.M) == ["1", "2", "3", "4", "5"]
    whole = text.render(huntaze(), every=True)
    failing = {one.check for one in huntaze().findings if one.status == "FAIL"}
    assert {check for check in failing if f"✗ {check}:" in whole} == failing


def test_a_folder_that_tells_of_nothing_is_said_to(tmp_path: Path) -> None:
    said = text.render(audit(Question(path=tmp_path)).report)
    assert "found        nothing on AWS that a check judges" in said
    assert "NO-GO: 11 TODO" in said


def test_what_to_fix_first_is_of_several_lines() -> None:
    first = huntaze().first()
    lines = {line.id for line in huntaze().requirements for one in first if one in line.findings}
    assert len(first) == 5
    assert {one.severity for one in first} == {"critical"}
    assert len(lines) >= 4


def test_a_secret_in_a_value_leaves_no_report() -> None:
    secret = "ghp_" + "a1B2" * 9
    cleaned = clean(report(secret))
    for said in (
        text.render(cleaned),
        markdown.render(cleaned),
        html.render(cleaned),
        as_json.render(cleaned),
        sarif.render(cleaned, "1"),
    ):
        assert secret not in said


def test_a_shared_report_has_pseudonyms_that_join() -> None:
    name = pseudonym("123456789012")
    said = pseudonymous(
        'arn:aws:sqs:eu-west-1:123456789012:jobs, "123456789012", 123456789012.dkr.ecr, 1234567890123'
    )
    assert said == f'arn:aws:sqs:eu-west-1:{name}:jobs, "{name}", {name}.dkr.ecr, 1234567890123'
    assert re.fullmatch(r"\d{12}", name)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "launchbook.cli", "audit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def test_nothing_is_kept_unless_asked_and_then_for_its_owner_alone(tmp_path: Path) -> None:
    repository, state = tmp_path / "theirs", tmp_path / "state"
    repository.mkdir()
    (repository / "main.tf").write_text('resource "aws_sqs_queue" "a" { name = "a" }\n')
    done = run(str(repository), XDG_STATE_HOME=str(state))
    assert done.returncode == 1, done.stderr
    assert not state.exists()
    run(str(repository), "--save", XDG_STATE_HOME=str(state))
    (saved,) = state.rglob("audit.json")
    assert oct(saved.stat().st_mode)[-3:] == "600"
    assert all(
        oct(folder.stat().st_mode)[-3:] == "700"
        for folder in (state / "launchbook").rglob("*")
        if folder.is_dir()
    )
    assert [path.name for path in repository.iterdir()] == ["main.tf"], (
        "nothing goes into somebody's repository"
    )
    (repository / "launchbook.toml").write_text('[audit]\nscope = ["a"]\n')
    run(str(repository), "--save", XDG_STATE_HOME=str(state))
    (beside,) = (repository / ".launchbook").rglob("audit.json")
    assert oct(beside.stat().st_mode)[-3:] == "600"
    assert (repository / ".launchbook/.gitignore").read_text() == "*\n"


def test_a_written_report_is_for_its_owner_alone(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("older")
    out.chmod(0o644)
    run(str(ROOT / "examples/small/sam-orders"), "--out", str(out))
    assert oct(out.stat().st_mode)[-3:] == "600"
    assert "<!doctype html>" in out.read_text("utf-8")
