"""Say what would be made, what it costs, and whether it can be destroyed again, before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, run_steps

if TYPE_CHECKING:
    from launchbook.lifecycle.cost import Estimate
    from launchbook.lifecycle.plan import Planning

_SHOWN = 12


@click.command("plan")
@lifecycle_options()
def command(asked: Asked) -> None:
    """Plan every root of the platform that launchbook.toml in PATH describes; nothing is made.

    Shows what would be created, its cost an hour and a month (from a dated price table; what it can't price is said),
    and what would stop a later destroy or outlive it. Ends with 1 when something would.
    """
    from launchbook.lifecycle.plan import Planning

    made: list[Planning] = []

    def steps(work: Any) -> Any:
        made.append(Planning(work.platform))
        return made[0].steps()

    run_steps(
        "plan", asked, steps, lambda code: f"launchbook {'plan' if code > 1 else 'apply'}{asked.again}",
        start=True, more=lambda: _more(made[0]),
    )  # fmt: skip


def _more(planning: Planning) -> tuple[dict[str, Any], str]:
    """The costs and changes, as data and as text."""
    found = planning.estimate
    changes = {
        root: [{"address": address, "actions": actions} for address, actions in changed]
        for root, changed in planning.changes.items()
    }
    return {"changes": changes, "cost": found.to_json() if found else None}, _text(found) if found else ""


def _text(found: Estimate) -> str:
    fixed = found.of("fixed")
    lines = [
        f"  {f'${line.cost.monthly}':>10} a month  {line.address}  ({line.cost.counted})"
        for line in fixed[:_SHOWN]
    ]
    rest = fixed[_SHOWN:]
    if rest:
        lines.append(f"  {f'${sum(one.cost.monthly or 0 for one in rest)}':>10} a month  {len(rest)} more")
    lines.append(f"  {f'${found.monthly}':>10} a month, ${found.hourly} an hour, without use")
    lines += [f"  plus use: {line.address}: {line.cost.use}" for line in found.lines if line.cost.use][
        :_SHOWN
    ]
    lines += [f"  price not known: {line.address}: {line.cost.why}" for line in found.of("unpriced")]
    return "\n".join([f"cost, at prices of {found.date}:", *lines]) + "\n"
