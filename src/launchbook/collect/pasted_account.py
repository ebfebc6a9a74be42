"""Whose answers were pasted: the identity beside them, and the accounts that their own ARNs name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from launchbook.collect.keep import pick
from launchbook.collect.transcript import Block
from launchbook.errors import UsageError
from launchbook.model import Fact, Facts, Gap, Where
from launchbook.redact import pseudonym

_ACCOUNT = re.compile(r"\d{12}")


def of_identity(block: Block) -> bool:
    """Whether a block is the answer to who asks."""
    told = (block.service, block.operation) == ("sts", "get-caller-identity")
    return told or (not block.service and isinstance(pick(block.answer, "Account"), str))


def accounts_of(blocks: Iterable[Block]) -> list[str]:
    """Every account that a pasted identity names, once each."""
    named = (pick(block.answer, "Account") for block in blocks if of_identity(block))
    return list(dict.fromkeys(str(one) for one in named if one))


def foreign(facts: Facts, accounts: Sequence[str]) -> Iterator[Gap]:
    """What keeps answers of several accounts from being taken for one: a gap for two identities, and one for what is of
    another account than the identity. Nothing that it may hide is ever OK."""
    hint = "paste the answers of one account, with its aws sts get-caller-identity"
    where = Where(account=" and ".join(accounts))
    if len(accounts) > 1:
        yield Gap(where=where, what="which answer is of which account is not said", hint=hint)
    found = [(fact, owner) for fact in facts if (owner := _owner(fact))]
    others = [(fact, owner) for fact, owner in found if owner not in accounts]
    if len(accounts) != 1 or not _ACCOUNT.fullmatch(accounts[0]) or not others:
        return
    fact, owner = others[0]
    what = f"{fact.type} {fact.name} is of account {owner}, and the identity of {accounts[0]}"
    alone = len(others) == len(found)
    hides = ("*",) if alone else tuple(dict.fromkeys(one.type for one, _ in others))
    yield Gap(where=where, what=what, hint=hint, hides=hides)


def account_of(pasted: Facts, pinned: str) -> str:
    """The account that pasted answers are of; empty where none says. Raises UsageError where another is pinned.

    What ``launchbook commands`` writes names accounts by pseudonyms: the pinned one's is as good as itself.
    """
    named = next((one for fact in pasted if _ACCOUNT.fullmatch(one := fact.where.account)), "")
    if pinned and named not in ("", pinned, pseudonym(pinned)):
        raise UsageError(
            f"what was pasted is of account {named}",
            f"the audit is pinned to {pinned}",
            hint="paste the answers of that account, or correct audit.account in launchbook.toml",
        )
    return named


def _owner(fact: Fact) -> str:
    """The account in a resource's own ARN; empty where it has none."""
    own = fact.attributes.get("arn") or fact.id
    parts = own.split(":") if isinstance(own, str) else []
    named = parts[4] if len(parts) > 5 and parts[0] == "arn" else ""
    return named if _ACCOUNT.fullmatch(named) else ""
