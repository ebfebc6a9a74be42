"""The role that an audit may take for its reads: the caller's own rights then matter for taking it alone.

``sts:AssumeRole`` changes nothing in an account: it answers temporary credentials, which stay in memory and sign the
reads. No collector can ask for it, and nothing else of its answer is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import NoCredentialsError

from launchbook.errors import UsageError
from launchbook.redact import shown

#: How the reads are named in the CloudTrail of the account that is read.
SESSION_NAME = "launchbook-audit"
_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/[\w+=,.@/-]+")
#: STS takes these characters in an external id.
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}")


def account_of_role(role: str, external_id: str = "") -> str:
    """The account that a role is of; empty where none is to be taken. Raises UsageError for what is no role's ARN, and
    for an external id that STS would not take, or that no role is there for."""
    if external_id and not role:
        raise UsageError("an external id is for a role", "none is to be taken", hint="add --role ARN")
    if not role:
        return ""
    named = _ARN.fullmatch(role)
    if named is None:
        hint = "launchbook audit --live --role arn:aws:iam::123456789012:role/auditor"
        raise UsageError(f"{shown(role)} is no role", "a role is named by its ARN", hint=hint)
    if external_id and not _EXTERNAL_ID.fullmatch(external_id):
        why = "STS takes letters, digits and any of +=,.@:/-, two at least"
        raise UsageError(
            "that is no external id", why, hint="ask whoever made the role's trust policy for it"
        )
    return named["account"]


def take_role(session: Any, make_client: Callable[..., Any], role: str, external_id: str = "") -> None:
    """Have a botocore session sign with a role's credentials, taken at the first call and again before they end.

    ``make_client`` makes a client as ``session.create_client`` does. That the caller has no credentials, or that they
    cannot be had, is an error of that first call: the session never reads with anything but the role.
    """
    given = session._credentials
    more = {"RoleSessionName": SESSION_NAME} | ({"ExternalId": external_id} if external_id else {})

    @cache
    def fetcher() -> AssumeRoleCredentialFetcher:
        own = given or session.get_component("credential_provider").load_credentials()
        if own is None:
            raise NoCredentialsError
        return AssumeRoleCredentialFetcher(make_client, own, role, extra_args=more)

    # botocore has no public way to sign with a role that no profile names; this is what its own profiles come to.
    session._credentials = DeferredRefreshableCredentials(
        method="assume-role", refresh_using=lambda: fetcher().fetch_credentials()
    )
