"""What the lifecycle's commands share: their options, opening what they work on, and how a run is shown and ends."""

from __future__ import annotations

import functools
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from launchbook.cli._live import Live
from launchbook.errors import LaunchbookError, UsageError

if TYPE_CHECKING:
    from launchbook.lifecycle.steps import Step, StepResult, Work
    from launchbook.lifecycle.target import TargetName

C = TypeVar("C", bound=Callable[..., Any])


class _Out(click.Path):
    """A file to be written, in a folder that is there: known before minutes of work, not after them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {path.parent}", param, ctx)
        return path


OUT = _Out(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class Asked:
    """What the command line says, the same for every lifecycle command."""

    path: Path
    target: str
    port: int | None
    profile: str | None
    region: str | None
    as_json: bool
    out: Path | None
    yes: bool = False
    account: str = ""

    @property
    def again(self) -> str:
        """The arguments that a next command needs to mean the same."""
        parts = [
            "" if self.path == Path() else str(self.path),
            "" if self.target == "local" else f"--target {self.target}",
            f"--port {self.port}" if self.port else "",
            f"--profile {self.profile}" if self.profile else "",
            f"--region {self.region}" if self.region else "",
        ]
        return "".join(f" {part}" for part in parts if part)


def seldom_collect() -> None:
    """Look for garbage in rings seldom: these commands wait most of the time, and it costs a fifth of what they do."""
    gc.set_threshold(100_000, 10, 10)


def lifecycle_options(*, approves: bool = False) -> Callable[[C], C]:
    """The options of a lifecycle command; the function gets them as one ``asked``, and its own besides.

    ``approves`` adds --yes and --account for a command that changes things.
    """
    options = [
        click.argument("path", default=Path(), type=click.Path(exists=True, file_okay=False, path_type=Path)),
        click.option(
            "--target", default="local", show_default=True, type=click.Choice(["local", "aws"]),
            help="An embedded AWS on this machine, or the AWS account of the credentials.",
        ),
        click.option("--port", type=click.IntRange(1, 65535), help="Which embedded AWS, if several run."),
        click.option("--profile", help="Profile of the AWS configuration, with --target aws."),
        click.option("--region", help="Another region than launchbook.toml names."),
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
        click.option("--out", type=OUT, help="Write the result to a file."),
    ]  # fmt: skip
    if approves:
        options += [
            click.option("--yes", is_flag=True, help="Do not ask; with --target aws it takes --account too."),
            click.option("--account", default="", help="Work on this account alone."),
        ]

    def decorate(function: C) -> C:
        @functools.wraps(function)
        def called(**given: Any) -> Any:
            seldom_collect()
            shared = {name: given.pop(name) for name in _SHARED if name in given}
            return function(Asked(**shared), **given)

        for option in reversed(options):
            called = option(called)
        return called  # type: ignore[return-value]  # click keeps the function's options on the wrapper

    return decorate


_SHARED = ("path", "target", "port", "profile", "region", "as_json", "out", "yes", "account")


@contextmanager
def opened(
    kind: str, asked: Asked, *, start: bool = False, fingerprint: bool = False, alone: bool = True
) -> Iterator[Work]:
    """The platform, its target, and a run: a new one, or the one that was not finished.

    ``start``: an embedded AWS may be started. ``fingerprint``: a run is only continued on unchanged files. ``alone``:
    no other run may work on the target meanwhile; only what changes nothing does without.
    """
    from launchbook.lifecycle.home import Home
    from launchbook.lifecycle.platform import load_platform
    from launchbook.lifecycle.run import open_run
    from launchbook.lifecycle.staging import fingerprint as of_files
    from launchbook.lifecycle.steps import Work
    from launchbook.lifecycle.target import open_target

    end_politely()
    platform = load_platform(asked.path)
    home = Home.of(platform.folder)
    name: TargetName = "aws" if asked.target == "aws" else "local"
    target = open_target(
        platform, name, home=home, port=asked.port, profile=asked.profile, region=asked.region, start=start
    )
    with home.alone(target.key) if alone else nullcontext():
        run = open_run(home, kind, target, fingerprint=of_files(platform) if fingerprint else "")
        options = {"yes": asked.yes, "account": asked.account}
        show = Live()
        where = f"{target.name} ({target.endpoint})" if target.endpoint else f"account {target.account}"
        show.note(f"{'continuing ' if run.resumed else ''}{kind} {run.id} on {where}, {target.region}")
        yield Work(platform, target, run, home, options, show)


def run_steps(
    kind: str,
    asked: Asked,
    steps: Callable[[Work], Sequence[Step]],
    next_: Callable[[int], str],
    *,
    every: bool = False,
    more: Callable[[], tuple[dict[str, Any], str]] = lambda: ({}, ""),
    **how: bool,
) -> NoReturn:
    """Do a command's steps, show them, print the result, and end with its exit code.

    ``next_`` names the command that follows an exit code. ``every`` shows the findings that hold, too; ``more`` gives
    what the result says besides its steps; ``how`` is for :func:`opened`.
    """
    from launchbook.lifecycle.steps import exit_code, proceed

    with opened(kind, asked, **how) as work:
        results = proceed(work, _known(work, steps))
        code = exit_code(results)
        data, text = more()
        printed(asked, json_of(work, results) | data, text + text_of(work, results, every=every))
        _last_words(results, code, next_(code))
    sys.exit(code)


def _known(work: Work, steps: Callable[[Work], Sequence[Step]]) -> Sequence[Step]:
    """The steps; a platform that has nothing for them ends the run."""
    try:
        return steps(work)
    except LaunchbookError as error:
        work.run.end(error.exit_code)
        raise


def printed(asked: Asked, data: dict[str, Any], text: str) -> None:
    """The result on stdout, or in the file of --out (JSON for ``.json``)."""
    as_json = asked.as_json or (asked.out is not None and asked.out.suffix == ".json")
    said = json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n" if as_json else text
    if asked.out is None:
        click.echo(said, nl=False)
        return
    try:
        handle = os.open(asked.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(said)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"cannot write {asked.out}", why, hint="choose another --out") from None


def json_of(work: Work, results: Sequence[StepResult]) -> dict[str, Any]:
    """The contract's object."""
    from launchbook.report.json import finding_data, gap_data

    return {
        "run": work.run.id,
        "target": work.target.name,
        "kind": work.run.kind,
        "account": work.target.account,
        "region": work.target.region,
        "steps": [
            {
                "name": one.name, "status": one.status, "seconds": one.seconds,
                "findings": [finding_data(finding) for finding in one.outcome.findings],
                "note": one.outcome.note, "error": one.error.render() if one.error else None,
            }
            for one in results
        ],
        "proven_empty": next(
            (one.outcome.proven_empty for one in results if one.outcome.proven_empty is not None), None
        ),
        "left": [
            {"type": left.type, "id": left.id, "region": left.region, "monthly_cost": left.monthly_cost}
            for one in results
            for left in one.outcome.left
        ],
        "gaps": [gap_data(gap) for one in results for gap in one.outcome.gaps],
        "folder": str(work.run.folder),
    }  # fmt: skip


