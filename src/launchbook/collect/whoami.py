"""Whose credentials these are: the first thing that an audit says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.keep import pick
from launchbook.collect.reader import Reader, ReadFailed
from launchbook.collect.remedies import NOT_TAKEN
from launchbook.errors import UnreadableInput
from launchbook.redact import shown

CALL = Call("sts", "GetCallerIdentity", keep=["Account", "Arn"])


@dataclass(frozen=True)
class Identity:
    """An account's id, and the ARN of who asks."""

    account: str
    arn: str


def whoami(reader: Reader, regions: Sequence[str]) -> Identity:
    """Ask AWS, in the first region that takes the credentials: one that the account has not enabled takes nobody's.

    Raises UnreadableInput when none answers: then nothing else would.
    """
    first: ReadFailed | None = None
    for region in regions:
        try:
            page = next(iter(reader.read(CALL, region, {})))
            return Identity(str(pick(page, "Account") or ""), str(pick(page, "Arn") or ""))
        except ReadFailed as failure:
            first = first or failure
            if failure.code not in NOT_TAKEN:
                break
    code, why, settle = (first.code, first.why, first.settle) if first else ("NoRegion", "none was named", "")
    hint = settle if "sts:AssumeRole" in settle else reader.way_in(code)
    raise UnreadableInput("the account cannot be read", f"{code}: {shown(why)}", hint=hint)


@collector("aws_caller_identity", CALL, scope="global")
def caller_identity(row: Row) -> Seen:
    """The account itself."""
    account, arn = str(row.get("GetCallerIdentity", "Account")), row.get("GetCallerIdentity", "Arn")
    return Seen(account, account, {"GetCallerIdentity": {"account_id": account, "arn": arn}})
