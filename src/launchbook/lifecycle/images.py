"""The images that services start from: built and pushed on an embedded AWS, expected to be there on AWS."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle.platform import Image
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import launchbook_local


def missing_images(work: Work) -> list[Image]:
    """The images whose stable tag is not in their repository."""
    client, outputs = work.target.client("ecr"), work.outputs()
    missing = []
    for image in work.platform.images:
        try:
            client.describe_images(
                repositoryName=outputs.text(image.repository), imageIds=[{"imageTag": image.stable}]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in (
                "ImageNotFoundException",
                "RepositoryNotFoundException",
            ):
                raise RunFailed("the images could not be looked at", str(error)) from None
            missing.append(image)
    return missing


def push_local(work: Work, images: Sequence[Image], tag: str = "", *, stable: bool = True) -> list[str]:
    """Build each source once, without a container, and push it under ``tag`` and, if ``stable``, the stable tags.

    Returns the names that were pushed. Raises LocalAwsError with the builder's words.
    """
    outputs = work.outputs()
    by_source: dict[Path, list[str]] = {}
    for image in images:
        tags = dict.fromkeys(filter(None, (image.stable if stable else "", tag)))
        named = [f"{outputs.text(image.repository)}:{one}" for one in tags]
        by_source.setdefault(image.source, []).extend(named)
    for source, names in by_source.items():
        work.say(f"building {source.name}")
        arguments = [f"--build-arg=GIT_COMMIT={tag}"] if tag and takes_commit(source) else []
        launchbook_local(
            "image", "build", str(source), *(f"--tag={name}" for name in names), *arguments,
            "--region", work.target.region, "--port", str(work.target.port), "--json",
        )  # fmt: skip
    return [name for names in by_source.values() for name in names]


def commit_of(folder: Path) -> str:
    """The commit that a folder stands at; empty where it is in no repository."""
    try:
        done = process.run(["git", "rev-parse", "HEAD"], cwd=folder, timeout=30)
    except OSError:
        return ""
    return done.stdout.strip() if done.code == 0 else ""


def not_pushed(work: Work, images: Sequence[Image]) -> RunFailed:
    """The error that says exactly which images must be pushed, and how."""
    registry = f"{work.target.account}.dkr.ecr.{work.target.region}.amazonaws.com"
    outputs = work.outputs()
    names = [f"{registry}/{outputs.text(image.repository)}:{image.stable}" for image in images]
    lines = [
        f"aws ecr get-login-password --region {work.target.region} | "
        f"docker login --username AWS --password-stdin {registry}",
        *(
            f"docker build --tag {name} {shlex.quote(str(image.source))} && docker push {name}"
            for name, image in zip(names, images, strict=True)
        ),
        "launchbook apply --target aws   (goes on from here)",
    ]
    return RunFailed(
        "the images are not in their repositories", ", ".join(names), hint="\n  ".join(["", *lines])
    )


def takes_commit(source: Path) -> bool:
    """Whether a Dockerfile wants to know the commit that it is built from."""
    return "ARG GIT_COMMIT" in (source / "Dockerfile").read_text("utf-8", errors="replace")
