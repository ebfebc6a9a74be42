"""Whose credentials these are: the first thing that an audit says."""

from __future__ import annotations

from dataclasses import dataclass

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.engine import Reads
from launchbook.collect.keep import pick
from launchbook.collect.reader import ReadFailed
from launchbook.errors import UnreadableInput

CALL = Call("sts", "GetCallerIdentity", keep=["Account", "Arn"])


@dataclass(frozen=True)
class Identity:
    """An account's id, and the ARN of who asks."""

    account: str
    arn: str


def whoami(reader: Reads, region: str) -> Identity:
    """Ask AWS. Raises UnreadableInput when it does not answer: then nothing else would."""
    try:
        page = next(iter(reader.read(CALL, region, {})))
    except ReadFailed as failure:
        raise UnreadableInput(
            "the account cannot be read",
            f"{failure.code}: {failure.why}",
            hint="aws sts get-caller-identity   (must work first: sign in, or choose --profile)",
        ) from None
    return Identity(str(pick(page, "Account") or ""), str(pick(page, "Arn") or ""))


@collector("aws_caller_identity", CALL, scope="global")
def caller_identity(row: Row) -> Seen:
    """The account itself."""
    account, arn = str(row.get("GetCallerIdentity", "Account")), row.get("GetCallerIdentity", "Arn")
    return Seen(account, account, {"GetCallerIdentity": {"account_id": account, "arn": arn}})
