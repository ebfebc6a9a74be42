"""The examples are what the expected facts say they are, line by line, and hold only the faults planted in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_hcl
import yaml
from tree_sitter import Language, Parser

from tests.support import terraform
from tests.unit.expected import reline, removals

EXAMPLES = reline.REPOSITORY / "examples"
EXPECTED = sorted(reline.HERE.glob("*.json"))
PLANTED = {"huntaze/config/grafana-dashboard-golden-signals.json"}
#: What cfn-lint may say, and nothing else: (file, rule, line).
LINT = {("huntaze/infra/aws/video-processor/ecs-only.yaml", "E3002", 31)}
TEMPLATES = (
    "huntaze/aws-infrastructure.yaml",
    "huntaze/infra/aws/**/*.yaml",
    "huntaze-ready/aws-infrastructure.yaml",
    "huntaze-ready/infra/aws/**/*.yaml",
    "small/sam-orders/template.yaml",
    "small/monorepo-two-stories/infra/cloudformation/stack.yaml",
)
MODULES = (
    ("huntaze", "infra/aws"),
    ("huntaze-ready", "infra/aws"),
    ("huntaze-ready", "infra/bootstrap"),
    ("small/terraform-modules", "environments/staging"),
    ("small/terraform-modules", "environments/production"),
    ("small/eks-shop", "terraform"),
    ("small/monorepo-two-stories", "infra/terraform"),
)


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def tracked(suffixes: tuple[str, ...]) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "examples"],
        cwd=reline.REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        reline.REPOSITORY / name for name in listing.stdout.split("\0") if name and name.endswith(suffixes)
    ]


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_every_expectation_stands_on_its_line(path: Path) -> None:
    data = load(path)
    items = list(reline.anchored(data))
    assert items
    wrong = [item for item in items if reline.line_of(item, reline.REPOSITORY / data["root"]) != item["line"]]
    assert not wrong, "run tests/unit/expected/reline.py, then look at what moved"


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_ids_of_gaps_are_unique(path: Path) -> None:
    ids = [gap["id"] for gap in load(path).get("gaps", ()) if "id" in gap]
    assert len(ids) == len(set(ids))


def test_every_expected_attribute_is_a_plain_value() -> None:
    for path in EXPECTED:
        for item in reline.anchored(load(path)):
            for value in item.get("attributes", {}).values():
                assert isinstance(value, (str, int, float, bool, list)), item


def test_json_files_parse_but_for_the_planted_one() -> None:
    broken = set()
    for path in tracked((".json", ".tfstate")):
        try:
            json.loads(path.read_text())
        except ValueError:
            broken.add(str(path.relative_to(EXAMPLES)))
    assert broken == PLANTED


class _Tags(yaml.CSafeLoader):
    """Reads the short-form tags of CloudFormation as plain values."""


_Tags.add_multi_constructor("!", lambda loader, tag, node: tag)


def test_yaml_files_parse() -> None:
    for path in tracked((".yaml", ".yml")):
        if "templates" not in path.parts:
            list(yaml.load_all(path.read_text(), Loader=_Tags))


def test_toml_files_parse() -> None:
    for path in tracked((".toml",)):
        tomllib.loads(path.read_text())


def test_nothing_in_the_examples_looks_like_a_real_secret() -> None:
    shapes = (
        r"A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{16}",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"gh[pousr]_[A-Za-z0-9]{30}",
        r"sk_live_|xox[abp]-|sk-[A-Za-z0-9]{30}",
    )
    real = re.compile("|".join(shapes))
    found = [
        path for path in tracked(("",)) if path.is_file() and real.search(path.read_text(errors="replace"))
    ]
    assert not found


HCL = Parser(Language(tree_sitter_hcl.language()))


def parses(path: Path) -> bool:
    try:
        if path.suffix == ".tf":
            return not HCL.parse(path.read_bytes()).root_node.has_error
        if path.suffix in {".yaml", ".yml"}:
            list(yaml.load_all(path.read_text(), Loader=_Tags))
        elif path.suffix == ".json":
            json.loads(path.read_text())
    except (ValueError, yaml.YAMLError):
        return False
    return True


@pytest.mark.parametrize("removal", removals.load(), ids=lambda removal: removal["id"])
def test_a_removal_takes_one_thing_away_and_leaves_files_that_parse(
    removal: dict[str, Any], tmp_path: Path
) -> None:
    files = {step["file"] for step in removal["steps"]}
    for name in files:
        if (reline.REPOSITORY / "examples/huntaze-ready" / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(reline.REPOSITORY / "examples/huntaze-ready" / name, tmp_path / name)
    before = {name: (tmp_path / name).read_bytes() for name in files if (tmp_path / name).exists()}
    removals.apply(removal, tmp_path)
    left = [name for name in files if (tmp_path / name).exists()]
    assert all((tmp_path / name).read_bytes() != before.get(name) for name in left)
    broken = [name for name in left if not parses(tmp_path / name)]
    assert bool(broken) == (removal.get("net") == "file-does-not-parse"), broken


@pytest.mark.slow
def test_templates_have_only_the_planted_errors() -> None:
    files = [str(path) for pattern in TEMPLATES for path in sorted(EXAMPLES.glob(pattern))]
    assert len(files) == 14
    lint = Path(sys.executable).with_name("cfn-lint")
    ran = subprocess.run([lint, "--format", "json", *files], capture_output=True, text=True)
    said = set()
    for found in json.loads(ran.stdout):
        file = str(Path(found["Filename"]).relative_to(EXAMPLES))
        said.add((file, found["Rule"]["Id"], found["Location"]["Start"]["LineNumber"]))
    assert said == LINT


#: A variable block of a module that has to be given a value.
REQUIRED = re.compile(r'^variable "(\w+)" \{\n(?:(?!\}|  default\b).*\n)*\}', re.M)


@pytest.mark.slow
@pytest.mark.skipif(bool(terraform.available()), reason=terraform.available())
def test_terraform_is_valid(tmp_path: Path) -> None:
    """All modules are called by one root, since loading the provider costs more than looking at them all."""
    calls = ['variable "any" {\n  type = any\n}\n']
    for number, (example, module) in enumerate(MODULES):
        shutil.copytree(EXAMPLES / example, tmp_path / example, dirs_exist_ok=True)
        files = sorted((tmp_path / example / module).glob("*.tf"))
        required = [name for file in files for name in REQUIRED.findall(file.read_text("utf-8"))]
        given = "".join(f"  {name} = var.any\n" for name in required)
        calls.append(f'module "m{number}" {{\n  source = "./{example}/{module}"\n{given}}}\n')
    (tmp_path / "main.tf").write_text("".join(calls), encoding="utf-8")
    config = tmp_path / "terraformrc"
    config.write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{terraform.mirror()}" }}\n}}\n'
    )
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    initialised = run("init", "-backend=false", "-input=false", "-no-color")
    assert initialised.returncode == 0, initialised.stderr
    valid = json.loads(run("validate", "-json").stdout)
    assert valid["valid"], valid["diagnostics"]
    queue = tmp_path / "small/eks-shop/terraform/broken.tf"
    queue.write_text('resource "aws_sqs_queue" "broken" {\n  named = "x"\n}\n', encoding="utf-8")
    broken = json.loads(run("validate", "-json").stdout)
    assert [one["range"]["filename"] for one in broken["diagnostics"] if one["severity"] == "error"] == [
        "small/eks-shop/terraform/broken.tf"
    ], "what is wrong in one of them is seen"
