"""The walk: what is pruned, marked, refused, and never read outside the root."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from launchbook.errors import UsageError
from launchbook.repo import File, discover
from launchbook.repo.lined import Unreadable
from launchbook.repo.walk import walk


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}")


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("infra/main.tf", "source"),
        ("cdk.out/Stack.template.json", "generated"),
        ("web/.next/server/app.js", "generated"),
        ("archive/2023/main.tf", "archived"),
        ("infra/main.tf.bak", "archived"),
        ("infra/stack.yaml.old", "archived"),
        ("infra/values.yaml~", "archived"),
        ("infra/aws-backup.tf", "source"),
        ("infra/s3-copy.tf", "source"),
        ("k8s/cronjob-db-backup.yaml", "source"),
        ("environments/prod/backup/main.tf", "source"),
        ("docs/aws/README.md", "document"),
        ("docs/archive/old.md", "archived"),
        ("examples/basic/main.tf", "document"),
        ("vendor/ours.tf", "source"),
        ("src/main/java/com/example/old/App.java", "source"),
        ("examples/src/main/java/com/App.java", "document"),
        ("modules/backup/main.tf", "source"),
        ("backup/main.tf", "source"),
    ],
)
def test_a_tree_says_what_kind_its_files_are(tmp_path: Path, path: str, origin: str) -> None:
    put(tmp_path, path)
    assert [(entry.path, entry.origin) for entry in walk(str(tmp_path)).files] == [(path, origin)]


@pytest.mark.parametrize(
    ("original", "path", "origin"),
    [
        ("infra/stack.yaml", "infra/stack-old.yaml", "archived"),
        ("infra/stack.yaml", "infra/stack copy.yaml", "archived"),
        ("infra/stack.yaml", "infra/stack.backup.yaml", "archived"),
        ("infra/stack.yml", "infra/stack-old.yaml", "source"),
        ("infra/s3.tf", "infra/s3-copy.tf", "source"),
        ("k8s/deploy.yaml", "k8s/backup/deploy.yaml", "archived"),
        ("k8s/deploy.yaml", "k8s/backup/nightly.yaml", "source"),
        ("environments/prod/main.tf", "environments/prod/backup/main.tf", "source"),
    ],
)
def test_a_copy_is_stale_only_beside_its_original(
    tmp_path: Path, original: str, path: str, origin: str
) -> None:
    put(tmp_path, original, path)
    assert {entry.path: entry.origin for entry in walk(str(tmp_path)).files} == {
        original: "source",
        path: origin,
    }


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/a/main.tf",
        "a/b/node_modules/@x/y/template.yaml",
        ".venv/lib/python3.11/x.json",
        "lambda/python/lib/site-packages/x/y.yaml",
        ".terraform/modules/vpc/main.tf",
        "vendor/github.com/x/y.go",
        "third_party/chart/values.yaml",
    ],
)
def test_vendored_trees_are_pruned_and_named(tmp_path: Path, path: str) -> None:
    put(tmp_path, path, "main.tf")
    found = walk(str(tmp_path))
    assert [entry.path for entry in found.files] == ["main.tf"]
    assert found.skipped == {"vendored_trees": 1}
    assert len(found.vendored) == 1
    assert path.startswith(found.vendored[0])


def test_a_renamed_virtual_environment_is_known_by_its_mark(tmp_path: Path) -> None:
    put(tmp_path, "env/pyvenv.cfg", "env/lib/x.json")
    assert walk(str(tmp_path)).vendored == ["env"]


def test_symlink_loops_end_and_hide_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a/main.json")
    (tmp_path / "a/again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    found = walk(str(tmp_path))
    assert [entry.path for entry in found.files] == ["a/main.json"]
    assert (found.skipped, found.gaps) == ({"symbolic_links": 2}, [])


def test_a_link_that_leads_out_is_a_gap_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/main.tf", "root/x.txt")
    (tmp_path / "root/infra").symlink_to(tmp_path / "outside")
    (tmp_path / "root/main.tf").symlink_to(tmp_path / "outside/main.tf")
    found = walk(str(tmp_path / "root"))
    assert [entry.path for entry in found.files] == ["x.txt"]
    assert sorted(str(gap.where) for gap in found.gaps) == ["infra", "main.tf"]
    assert all(gap.hides == ("*",) for gap in found.gaps)


def test_a_fifo_is_counted_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "main.tf")
    started = time.monotonic()
    assert discover(tmp_path).skipped == {"special_files": 1}
    assert time.monotonic() - started < 60
    with pytest.raises(Unreadable, match="regular"):
        _ = File(str(tmp_path), "main.tf", "source").data


def test_a_link_put_there_after_the_walk_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "outside.json")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/x.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(Unreadable):
        _ = File(str(tmp_path / "root"), "x.json", "source").data


def test_names_with_newlines_and_escapes_are_shown_as_one_line(tmp_path: Path) -> None:
    put(tmp_path, "a\nb\x1b[31m.json")
    os.makedirs(os.fsencode(tmp_path) + b"/\xff\xfe")  # noqa: PTH103
    names = [File(str(tmp_path), entry.path, entry.origin).shown for entry in walk(str(tmp_path)).files]
    assert names == ["a\\nb\\x1b[31m.json"]


def test_what_is_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        discover(tmp_path / "nowhere")


def test_packages_that_were_installed_beside_a_handler_are_vendored(tmp_path: Path) -> None:
    function = tmp_path / "lambda"
    for path, text in {
        "handler.py": "import requests",
        "requests/api.py": "x = 1",
        "requests/models.py": "x = 1",
        "six.py": "x = 1",
        "own/code.py": "x = 1",
        "requests-2.32.0.dist-info/RECORD": "requests/api.py,,\nrequests/models.py,,\n../../bin/tool,,\n",
        "six-1.16.0.dist-info/top_level.txt": "six\n",
    }.items():
        (function / path).parent.mkdir(parents=True, exist_ok=True)
        (function / path).write_text(text)
    found = walk(str(tmp_path))
    assert [entry.path for entry in found.files] == ["lambda/handler.py", "lambda/own/code.py"]
    assert "lambda/requests" in found.vendored
    assert found.skipped == {"vendored_trees": 4}


def test_a_record_that_is_no_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x.dist-info").mkdir()
    os.mkfifo(tmp_path / "x.dist-info/RECORD")
    (tmp_path / "x.dist-info/top_level.txt").symlink_to("/etc/passwd")
    (tmp_path / "app.py").write_text("")
    assert [entry.path for entry in walk(str(tmp_path)).files] == ["app.py"]


def test_an_egg_that_a_build_left_beside_the_package_vendors_nothing(tmp_path: Path) -> None:
    put(tmp_path, "src/shop/app.py", "src/shop.egg-info/SOURCES.txt", "libs/six.py")
    (tmp_path / "src/shop.egg-info/top_level.txt").write_text("shop\n")
    (tmp_path / "libs/six.egg-info").mkdir()
    (tmp_path / "libs/six.egg-info/top_level.txt").write_text("six\n")
    (tmp_path / "libs/six.egg-info/installed-files.txt").write_text("../six.py\n")
    assert [entry.path for entry in walk(str(tmp_path)).files] == ["src/shop/app.py"]


@pytest.mark.parametrize(
    ("beside", "path", "origin"),
    [
        ("main.tf", "tests/basic/main.tf", "document"),
        ("src/app.py", "test/fixture/main.tf", "document"),
        ("envs/prod/main.tf", "envs/test/main.tf", "source"),
        ("pom.xml", "src/test/java/com/shop/ApiTest.java", "document"),
        ("README.md", "test/main.tf", "source"),
    ],
)
def test_what_is_tried_out_is_not_what_is_deployed(
    tmp_path: Path, beside: str, path: str, origin: str
) -> None:
    put(tmp_path, beside, path)
    origins = {entry.path: entry.origin for entry in walk(str(tmp_path)).files}
    assert origins[path] == origin
