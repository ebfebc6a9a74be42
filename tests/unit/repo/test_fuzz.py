"""Every reader on files that are cut, mangled, binary, huge or unreadable: gaps, never a crash, a hang or silence."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launchbook.model import Gap
from launchbook.repo import discover
from launchbook.repo.as_json import as_json
from launchbook.repo.as_text import as_text
from tests.unit.expected import reline

EXAMPLES = reline.REPOSITORY / "examples"
#: One file of every format, by what its name or content makes it.
SEEDS = sorted(
    path
    for root in ("huntaze", "small")
    for path in (EXAMPLES / root).rglob("*")
    if path.is_file() and path.stat().st_size < 60_000
)
JUNK = (
    "\x00\x01\xff",
    "{{",
    "}}}",
    "[[[[",
    "&a *a",
    "<<EOT\n",
    "${",
    "!Sub",
    "\x1b[2J",
    '"',
    "\n\n: :",
    "\ud7ff",
    "-" * 500,
)


def crashes(root: Path) -> list[Gap]:
    """Gaps of readers that met something they did not foresee."""
    found = discover(root)
    as_json(found)
    as_text(found, everything=True)
    return [gap for gap in found.facts.gaps if "reader failed" in gap.what]


def copy_of_all(root: Path, change: object) -> None:
    assert callable(change)
    for path in SEEDS:
        target = root / path.relative_to(EXAMPLES)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize("seed", range(4))
def test_every_file_cut_at_a_random_place(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    copy_of_all(tmp_path, lambda data: data[: draw.randint(0, len(data))])
    assert crashes(tmp_path) == []


@pytest.mark.parametrize("seed", range(6))
def test_every_file_with_junk_put_in(tmp_path: Path, seed: int) -> None:
    draw = random.Random(100 + seed)

    def mangled(data: bytes) -> bytes:
        for _ in range(3):
            at = draw.randint(0, len(data))
            data = (
                data[:at]
                + draw.choice(JUNK).encode("utf-8", "surrogatepass")
                + data[at + draw.randint(0, 9) :]
            )
        return data

    copy_of_all(tmp_path, mangled)
    assert crashes(tmp_path) == []


@pytest.mark.parametrize("seed", range(4))
def test_every_file_with_its_lines_shuffled(tmp_path: Path, seed: int) -> None:
    draw = random.Random(200 + seed)

    def shuffled(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        for _ in range(5):
            if len(lines) > 2:
                a, b = draw.randrange(len(lines)), draw.randrange(len(lines))
                lines[a], lines[b] = lines[b], lines[a]
        return b"".join(lines)

    copy_of_all(tmp_path, shuffled)
    assert crashes(tmp_path) == []


WORDS = (
    "Resources spec jobTemplate containers phases applications artifacts groups slos containerDefinitions "
    "resources branches frontend panels services jobs on env"
)
MARKS = (
    '"AWSTemplateFormatVersion": "", "apiVersion": "v1", "kind": "CronJob", "metadata": {"name": "x"}, '
    '"type": "aws:cloudformation:stack", "version": 4, "Type": "AWS::SQS::Queue"'
)
NAMES = (
    "a.yaml b.json amplify.yml buildspec.yml c.tfstate cdk.json vercel.json .github/workflows/w.yml "
    "docker-compose.yml manifest.json slo.yaml alert-rules.yaml"
)


@pytest.mark.parametrize("shape", ["null", "[]", "3", '"x"', "{}", "[null, 1, [], {}]", '{"a": null}'])
def test_every_file_as_another_shape_of_document(tmp_path: Path, shape: str) -> None:
    """The right marks in a document whose values are of the wrong shape."""
    (tmp_path / ".github/workflows").mkdir(parents=True)
    members = [MARKS, *(f'"{word}": {shape}' for word in WORDS.split())]
    for name in NAMES.split():
        (tmp_path / name).write_text("{" + ", ".join(members) + "}")
    queue = '{"Q": {"Type": "AWS::SQS::Queue", "Properties": ' + shape + "}}"
    (tmp_path / "t.json").write_text("{" + MARKS + ', "Resources": ' + queue + "}")
    assert crashes(tmp_path) == []


def test_binary_content_under_every_name(tmp_path: Path) -> None:
    noise = random.Random(5).randbytes(20_000)
    copy_of_all(tmp_path, lambda _: noise)
    assert crashes(tmp_path) == []


def test_one_line_of_fifty_megabytes_is_a_gap_at_once(tmp_path: Path) -> None:
    line = b'{"apiVersion": "' + b"x" * 50_000_000 + b'"}\n'
    (tmp_path / "a.tf").write_bytes(line)
    for name in ("b.yaml", "c.json", "d.tfstate", "e.ts", "f.py", "g.md", "amplify.yml"):
        (tmp_path / name).hardlink_to(tmp_path / "a.tf")
    started = time.process_time()
    found = discover(tmp_path)
    assert time.process_time() - started < 10
    assert {str(gap.where) for gap in found.facts.gaps} >= {
        "a.tf",
        "b.yaml",
        "c.json",
        "d.tfstate",
        "amplify.yml",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    (tmp_path / "main.tf").chmod(0)
    assert [str(gap.where) for gap in discover(tmp_path).facts.gaps] == ["main.tf"]


def test_a_file_that_vanishes_after_the_walk_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["launchbook.repo.discover"]
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {}')
    real = module.walk

    def then_removed(root: str) -> object:
        walked = real(root)
        (tmp_path / "main.tf").unlink()
        return walked

    monkeypatch.setattr(module, "walk", then_removed)
    gaps = module.discover(tmp_path).facts.gaps
    assert {str(gap.where) for gap in gaps} == {"main.tf"}
    assert any(gap.hides == ("*",) for gap in gaps)


def test_names_with_newlines_and_escapes_reach_no_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "a\n\x1b[31mb"
    folder.mkdir()
    (folder / "x\x07.tf").write_text('resource "aws_sqs_queue" "q" { name = "n" }')
    text = as_text(discover(tmp_path), everything=True)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "a\\n\\x1b[31mb/x\\x07.tf:1" in text


@pytest.mark.parametrize(
    ("name", "start", "repeated"),
    [
        ("A.java", '@GetMapping("/x")\n', "a<"),
        ("a.ts", 'import * as aws from "aws-cdk-lib"; process.env.A\n', "${a"),
        ("b.ts", 'app.get("/x"); import "@pulumi/aws";\n', "`${a"),
        ("main.tf", 'x = "', " "),
        ("backend.hcl", "x = <<EOT\n", "  \n"),
        ("main.tf", "", "a{"),
        ("netlify.toml", "", "a."),
        ("alert-rules.yaml", "groups:\n- rules:\n  - alert: A\n    expr: '", " "),
        ("Dockerfile", "FROM x\n", "ENV A="),
        ("runbook.md", "", "`a-"),
    ],
)
def test_endless_repetition_costs_seconds_at_most(
    tmp_path: Path, name: str, start: str, repeated: str
) -> None:
    (tmp_path / name).write_text(start + repeated * (250_000 // len(repeated)))
    started = time.process_time()
    assert crashes(tmp_path) == []
    assert time.process_time() - started < 10


def test_bundles_are_one_gap_and_credentials_in_them_are_told(tmp_path: Path) -> None:
    bundle = "!function(){process.env.API_URL;app.get('/x',f)}();" * 2000
    for number in range(30):
        (tmp_path / f"chunk{number}.js").write_text(bundle)
    (tmp_path / "vendor.min.js").write_text("var key='AKIA" + "ABCDEFGH12345678" + "'")
    found = discover(tmp_path)
    assert [(str(gap.where), gap.what.split(" (")[0]) for gap in found.facts.gaps] == [
        ("chunk0.js:1", "31 minified or bundled files not read as code")
    ]
    told = [fact.where.file for fact in found.facts if fact.type == "document" and fact.where.file != "."]
    assert told == ["vendor.min.js"]


def test_what_every_reader_of_a_file_says_is_one_gap(tmp_path: Path) -> None:
    line = "const a = process.env.API_URL; app.get('/x', (q, r) => r.send(a)); // @aws-sdk/client-sqs\n"
    (tmp_path / "large.ts").write_text(line * 4000)
    (gap,) = discover(tmp_path).facts.gaps
    assert {"endpoint", "setting", "sdk_call"} <= set(gap.hides)


#: Reads a tree within a gigabyte of addresses, as text and as data, and says how many readers gave up.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from launchbook.repo import discover
from launchbook.repo.as_json import as_json, json_text
from launchbook.repo.as_text import as_text
found = discover(sys.argv[1])
json_text(as_json(found)), as_text(found, everything=True)
print(sum("reader failed" in gap.what for gap in found.facts.gaps))
"""


