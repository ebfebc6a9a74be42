"""Say whether anything is left of a platform, what it costs, and delete exactly what was approved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps
from launchbook.errors import UsageError

if TYPE_CHECKING:
    from launchbook.lifecycle.sweeping import Sweeping

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("sweep")
@lifecycle_options(approves=True)
@click.option(
    "--also", multiple=True, metavar="REGION", help="Ask this region, too; may be given more than once."
)
@click.option(
    "--plan", "write", type=_FILE, help="Write a list of deletions for what is left; nothing is deleted."
)
@click.option("--new-too", is_flag=True, help="With --plan on an account: also what only its age points to.")
@click.option("--apply", "apply", type=_FILE, help="Delete exactly what such a list says, after a yes.")
def command(
    asked: Asked, also: tuple[str, ...], write: Path | None, new_too: bool, apply: Path | None
) -> None:
    """Look for everything that a destroy of the platform in PATH should have removed, and certify that nothing is left.

    Asks every service in every region that a run touched: for the ids that were ever in a state, by tags, by names, and
    for whatever is there now and was not before the first apply. The certificate (JSON and Markdown) lists each
    question. Ends with 0 when it is PROVEN EMPTY, 1 when something is LEFT, 3 when it stays UNPROVEN.
    """
    from launchbook.lifecycle.sweeping import Sweeping

    if write and apply:
        raise UsageError(
            "--plan and --apply exclude each other", "the first writes the list that the second carries out",
            hint="launchbook sweep --plan FILE",
        )  # fmt: skip
    sweeping = Sweeping(regions=also, write=write, apply=apply, new_too=new_too)
    run_steps(
        "sweep", asked, lambda _: sweeping.steps(), lambda code: _next(code, asked, sweeping),
        more=lambda: _more(sweeping),
    )  # fmt: skip


def _more(sweeping: Sweeping) -> tuple[dict[str, Any], str]:
    from launchbook.lifecycle.certificate import text

    if sweeping.found is None:
        return {}, ""
    data = sweeping.found.to_json()
    more = {name: data[name] for name in ("verdict", "left", "monthly_cost", "limits", "not_ours", "queries")}
    return more, text(sweeping.found) + _left_out(sweeping)


def _left_out(sweeping: Sweeping) -> str:
    if sweeping.plan is None or sweeping.apply is not None:
        return ""
    return "".join(f"  not in the list: {key}: {why}\n" for key, why in sweeping.plan.left_out.items())


def _next(code: int, asked: Asked, sweeping: Sweeping) -> str:
    if code in (1, 3) and sweeping.found is not None and sweeping.found.standing:
        return f"launchbook destroy{asked.again}   (the platform stands)"
    days = [one.goes_on for one in sweeping.found.left] if sweeping.found is not None else []
    if code == 1 and days and all(days):
        return f"launchbook sweep{asked.again}   (from {max(days)} on: until then AWS keeps what is left)"
    if sweeping.write is not None and sweeping.plan is not None and sweeping.plan.items:
        return f"launchbook sweep{asked.again} --apply {sweeping.write}   (shows the list and asks)"
    if code == 130 and (named := sweeping.apply or sweeping.write):
        return f"launchbook sweep{asked.again} --{'apply' if sweeping.apply else 'plan'} {named}"
    if code == 2:
        return f"launchbook sweep{asked.again} --plan {sweeping.apply or 'leftovers.json'}"
    if code == 1:
        return f"launchbook sweep{asked.again} --plan leftovers.json   (lists what would be deleted)"
    if code:
        return f"launchbook sweep{asked.again}   (once the gaps are settled)"
    return f"launchbook history{'' if asked.path == Path() else f' {asked.path}'}"