def text_of(work: Work, results: Sequence[StepResult], *, every: bool = False) -> str:
    """The result for a person: findings that fail or are open, with their evidence, and how long it took.

    ``every`` says those that hold in one line each.
    """
    lines = []
    for one in results:
        for finding in one.outcome.findings:
            if every and finding.status == "PASS":
                lines.append(f"PASS     {finding.check}  {finding.subject}: {finding.why}")
            if finding.status in ("FAIL", "UNKNOWN"):
                lines.append(f"{finding.status:<8} {finding.check}  {finding.subject}: {finding.why}")
                lines += [f"         {evidence.source}" for evidence in finding.evidence[:2]]
                lines += [f"         fix: {finding.fix}"] if finding.fix else []
        lines += [f"GAP      {gap.what} ({gap.where}); {gap.hint}" for gap in one.outcome.gaps]
    spent = sum(one.seconds for one in results if one.status != "skipped")
    lines.append(
        f"{work.run.kind} {work.run.id}: {len(results)} steps in {spent:.1f} s; journal in {work.run.folder}"
    )
    return "\n".join(lines) + "\n"


def _last_words(results: Sequence[StepResult], code: int, following: str) -> None:
    failed = results[-1].error if results else None
    if failed is not None:
        click.echo(f"\n{failed.render()}", err=True)
    elif code == 130:
        click.echo("\ninterrupted: what was finished stays finished, and is not repeated", err=True)
    click.echo(f"next: {following}", err=True)


def end_politely() -> None:
    """A SIGTERM or a closed terminal ends a run as Ctrl-C does: journaled, with Terraform's state stored."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup asked for just that
            signal.signal(number, interrupt)
