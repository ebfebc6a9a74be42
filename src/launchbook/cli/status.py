"""Show where a platform stands: what is made, the last runs on this target, and what can be continued."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from launchbook.cli._lifecycle import Asked, lifecycle_options, printed

#: How many types of a root are named.
_SHOWN = 4


@click.command("status")
@lifecycle_options()
def command(asked: Asked) -> None:
    """Show what the states of the platform in PATH hold, its outputs, and the last run of each kind.

    Reads the saved states; where they know of nothing, asks whether something with its tags stands all the same.
    `launchbook verify` asks what really runs.
    """
    from launchbook.lifecycle.status import status_of

    found = status_of(asked.path, asked.target, asked.port, asked.profile, asked.region)
    printed(asked, found, _text(found))
    click.echo(f"next: {found['next']}{asked.again}", err=True)


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['platform']} on {found['target']} ({found['where']}), {found['region']}"]
    for root in found["roots"]:
        counts = Counter(one["type"] for one in root["resources"])
        many = ", ".join(f"{count} {kind}" for kind, count in counts.most_common(_SHOWN))
        more = " …" if len(counts) > _SHOWN else ""
        said = f"{len(root['resources'])} resources" + (f" ({many}{more})" if many else "")
        lines.append(f"  {root['name']:<14} {said if root['known'] else 'not known here'}")
        lines += [f"    {name} = {value}" for name, value in root["outputs"].items() if len(str(value)) < 90]
    for run in found["runs"]:
        lines.append(f"  {run['kind']:<10} {run['run']}  {run['ended']}")
        if run["resumable"]:
            lines.append(f"    stands at {run['at_step']}; the same command goes on from there")
    if not found["runs"]:
        lines.append("  no run yet")
    if found.get("elsewhere"):
        lines.append(f"  {found['elsewhere']}")
    return "\n".join(lines) + "\n"
