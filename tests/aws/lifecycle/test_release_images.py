"""The image of a release in a registry: tags that move, what is built with Docker, what is asked for without it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchbook.errors import RunFailed
from launchbook.lifecycle.asking import Aws
from launchbook.lifecycle.home import Home, write_json
from launchbook.lifecycle.platform import Service, load_platform
from launchbook.lifecycle.registry import point, tagged
from launchbook.lifecycle.release import release_steps
from launchbook.lifecycle.release_images import push, unchanged
from launchbook.lifecycle.release_state import Release
from launchbook.lifecycle.run import Run
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import Target

TEXT = """
[platform]
name = "shop"
region = "eu-west-1"
[[platform.root]]
name = "stack"
path = "."
[[platform.image]]
repository = "{stack.api}"
source = "app"
[[platform.image]]
repository = "{stack.worker}"
source = "app"
"""
SERVICE = Service(cluster="c", name="api")
#: Says what it was called with, and pushes nothing: what the registry holds afterwards is not its test.
DOCKER = """#!/bin/sh
{ printf '%s\\n' "$@" | tr '\\n' ' '; [ "$1" = login ] && { printf 'stdin:'; cat; }; echo; } >> "$SEEN"
echo "$DOCKER_CONFIG" >> "$SEEN.configs"
"""


def git(folder: Path, *arguments: str) -> str:
    who = {
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@t",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@t",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | who, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def work(embedded, aws, tmp_path):
    """A platform of one source and two repositories, in a git repository, on a target that is not a local one."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").write_text("FROM scratch\nARG GIT_COMMIT\n")
    (tmp_path / "launchbook.toml").write_text(TEXT)
    (tmp_path / "main.tf").write_text("")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "app")
    names = {"api": f"{tmp_path.name}/api", "worker": f"{tmp_path.name}/worker"}
    for name in names.values():
        aws("ecr").create_repository(repositoryName=name)
    home = Home.of(tmp_path)
    target = Target("aws", "eu-west-1", "123456789012", "aws-1", endpoint=embedded.endpoint)
    write_json(home.state(target.key) / "outputs.json", {"stack": names})
    run = Run("r", "release", tmp_path, "aws", target.key, datetime.now(UTC))
    yield Work(load_platform(tmp_path), target, run, home)
    for name in names.values():
        aws("ecr").delete_repository(repositoryName=name, force=True)


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A program called docker, and where it says what it was told."""
    program = tmp_path / "bin/docker"
    program.parent.mkdir()
    program.write_text(DOCKER)
    program.chmod(0o755)
    seen = tmp_path / "seen"
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SEEN", str(seen))
    return seen


def image(aws, repository: str, tag: str, layer: str) -> str:
    """Put an image that is nothing but a manifest, and return its digest."""
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": layer},
        "layers": [],
    }  # fmt: skip
    said = aws("ecr").put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag)
    return said["image"]["imageId"]["imageDigest"]


def test_a_tag_moves_to_a_digest_and_back(work, aws):
    name = work.outputs().text("{stack.api}")
    old, new = (
        image(aws, name, "stable", "sha256:" + "0" * 64),
        image(aws, name, "1" * 40, "sha256:" + "1" * 64),
    )
    asks = Aws(work.target)
    assert tagged(asks, name, "2" * 40) is None
    for digest in (new, new, old):  # the second time it is there already
        point(asks, name, "stable", digest)
        found = tagged(asks, name, "stable")
        assert found is not None
        assert found.digest == digest
    commit = tagged(asks, name, "1" * 40)
    assert commit is not None
    assert commit.digest == new, "the commit's own tag never moves"


def release_of(work, run: str) -> Release:
    """What a release remembers that is a step ahead of its first change."""
    own = Run(run, "release", work.platform.folder, "aws", work.target.key, datetime.now(UTC))
    release = Release(replace(work, run=own), Aws(work.target), "1" * 40, 1.0)
    release.remember()
    return release


def test_what_was_stable_is_remembered_for_its_own_run_alone(work, aws):
    name = work.outputs().text("{stack.api}")
    old, new = (image(aws, name, "stable", "sha256:" + each * 64) for each in "01")
    point(Aws(work.target), name, "stable", old)
    assert release_of(work, "first").previous[name] == old
    point(Aws(work.target), name, "stable", new)
    assert release_of(work, "first").previous[name] == old, "it goes on, and knows what was before it"
    second = release_of(work, "second")
    assert second.previous[name] == new, "another release begins with what is stable now"
    second.forget()
    assert not (work.home.state(work.target.key) / "release.json").exists()


def test_a_release_without_its_image_leaves_nothing_to_go_back_to(work, monkeypatch, tmp_path):
    described = replace(work, platform=replace(work.platform, services=(SERVICE,)))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    step = release_steps(described, "1" * 40)[0]
    with pytest.raises(RunFailed):
        step.do(described)
    assert not (work.home.state(work.target.key) / "release.json").exists()


def test_a_digest_that_is_gone_is_said(work, aws):
    name = work.outputs().text("{stack.api}")
    image(aws, name, "stable", "sha256:" + "0" * 64)
    with pytest.raises(RunFailed, match="was not moved"):
        point(Aws(work.target), name, "stable", "sha256:" + "9" * 64)


def test_with_docker_one_build_is_pushed_under_the_commit_to_each_repository(work, docker):
    commit = git(work.platform.folder, "rev-parse", "HEAD")
    assert push(work, Aws(work.target), commit) == "built and pushed to 2 repositories"
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    names = [f"{registry}/{work.outputs().text(one.repository)}:{commit}" for one in work.platform.images]
    build, login, *pushes = docker.read_text().splitlines()
    source = work.platform.images[0].source
    assert build.split() == [
        "build", "--tag", names[0], "--tag", names[1], "--build-arg", f"GIT_COMMIT={commit}", str(source),
    ]  # fmt: skip
    assert login.startswith(f"login --username AWS --password-stdin {registry} stdin:")
    assert pushes == [f"push {name} " for name in names]
    *_, config = docker.with_name("seen.configs").read_text().split()
    assert not Path(config).exists(), "the login does not stay"


def test_what_is_there_is_not_built_again(work, aws, docker):
    commit = git(work.platform.folder, "rev-parse", "HEAD")
    for one in work.platform.images:
        image(aws, work.outputs().text(one.repository), commit, "sha256:" + "1" * 64)
    assert push(work, Aws(work.target), commit) == "it is there already"
    assert not docker.exists()


def test_a_source_that_is_not_as_committed_is_never_pushed_under_the_commit(work, docker):
    commit = git(work.platform.folder, "rev-parse", "HEAD")
    (work.platform.folder / "app/Dockerfile").write_text("FROM scratch\n")
    assert not unchanged(work.platform.folder / "app", commit)
    with pytest.raises(RunFailed, match="app is not as it was at that commit"):
        push(work, Aws(work.target), commit)
    assert not docker.exists()


def test_without_docker_it_says_what_to_push(work, monkeypatch, tmp_path):
    commit = git(work.platform.folder, "rev-parse", "HEAD")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(subprocess.check_output(["which", "git"], text=True).strip())
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(RunFailed, match="the images of the release are not there") as caught:
        push(work, Aws(work.target), commit)
    assert (
        f"docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/{tmp_path.name}/api:{commit}"
        in caught.value.hint
    )
