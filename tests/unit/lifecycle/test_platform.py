"""What launchbook.toml says of a platform, and every mistake of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.errors import RunFailed, UsageError
from launchbook.lifecycle.platform import Outputs, load_platform

WHOLE = """
[platform]
name = "shop"
region = "eu-west-1"
tags = { Project = "shop" }
[[platform.root]]
name = "base"
path = "base"
[[platform.root]]
name = "stack"
path = "stack"
backend = "{base.backend}"
first = ["aws_ecr_repository.this"]
local = { small = true }
[[platform.image]]
repository = "{stack.repository}"
source = "app"
[[platform.service]]
name = "{stack.service}"
cluster = "shop"
[platform.health]
url = "http://{stack.dns}/up"
body = { status = "UP" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("base", "stack"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text("", "utf-8")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").write_text("FROM scratch\n", "utf-8")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    (folder / "launchbook.toml").write_text(text, "utf-8")
    return folder


def test_a_platform_is_read_with_its_defaults(folder):
    platform = load_platform(written(folder, WHOLE))
    assert [root.name for root in platform.roots] == ["base", "stack"]
    assert platform.roots[1].first == ("aws_ecr_repository.this",)
    assert platform.roots[1].local == {"small": True}
    assert platform.images[0].stable == "stable"
    assert platform.health is not None
    assert (platform.health.status, platform.health.body) == (200, {"status": "UP"})
    assert platform.tasks == ()


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (('name = "shop"', 'nam = "shop"'), ["[platform] name: is required", "[platform] nam: no such setting"]),
        (('path = "base"', 'path = "nowhere"'), ["[[platform.root]] 1 path: nowhere is no folder with a *.tf*"]),
        (('backend = "{base.backend}"', 'backend = "{stack.x}"'), ["stack: backend names {stack.…}"]),
        (('"{stack.repository}"', '"{shelf.repository}"'), ["{shelf.…} is named, and no root is called shelf"]),
        (('name = "stack"', 'name = "base"'), ["base: two roots have this name"]),
        (('first = ["aws_ecr_repository.this"]', "first = 3"), ["[[platform.root]] 2 first: must be a list of texts"]),
        (('status = "UP"', "status = 1\nx = {"), ["cannot read"]),
        (('url = "http://{stack.dns}/up"', "url = 3"), ["[platform.health] url: must be a text"]),
        (("[[platform.service]]", "[platform.service]"), ["write each as [[platform.service]]"]),
    ],
)  # fmt: skip
def test_every_mistake_is_named(folder, instead, said):
    with pytest.raises(UsageError) as raised:
        load_platform(written(folder, WHOLE.replace(*instead)))
    for words in said:
        assert words in str(raised.value)


def test_two_mistakes_are_one_error(folder):
    with pytest.raises(UsageError, match="2 mistakes"):
        load_platform(
            written(folder, WHOLE.replace('region = "eu-west-1"', "").replace('name = "shop"', "name = 3"))
        )


def test_a_folder_without_the_file_says_so(folder):
    with pytest.raises(UsageError, match=r"there is no launchbook\.toml"):
        load_platform(folder)


def test_a_file_without_a_platform_says_so(folder):
    with pytest.raises(UsageError, match=r"\[platform\]: is required"):
        load_platform(written(folder, "[audit]\n"))


OUTPUTS = Outputs(
    {"stack.dns": "lb.example", "stack.subnets": ["a", "b"], "stack.group": "sg-1", "base.none": None}
)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("http://{stack.dns}/up", "http://lb.example/up"),
        ("{stack.subnets}", ["a", "b"]),
        (("{stack.group}",), ["sg-1"]),
        (("{stack.subnets}", "c"), ["a", "b", "c"]),
        (
            {"url": "{stack.dns}", "deep": [{"x": "{stack.group}"}]},
            {"url": "lb.example", "deep": [{"x": "sg-1"}]},
        ),
        ('{"customerId": "{id}"}', '{"customerId": "{id}"}'),
        (3, 3),
    ],
)
def test_outputs_fill_templates(template, filled):
    assert OUTPUTS.fill(template) == filled


@pytest.mark.parametrize("template", ["{stack.nothing}", "{base.none}", "x{base.other}"])
def test_an_output_that_there_is_not_is_no_empty_text(template):
    with pytest.raises(RunFailed, match="has no such output"):
        OUTPUTS.fill(template)
