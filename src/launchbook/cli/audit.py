"""Fill the launch checklist: OK, NOK or TODO, each with its evidence."""

from __future__ import annotations

import gc
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launchbook.cli._pasted import read_saved
from launchbook.errors import UsageError

if TYPE_CHECKING:
    from launchbook.audit import Answer, Question
    from launchbook.collect import Target

FORMATS = ("text", "json", "markdown", "html", "sarif")
_SUFFIXES = {".json": "json", ".md": "markdown", ".html": "html", ".sarif": "sarif", ".txt": "text"}


@click.command("audit")
@click.argument("path", default=None, required=False, type=click.Path(path_type=Path))
@click.option(
    "--live", is_flag=True, help="Read the AWS account of the credentials as well. It cannot write."
)
@click.option("--profile", help="Profile of the AWS configuration to use with --live.")
@click.option("--role", default="", help="A role to take for --live (its ARN): it reads, not you.")
@click.option("--external-id", default="", help="What the role's trust policy asks for, where it does.")
@click.option("--endpoint-url", help="Read an embedded AWS at this address instead of an account.")
@click.option("--region", "regions", multiple=True, help="A region to read besides those the files name.")
@click.option(
    "--new-region", "new_regions", multiple=True, help="A region newer than this program's list of them."
)
@click.option("--account", default="", help="Refuse to read any other account than this one.")
@click.option(
    "--pasted", "pasted", multiple=True, help="A folder or file of saved AWS CLI output, or - for stdin."
)
@click.option("--plan", type=click.Path(path_type=Path), help="A plan, from terraform show -json.")
@click.option("--env", "environment", default="", help="The environment to judge.")
@click.option(
    "--scope", multiple=True, help="Part of a name that belongs to this system; more than one may be given."
)
@click.option(
    "--dns", is_flag=True, help="Ask DNS for SPF and DMARC of the sending domains (default: ask nobody)."
)
@click.option("--checklist", default="", help="A built-in checklist, or a .toml file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Format of the report.")
@click.option(
    "--all", "every", is_flag=True, help="Text: every check that fails or is open, with all its places."
)
@click.option("--share", is_flag=True, help="Write account ids as pseudonyms, to hand the report to others.")
@click.option("--save", is_flag=True, help="Keep the report, for its owner alone (default: nothing is kept).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
def command(
    as_json: bool, form: str | None, every: bool, share: bool, save: bool, out: Path | None, **asked: Any
) -> None:
    """Fill the launch checklist: OK, NOK or TODO, each with its evidence.

    Reads the files of PATH (the current folder unless pasted output or an account is all that is asked for); --live
    adds the account, --pasted saved output of AWS CLI commands, --plan a Terraform plan. Never changes anything.
    Ends with 0 when all lines are OK, 1 when one is NOK, 3 when some are only open.
    """
    # Looking for garbage in rings costs a sixth of an audit, which leaves hardly any and ends soon.
    gc.set_threshold(100_000, 10, 10)
    from launchbook.audit import Answer, audit
    from launchbook.report.clean import clean

    question = _question(**asked)
    try:
        found = audit(question, _progress)
    except KeyboardInterrupt:
        click.echo("interrupted: no report was made, and nothing was changed", err=True)
        sys.stderr.flush()
        os._exit(130)  # threads wait for answers that nobody reads any more
    answer = Answer(clean(found.report), found.facts)
    if save:
        click.echo(f"saved: {_saved(answer, question.path)}", err=True)
    form = form or ("json" if as_json else _SUFFIXES.get(out.suffix if out else "", "text"))
    text = _rendered(answer, form, out, every)
    if share:
        from launchbook.report.share import pseudonymous

        text = pseudonymous(text)
    if out is None:
        click.echo(text, nl=False)
    else:
        _written(out, text)
    click.echo(f"next: {_next(question, answer)}", err=True)
    sys.exit(answer.report.exit_code)


def _question(
    path: Path | None,
    live: bool,
    profile: str | None,
    role: str,
    external_id: str,
    endpoint_url: str | None,
    pasted: tuple[str, ...],
    plan: Path | None,
    **more: Any,
) -> Question:
    from launchbook.audit import Question

    wanted = live or endpoint_url is not None
    if path is None and not (wanted or pasted or plan):
        path = Path()
    of_account = {
        "--profile": profile, "--role": role, "--external-id": external_id,
        "--region": more["regions"], "--new-region": more["new_regions"],
    }  # fmt: skip
    for flag, given in of_account.items():
        if given and not wanted:
            raise UsageError(f"{flag} says how to read an account", "none is read", hint="add --live")
    if more["account"] and not re.fullmatch(r"\d{12}", more["account"]):
        raise UsageError(
            f"{more['account']} is no account", "it has twelve digits", hint="aws sts get-caller-identity"
        )
    texts, saved = read_saved(pasted)
    target = _target(profile, endpoint_url, role, external_id) if wanted else None
    return Question(path=path, live=target, pasted=texts, pasted_at=saved, plan=plan, **more)


def _target(profile: str | None, endpoint_url: str | None, role: str, external_id: str) -> Target:
    if endpoint_url is not None and not re.match(r"https?://[^/\s]", endpoint_url):
        raise UsageError(
            f"{endpoint_url} is no address",
            "it begins with http:// or https://",
            hint="launchbook local status",
        )
    from launchbook.collect import Target  # brings botocore, which files alone can do without

    return Target(profile, endpoint_url, role=role, external_id=external_id)


def _progress(done: int, total: int) -> None:
    if not sys.stderr.isatty():
        return
    said = f"reading the account: {done}/{total}" if total else "asking AWS whose account it is"
    click.echo(f"\r\x1b[K{said}", nl=bool(total) and done == total, err=True)


def _rendered(answer: Answer, form: str, out: Path | None, every: bool) -> str:
    report = answer.report
    if form == "json":
        from launchbook.report import json as renderer

        return renderer.render(report)
    if form == "markdown":
        from launchbook.report import markdown

        return markdown.render(report)
    if form == "html":
        from launchbook.report import html

        return html.render(report, answer.facts)
    if form == "sarif":
        from importlib.metadata import version

        from launchbook.report import sarif

        return sarif.render(report, version("launchbook"))
    from launchbook.report import text

    plain = out is not None or "NO_COLOR" in os.environ or not sys.stdout.isatty()
    width = 110 if plain else max(80, min(140, shutil.get_terminal_size().columns))
    return text.render(report, colour=not plain, width=width, every=every)


def _saved(answer: Answer, audited: Path | None) -> Path:
    """Keep a run where its owner expects it: beside a ``launchbook.toml`` of theirs, else in their state folder.

    Nothing is ever written into a repository that has no such file: it may be somebody else's.
    """
    from launchbook.report import json as renderer
    from launchbook.settings import FILE

    if audited is not None and (audited / FILE).is_file():
        home = audited / ".launchbook"
    else:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "launchbook"
    folder = home / "runs" / answer.report.run
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        for one in (home, home / "runs", folder):
            one.mkdir(mode=0o700, exist_ok=True)
        if home.name == ".launchbook" and not (home / ".gitignore").exists():
            (home / ".gitignore").write_text("*\n", "utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"cannot write {folder}", why, hint="leave --save out, or use --out") from None
    path = folder / "audit.json"
    _written(path, renderer.render(answer.report))
    return path


def _written(out: Path, text: str) -> None:
    """A report may name what is weak: only its owner reads it."""
    whole = out.resolve()
    # What is there stays until the new report is whole: a full disk leaves the old one. A device is written to itself.
    device = whole.exists() and not whole.is_file()
    beside = whole if device else whole.with_name(f".{whole.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        if beside != whole:
            beside.replace(whole)
    except OSError as error:
        if beside != whole:
            beside.unlink(missing_ok=True)
        raise UsageError(
            f"cannot write {out}", error.strerror or str(error), hint="choose another --out"
        ) from None


def _next(question: Question, answer: Answer) -> str:
    first = answer.report.first(1)
    if first:
        return f"launchbook explain {first[0].check}"
    if question.pasted and question.live is None and not answer.report.go:
        return "launchbook commands   (prints the reads whose output can be pasted)"
    if question.live is None and not answer.report.go:
        return f"launchbook audit {shlex.quote(str(question.path or '.'))} --live   (launchbook policy: what it reads)"
    return "launchbook audit --out report.html"
