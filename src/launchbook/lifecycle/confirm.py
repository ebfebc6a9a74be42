"""Before anything is made or removed: what it is, and on an account whose it is, typed by a person."""

from __future__ import annotations

import textwrap

from botocore.exceptions import BotoCoreError, ClientError

from launchbook.errors import RunFailed
from launchbook.lifecycle.proposal import Shown
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.target import require_account

_SHOWN = 40


def approve_plan(work: Work, root: str, plan: Shown) -> None:
    """Show a plan; on an account, go on only when its alias or id is typed. Raises RunFailed otherwise."""
    work.show.note(f"{root}: {plan.summary}")
    if work.target.name == "local":
        return
    changed = list(plan.changed())
    for address, actions in changed[:_SHOWN]:
        work.show.note(f"  {actions:<14} {address}")
    if len(changed) > _SHOWN:
        work.show.note(f"  … and {len(changed) - _SHOWN} more")
    approve_account(work, f"carry this out in {work.target.region}")


def approve_account(work: Work, what: str) -> None:
    """Go on only with ``--yes --account ID`` or the account's alias or id typed. Raises RunFailed otherwise."""
    right_account(work)
    if work.options.get("yes"):
        return
    alias = _alias(work)
    called = f"{alias} ({work.target.account})" if alias else work.target.account
    typed = work.show.typed(f"To {what} of account {called}, type its {'alias or ' if alias else ''}id")
    if typed is None:
        raise RunFailed(
            "nobody answered", "an account's changes need its name",
            hint=f"in a terminal, or --yes --account {work.target.account}",
        )  # fmt: skip
    if typed.strip() not in {work.target.account, alias} - {""}:
        raise RunFailed("that is not this account", "nothing was changed", hint="the same command again")


def right_account(work: Work) -> None:
    """Raises RunFailed when --account names another account, or --yes none at all."""
    named = str(work.options.get("account") or "")
    require_account(work.target, named)
    if work.target.name == "aws" and work.options.get("yes") and not named:
        raise RunFailed(
            "which account?", "--yes alone names none",
            hint=f"--yes --account {work.target.account}   (after a look at what it does)",
        )  # fmt: skip


def approve_list(work: Work, title: str, lines: list[str]) -> None:
    """Show what will be deleted and ask; on an account its name is typed. Raises RunFailed without a yes."""
    work.show.note(title)
    for line in lines:  # all of them: a yes to what was not shown is none
        work.show.note(textwrap.indent(line, "  "))
    if work.target.name == "aws":
        approve_account(work, "delete all of this")
    elif not work.options.get("yes"):
        answer = work.show.ask("Delete all of this?")
        if answer is None:
            raise RunFailed("nobody answered", "a deletion needs a yes", hint="in a terminal, or --yes")
        if not answer:
            raise RunFailed(
                "not approved", "nothing was deleted", hint="the same command again, when it may go"
            )


def _alias(work: Work) -> str:
    try:
        found = work.target.client("iam").list_account_aliases()["AccountAliases"]
    except (ClientError, BotoCoreError):
        return ""
    return str(found[0]) if found else ""
