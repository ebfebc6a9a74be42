"""Throttle, delay, deny, reset or truncate chosen operations, at a rate."""

from __future__ import annotations

import json

import click
from click.core import ParameterSource

from launchbook.errors import UsageError
from launchbook.local import control, instance
from launchbook.local.faults import KINDS
from launchbook.local.instance import Instance


@click.command()
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.argument("operation", required=False)
@click.option("--rate", default=1.0, show_default=True, help="How often it happens: above 0, at most 1.")
@click.option("--seconds", default=1.0, show_default=True, help="How long a delay is.")
@click.option("--times", type=int, help="End after that many.")
@click.option("--clear", is_flag=True, help="Remove every fault, or those of KIND (and OPERATION).")
@click.option("--port", type=int, help="Which embedded AWS, if several run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    kind: str | None, operation: str | None, rate: float, seconds: float, times: int | None, clear: bool,
    port: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Make calls fail on purpose, or (without KIND) list what is set.

    OPERATION is service:Operation with wildcards: sqs:SendMessage, 'ecs:Describe*', '*:*'.
    """
    one = instance.find(port)
    if clear:
        _refuse_settings()
        _clear(one, kind, operation, as_json=as_json)
        return
    if kind is None:
        rules = control.ask(one, "faults")
    elif operation is None:
        raise UsageError(
            "which operation?", "a fault needs one", hint=f"launchbook local inject {kind} sqs:SendMessage"
        )
    else:
        wanted = {"kind": kind, "operation": operation, "rate": rate, "seconds": seconds, "times": times}
        rules = [control.ask(one, "faults", body=wanted)]
    if as_json:
        click.echo(json.dumps(rules, indent=2))
        return
    for rule in rules:
        left = "" if rule["times"] is None else f", {rule['times']} times at most"
        click.echo(
            f"{rule['kind']} {rule['operation']} at {rule['rate']:g}{left}: happened {rule['happened']} times"
        )


def _refuse_settings() -> None:
    context = click.get_current_context()
    for name in ("rate", "seconds", "times"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--clear takes no --{name}", "it removes faults by kind and operation",
                hint="launchbook local inject throttle 'sqs:*' --clear",
            )  # fmt: skip


def _clear(one: Instance, kind: str | None, operation: str | None, *, as_json: bool) -> None:
    wanted = {name: value for name, value in (("kind", kind), ("operation", operation)) if value is not None}
    removed = control.ask(one, "faults", wanted, method="DELETE")["removed"]
    said = f"{removed} fault{'' if removed == 1 else 's'} removed"
    click.echo(json.dumps({"removed": removed}) if as_json else said)
