"""Build the image of a directory from its Dockerfile, without a container, and push it to the local ECR."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from launchbook.errors import UsageError
from launchbook.local import instance
from launchbook.local.images.reference import Reference

_DEFAULT_REGION = "us-east-1"


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--tag", "tags", multiple=True, required=True, help="REPOSITORY:TAG, or a full ECR name; repeatable."
)
@click.option(
    "--file",
    "dockerfile",
    type=click.Path(path_type=Path),
    help="The Dockerfile, if not DIRECTORY/Dockerfile.",
)
@click.option("--build-arg", "arguments", multiple=True, help="NAME=VALUE for an ARG; repeatable.")
@click.option("--target", help="The stage to build, if not the last.")
@click.option(
    "--python", type=click.Path(dir_okay=False), help="The interpreter that runs the image's Python programs."
)
@click.option("--region", help="Region of the repository; else AWS_REGION, else us-east-1.")
@click.option("--create", is_flag=True, help="Make the repository if it isn't there.")
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    directory: Path, tags: tuple[str, ...], dockerfile: Path | None, arguments: tuple[str, ...],
    target: str | None, python: str | None, region: str | None, create: bool, port: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Build the image of DIRECTORY and push it under each tag.

    Instructions that can't be honoured without a container are said on stderr, with their line.
    """
    from launchbook.local.images import build, layer

    running = instance.find(port)
    named = [_named(tag, region) for tag in tags]
    given = dict(argument.partition("=")[::2] for argument in arguments)
    with tempfile.TemporaryDirectory(prefix="launchbook-image-") as work:
        made = build.build(
            directory, dockerfile or directory / "Dockerfile", Path(work),
            python=str(Path(python).absolute()) if python else sys.executable, arguments=given, target=target,
        )  # fmt: skip
        image = layer.pack(made.stage)
    for note in made.notes:
        click.echo(f"not honoured: {note}", err=True)
    _push(running.endpoint, named, image, create)
    if as_json:
        left = [{"line": n.line, "instruction": n.instruction, "why": n.why} for n in made.notes]
        pushed = [
            {"repository": r.repository, "tag": r.tag, "region": r.region, "name": str(r)} for r in named
        ]
        click.echo(
            json.dumps(
                {"digest": image.digest, "bytes": len(image.layer), "tags": pushed, "notHonoured": left}
            )
        )
    else:
        for reference in named:
            click.echo(f"{reference}  {image.digest}")
    click.echo(
        "next: aws ecs update-service --force-new-deployment …, or your stack's image variable", err=True
    )


def _named(tag: str, region: str | None) -> Reference:
    """The full name of a tag; a short one is a repository of this embedded AWS."""
    wanted = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    registry = "" if ".dkr.ecr." in tag.split("/")[0] else f"123456789012.dkr.ecr.{wanted}.amazonaws.com/"
    try:
        found = Reference.parse(registry + tag)
    except ValueError as error:
        raise UsageError(f"--tag {tag} can't be used", str(error), hint="--tag REPOSITORY:TAG") from None
    if found.digest:
        raise UsageError(
            f"--tag {tag} can't be used", "a digest is made, not chosen", hint="--tag REPOSITORY:TAG"
        )
    return found


def _push(endpoint: str, named: list[Reference], image: Any, create: bool) -> None:
    from botocore.session import Session

    from launchbook.local.images.push import push

    for reference in named:
        client = Session().create_client(
            "ecr", region_name=reference.region, endpoint_url=endpoint,
            aws_access_key_id="test", aws_secret_access_key="test",  # noqa: S106 - the embedded AWS takes any
        )  # fmt: skip
        push(client, reference.repository, str(reference.tag), image, create=create)