def within_a_gigabyte(root: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(root)], capture_output=True, text=True, timeout=800, check=False
    )
    return run.stdout.strip() or run.stderr[-400:]


@pytest.mark.slow
def test_files_at_every_limit_fit_into_a_gigabyte(tmp_path: Path) -> None:
    """The largest files that each format still reads, of the shapes that cost most for each byte."""
    flat = "- [1,2,3,4,5,6,7,8]\n"
    item = '{"a":[1,{"b":"c"}]},'
    for name, text in {
        "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + flat * 60_000,
        "b.json": '{"apiVersion": "v1", "x": [' + item * 90_000 + "1]}",
        "c.template": "AWSTemplateFormatVersion: x\nResources:\n"
        + "  Q: {Type: 'AWS::SQS::Queue'}\n" * 90_000,
        "d.tfstate": '{"version": 4, "resources": [' + '{"type": "aws_x", "name": "y"},' * 400_000 + "{}]}",
        "e.ts": "process.env.A_NAME; app.get('/x', (q, r) => r.json({a: [1, {b: 2}]}));\n" * 3_400,
        "f.py": "import os\n@app.get('/x')\ndef f(): return os.environ['A_NAME'], {'a': [1, (2, 3)]}\n"
        * 2_900,
        "g.tf": 'resource "aws_sqs_queue" "q" { name = "${join("-", ["a", "b"])}" }\n' * 3_500,
    }.items():
        (tmp_path / name).write_text(text)
    assert within_a_gigabyte(tmp_path) == "0"


def test_mangled_files_and_endless_lines_fit_into_a_gigabyte(tmp_path: Path) -> None:
    draw = random.Random(300)
    copy_of_all(tmp_path, lambda data: data[: draw.randint(0, len(data))] + draw.choice(JUNK).encode() * 40)
    (tmp_path / "one.yaml").write_bytes(b'{"apiVersion": "' + b"x" * 50_000_000 + b'"}')
    for name in (
        "one.json",
        "one.tf",
        "one.tfstate",
        "one.js",
        "one.ts",
        "one.py",
        "one.md",
        "one.sh",
        "Dockerfile",
    ):
        (tmp_path / name).hardlink_to(tmp_path / "one.yaml")
    assert within_a_gigabyte(tmp_path) == "0"
