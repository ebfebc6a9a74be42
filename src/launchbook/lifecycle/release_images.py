"""The image of a release: built once a source, and pushed under the commit's SHA alone."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from pathlib import Path

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle.asking import Aws, needed
from launchbook.lifecycle.images import commit_of, push_local, takes_commit
from launchbook.lifecycle.platform import Image
from launchbook.lifecycle.registry import tagged
from launchbook.lifecycle.release_state import HINT
from launchbook.lifecycle.steps import Work
from launchbook.redact import shown

_BUILD_SECONDS = 1800.0


def push(work: Work, aws: Aws, commit: str) -> str:
    """See to it that every repository has the commit's image; what was done, in words.

    What is there already is not built again, unless its source may have changed since. On AWS without a container
    engine the images must be there: RunFailed says which are missing.
    """
    outputs = work.outputs()
    with needed(HINT):
        there = {
            outputs.text(one.repository): tagged(aws, outputs.text(one.repository), commit)
            for one in work.platform.images
        }
    changed = sorted({one.source.name for one in work.platform.images if not unchanged(one.source, commit)})
    missing = [one for one in work.platform.images if there[outputs.text(one.repository)] is None]
    if work.target.name == "local":
        wanted = [one for one in work.platform.images if one in missing or one.source.name in changed]
        if not wanted:
            return "it is there already"
        pushed = push_local(work, wanted, commit, stable=False)
        return f"built and pushed to {len(pushed)} repositories" + _said(changed)
    if not missing:
        return "it is there already"
    if shutil.which("docker") is None:
        raise _not_there(work, missing, commit)
    if changed:
        raise RunFailed(
            f"the image of {commit[:12]} can't be built here",
            f"{', '.join(changed)} is not as it was at that commit",
            hint="commit what was changed, or check that commit out, and release again",
        )
    return f"built and pushed to {len(_with_docker(work, aws, missing, commit))} repositories"


def _said(changed: list[str]) -> str:
    return f", with changes in {', '.join(changed)} that are in no commit" if changed else ""


def unchanged(source: Path, commit: str) -> bool:
    """Whether a folder is as it was at a commit; False where nobody can tell."""
    if commit_of(source) != commit:
        return False
    done = process.run(["git", "status", "--porcelain", "--", "."], cwd=source, timeout=60)
    return done.code == 0 and not done.stdout.strip()


def _registry(work: Work) -> str:
    return f"{work.target.account}.dkr.ecr.{work.target.region}.amazonaws.com"


def _not_there(work: Work, images: list[Image], commit: str) -> RunFailed:
    names = [f"{_registry(work)}/{work.outputs().text(one.repository)}:{commit}" for one in images]
    lines = [
        "with Docker on PATH launchbook release builds and pushes them itself; or, once, elsewhere:",
        *(f"docker build --tag {name} {one.source}" for name, one in zip(names, images, strict=True)),
        *(f"docker push {name}" for name in names),
    ]
    return RunFailed("the images of the release are not there", ", ".join(names), hint="\n  ".join(lines))


def _with_docker(work: Work, aws: Aws, images: list[Image], commit: str) -> list[str]:
    """Build each source once and push it to each of its repositories. The login is kept for just so long."""
    sources: dict[Path, list[str]] = {}
    for one in images:
        name = f"{_registry(work)}/{work.outputs().text(one.repository)}:{commit}"
        sources.setdefault(one.source, []).append(name)
    with tempfile.TemporaryDirectory(prefix="launchbook-docker-") as folder:
        for source, names in sources.items():
            work.say(f"docker build {source.name}")
            argument = ["--build-arg", f"GIT_COMMIT={commit}"] if takes_commit(source) else []
            tags = [part for name in names for part in ("--tag", name)]
            _docker("build", *tags, *argument, str(source))
        _login(work, aws, folder)
        for names in sources.values():
            for name in names:
                work.say(f"docker push {name}")
                _docker("push", name, config=folder)
    return [name for names in sources.values() for name in names]


def _login(work: Work, aws: Aws, folder: str) -> None:
    hint = "allow ecr:GetAuthorizationToken to whoever releases"
    said = aws.change("ecr", "get_authorization_token", hint)["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(said).decode().partition(":")
    _docker("login", "--username", user, "--password-stdin", _registry(work), config=folder, stdin=password)


def _docker(*arguments: str, config: str = "", stdin: str | None = None) -> None:
    env = {**os.environ, **({"DOCKER_CONFIG": config} if config else {})}
    done = process.run(["docker", *arguments], env=env, stdin=stdin, timeout=_BUILD_SECONDS)
    if done.code:
        said = " ".join(done.stderr.split()[-60:])
        raise RunFailed(
            f"docker {arguments[0]} failed", shown(said) or f"exit code {done.code}",
            hint="correct what it says, then run the same command again",
        )  # fmt: skip
