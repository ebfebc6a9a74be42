"""A platform in a folder of its own, a target that nobody asks anything, and a run on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.lifecycle.home import Home
from launchbook.lifecycle.platform import Platform, Root
from launchbook.lifecycle.run import open_run
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import Target


@pytest.fixture
def target() -> Target:
    return Target(
        "local", "eu-west-1", "123456789012", "local-4566-then", endpoint="http://127.0.0.1:4566", port=4566
    )


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack/main.tf").write_text(
        'variable "region" {}\nvariable "run_id" {}\nvariable "size" {}\nvariable "zones" {}\n', "utf-8"
    )
    (tmp_path / "launchbook.toml").write_text("", "utf-8")
    root = Root(
        name="stack", path=tmp_path / "stack", variables={"size": 2}, local={"size": 1, "zones": ["a"]}
    )
    return Platform(
        folder=tmp_path,
        name="shop",
        region="eu-west-1",
        tags={"Project": "shop"},
        roots=(root,),
        run_variable="run_id",
    )


@pytest.fixture
def home(platform: Platform) -> Home:
    return Home.of(platform.folder)


@pytest.fixture
def work(platform: Platform, target: Target, home: Home) -> Work:
    return Work(platform, target, open_run(home, "apply", target), home)
