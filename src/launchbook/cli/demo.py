"""A platform's whole life on an embedded AWS of its own: from nothing, to nothing, with proof."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launchbook.cli._lifecycle import (
    OUT,
    Asked,
    end_politely,
    json_of,
    opened,
    printed,
    seldom_collect,
    text_of,
)
from launchbook.errors import UsageError

if TYPE_CHECKING:
    from launchbook.lifecycle.platform import Platform
    from launchbook.lifecycle.steps import Step, StepResult, Work

_STOPPING = "the embedded AWS on port {port} is being stopped, with all that was made on it"
Steps = Callable[["Work"], "Sequence[Step]"]


@dataclass(frozen=True)
class Phase:
    """One command of the life. A phase that fails ends the demo at once when nothing after it could hold."""

    kind: str
    what: str
    steps: Steps
    vital: bool = False
    start: bool = False


@dataclass
class Lived:
    """What the phases came to."""

    rows: list[tuple[Phase, int, float]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    terraform: float = 0.0

    @property
    def code(self) -> int:
        """0 when every phase was good; else the first code that was not."""
        return next((code for _, code, _ in self.rows if code), 0)


@click.command("demo")
@click.argument("path", default=Path(), type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--keep", is_flag=True, help="Leave the platform up, and say what to try.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--out", type=OUT, help="Write the result to a file.")
def command(path: Path, keep: bool, as_json: bool, out: Path | None) -> None:
    """Live a platform's whole life on an embedded AWS: plan, apply, verify, validate, release, destroy, sweep.

    What its launchbook.toml does not describe (a probe; an image and a service) is left out.
    The embedded AWS is started for it, and is stopped at the end with everything in it; no account is touched. With
    --keep the platform stays up. Ends with 0 when every phase was good and the sweep is PROVEN EMPTY.
    """
    from launchbook.lifecycle.platform import load_platform

    seldom_collect()
    end_politely()
    platform = load_platform(path)
    _released_from_a_commit(platform)
    with _embedded(path, keep) as port:
        asked = Asked(path, "local", port, None, None, as_json, out, yes=True)
        lived = Lived()
        for phase in _phases(platform, keep):
            click.echo(f"\n{phase.kind}: {phase.what}", err=True)
            code = _live(phase, asked, lived)
            if code == 130 or (code and phase.vital):
                break
        printed(asked, _json(lived), _text(lived))
        if lived.code and not keep:
            click.echo(f"\n{_STOPPING.format(port=port)}", err=True)
        click.echo(f"next: {_next(lived, keep, path, port)}", err=True)
    sys.exit(lived.code)


def _released_from_a_commit(platform: Platform) -> None:
    """Say at once what its release would only say minutes later. Raises UsageError."""
    from launchbook.lifecycle.images import commit_of

    path = platform.folder
    if platform.images and platform.services and not commit_of(path):
        raise UsageError(
            "this platform can't be released", f"{path} has no commit, and images are tagged with one",
            hint=f"git -C {path} init && git -C {path} add . && git -C {path} commit -m start",
        )  # fmt: skip


def _phases(platform: Platform, keep: bool) -> list[Phase]:
    """What its life consists of; without a probe nothing is validated, without an image and a service none released."""
    from launchbook.lifecycle.apply import Apply
    from launchbook.lifecycle.destroy import Destroy
    from launchbook.lifecycle.plan import Planning
    from launchbook.lifecycle.release import release_steps
    from launchbook.lifecycle.sweeping import Sweeping
    from launchbook.lifecycle.validate import validate_steps
    from launchbook.lifecycle.verify import verify_steps

    made = [
        Phase(
            "plan",
            "what will be created, what it costs, whether it can be destroyed",
            lambda work: Planning(work.platform).steps(),
            start=True,
        ),
        Phase(
            "apply",
            "from nothing to steady services",
            lambda work: Apply(work.platform).steps(),
            vital=True,
            start=True,
        ),
        Phase("verify", "what the runbook expects of it", verify_steps),
    ]
    if platform.probe is not None:
        made.append(Phase("validate", "a request, followed to its end", validate_steps))
    if platform.images and platform.services:
        made.append(Phase("release", "the image built again, rolled out", release_steps))
    gone = [
        Phase(
            "destroy",
            "in order, and nothing that is not its own",
            lambda work: Destroy(work.platform).steps(),
            vital=True,
        ),
        Phase("sweep", "whether anything is left", lambda _: Sweeping().steps()),
    ]
    return made if keep else made + gone


@contextmanager
def _embedded(path: Path, keep: bool) -> Iterator[int]:
    """The port of an embedded AWS of its own; the one that this platform's other commands use stays remembered."""
    from launchbook.lifecycle.home import Home, read_json, write_json
    from launchbook.lifecycle.platform import load_platform
    from launchbook.lifecycle.target import launchbook_local, start_embedded

    memory = Home.of(load_platform(path).folder).folder / "state/local.json"
    before = read_json(memory)
    click.echo("starting an embedded AWS for it", err=True)
    port = int(start_embedded()["port"])
    try:
        yield port
    except KeyboardInterrupt:  # between two steps: within one the phase ends, and is told with the rest
        staying = f"the embedded AWS stays up; launchbook local stop --port {port} ends it"
        click.echo(f"\n{staying if keep else _STOPPING.format(port=port)}", err=True)
        raise
    finally:
        if not keep:
            with _not_interrupted():  # a second Ctrl-C must not leave it running
                launchbook_local("stop", "--port", str(port))
                memory.unlink(missing_ok=True) if before is None else write_json(memory, before)


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """What ends a run elsewhere is not heard meanwhile; what is started here hears it as ever."""
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in heard:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


