"""The account as a source of an audit: in which role, in which regions, and what it then says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from launchbook.collect import Asked, Reader, Target, collect, collectors
from launchbook.collect.regions import check_regions, known_regions
from launchbook.collect.role import account_of_role
from launchbook.collect.whoami import Identity, whoami
from launchbook.errors import UsageError
from launchbook.model import Facts, Level
from launchbook.scope import in_scope
from launchbook.settings import Settings

#: Where the certificates, metrics and alarms of CloudFront are, whatever region all else is in.
_EDGE = "us-east-1"
#: Regions that a repository names, in whatever attribute it does.
_REGION = re.compile(r"\b(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d\b")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Account:
    """Which account to read: through which door, and where. ``pinned`` is the only one that may be read, if any is."""

    target: Target
    pinned: str
    regions: Sequence[str]
    new_regions: Sequence[str] = ()

    def may_have(self, region: str) -> bool:
        """Whether a region that was only named can be asked. An embedded AWS has any."""
        return self.target.endpoint is not None or region in known_regions()


@dataclass(frozen=True)
class AccountRead:
    """What an account said: its facts, who asked, the regions that were asked, and those that were only named."""

    facts: Facts
    identity: Identity
    regions: list[str]
    not_asked: list[str]


def admissible(
    target: Target, settings: Settings, pinned: str, regions: Sequence[str], new_regions: Sequence[str]
) -> Target:
    """The target with the role that it is to read in, found to be one that may be asked before anything is.

    Raises UsageError for what is no role, a role of another account than the pinned one, and a region that does not
    exist. An embedded AWS has any region.
    """
    if not target.role:
        external_id = target.external_id or settings.external_id
        target = replace(target, role=settings.role, external_id=external_id)
    account = account_of_role(target.role, target.external_id)
    if pinned and account not in ("", pinned):
        why = f"the audit is pinned to {pinned}"
        raise UsageError(
            f"that role is of account {account}", why, hint="choose another --role, or correct audit.account"
        )
    if target.endpoint is None:
        check_regions(regions, new_regions)
    return target


def read_account(
    account: Account, named_by: Facts, scope: Sequence[str], at: datetime, progress: Progress
) -> AccountRead:
    """Every declared read in every region that was asked for, that ``named_by`` names, or that the account's own
    resources in scope do.

    Raises UsageError where no region is named, or the account is not the pinned one; UnreadableInput where nobody
    answers.
    """
    target, listed = account.target, list(collectors().values())
    reader = Reader(target, listed)
    asked_for, named = [*account.regions, *account.new_regions], regions_of(named_by)
    # What files name may be a region that is not, or that this botocore does not know: asking it takes minutes.
    wanted = list(dict.fromkeys([*asked_for, *filter(account.may_have, named)])) or reader.own_regions
    if not wanted:
        raise UsageError(
            "no region to read",
            "neither the repository nor the settings name one, and nor does the AWS configuration",
            hint="launchbook audit --live --region eu-west-1",
        )
    progress(0, 0)
    identity = whoami(reader, wanted)
    _pinned(identity, account.pinned)
    level: Level = "emulated" if target.endpoint else "live"
    asked = Asked(identity.account, level, at)
    there = collect(reader, listed, wanted, asked, progress)
    more = [name for name in _named_there(there, scope) if name not in wanted and account.may_have(name)]
    if more:
        regional = [one for one in listed if one.scope == "region"]
        there += collect(reader, regional, more, asked, progress)
    looked_at = [*wanted, *more]
    only_named = dict.fromkeys(one for one in (*named, *_named_there(there, scope)) if one not in looked_at)
    return AccountRead(there, identity, looked_at, list(only_named))


def _pinned(identity: Identity, account: str) -> None:
    if account and identity.account != account:
        raise UsageError(
            f"these credentials are of account {identity.account}",
            f"the audit is pinned to {account}",
            hint="choose another --profile, or correct audit.account in launchbook.toml",
        )


def _named_there(facts: Facts, scope: Sequence[str]) -> list[str]:
    """The regions that the account's own resources name, where they are in scope."""
    judged = in_scope(scope)
    found: dict[str, None] = {}
    for fact in facts:
        if judged(fact):
            found |= dict.fromkeys(_REGION.findall(f"{fact.id} {dict(fact.attributes)}"))
            if fact.type == "aws_cloudfront_distribution":
                found[_EDGE] = None
    return list(found)


def regions_of(facts: Facts) -> list[str]:
    """Every region that files and plans name, the most often named first."""
    counted: Counter[str] = Counter()
    for fact in facts:
        if fact.level == "plan":
            counted.update(_REGION.findall(fact.where.region))
        if fact.where.file and fact.origin == "source" and fact.level != "document":
            for value in (
                fact.attributes.get(name) for name in ("region", "regions", "default", "aws_region")
            ):
                counted.update(set(_REGION.findall(str(value))))
    return [name for name, _ in counted.most_common()]