def _live(phase: Phase, asked: Asked, lived: Lived) -> int:
    from launchbook.lifecycle.run import read_run
    from launchbook.lifecycle.steps import exit_code, proceed

    with opened(phase.kind, asked, start=phase.start) as work:
        results = proceed(work, phase.steps(work))
        code = exit_code(results)
        data = json_of(work, results)
        lived.steps += [{**step, "name": f"{phase.kind}: {step['name']}"} for step in data["steps"]]
        lived.last = data
        lived.folders.append(work.run.folder)
        past = read_run(work.run.folder)
        lived.terraform += past.terraform_seconds() if past is not None else 0.0
        lived.rows.append((phase, code, sum(one.seconds for one in results)))
        if code:
            lived.text.append(f"{phase.kind}:\n{text_of(work, results)}{_error(results)}")
    return code


def _error(results: Sequence[StepResult]) -> str:
    failed = results[-1].error if results else None
    return f"{failed.render()}\n" if failed is not None else ""


def _json(lived: Lived) -> dict[str, Any]:
    """The contract's object: every step of every phase, and what the sweep proved."""
    swept = any(phase.kind == "sweep" for phase, _, _ in lived.rows)
    return {
        **lived.last,
        "kind": "demo",
        "steps": lived.steps,
        "proven_empty": lived.last.get("proven_empty") if swept else None,
        "seconds": {phase.kind: round(seconds, 1) for phase, _, seconds in lived.rows},
        "terraform_seconds": round(lived.terraform, 1),
        "folders": [str(folder) for folder in lived.folders],
    }


def _text(lived: Lived) -> str:
    """The summary: a line a phase, where the time went, and where to read more."""
    words = {0: "good", 1: "findings", 130: "interrupted"}
    lines = [
        f"  {phase.kind:<10} {words.get(code, 'not proven'):<12} {seconds:6.1f} s   {phase.what}"
        for phase, code, seconds in lived.rows
    ]
    whole = sum(seconds for _, _, seconds in lived.rows)
    proven = lived.last.get("proven_empty")
    verdict = "" if proven is None else "PROVEN EMPTY" if proven else "LEFT BEHIND"
    lines += ["", f"  {whole:.0f} s, of which Terraform {lived.terraform:.0f} s"]
    lines += [f"  {verdict}: {lived.folders[-1]}/certificate.md"] if verdict else []
    lines += [f"  journals and logs: {lived.folders[0].parent}"] if lived.folders else []
    return "\n".join([*lived.text, *lines]) + "\n"


def _next(lived: Lived, keep: bool, path: Path, port: int) -> str:
    where = "" if path == Path() else f" {path}"
    if not keep:
        return (
            f"launchbook demo{where}   (begins anew; launchbook history{where} shows how far this one came)"
            if lived.code
            else f"launchbook demo{where} --keep   (leaves it up to try)"
        )
    return f"launchbook status{where}   (then validate, release, destroy, sweep; launchbook local stop --port {port})"
