"""Who is behind an access key, and which policies bind them: read from moto's IAM and STS."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from launchbook.local.iam import sessions
from launchbook.local.iam.sessions import Session
from launchbook.local.plane import ACCOUNT

Documents = list[dict[str, Any]]


@dataclass(frozen=True)
class Principal:
    """A user, a session of a role, or nobody in particular."""

    arn: str
    #: What resource policies and trust policies may call it.
    names: frozenset[str]
    #: Its own policies; what limits them: the permissions boundary and the session policy, None where there is none.
    policies: Documents
    boundary: Documents | None = None
    session: Documents | None = None

    @property
    def context(self) -> dict[str, list[str]]:
        """The condition keys that its identity gives."""
        if self is ANONYMOUS:
            return {"aws:principaltype": ["Anonymous"]}
        found = {
            "aws:principalarn": [self.arn],
            "aws:principalaccount": [ACCOUNT],
            "aws:principaltype": ["User"],
        }
        if ":user/" in self.arn:
            found["aws:username"] = [self.arn.rpartition("/")[2]]
        elif ":federated-user/" in self.arn:
            found["aws:principaltype"] = ["FederatedUser"]
        else:
            role = self.arn.split("/")[1]
            found["aws:principalarn"] = [
                name for name in self.names if f":role/{role}" in name or ":role/" in name
            ]
            found["aws:principaltype"] = ["AssumedRole"]
        return found


class KeyRefused(Exception):
    """An access key that IAM made and that is no longer good for anything: deleted, inactive or expired."""

    def __init__(self, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__("expired" if expired else "deleted or inactive")


#: A caller without credentials: what a resource's policy gives to everybody is all it may do.
ANONYMOUS = Principal("anonymous", frozenset({"anonymous"}), [])


def name_of(access_key: str) -> str:
    """The ARN behind an access key; the key itself where IAM doesn't know it. Loads nothing."""
    if "moto.iam.models" not in sys.modules:
        return access_key
    try:
        found = find(access_key)
    except KeyRefused:
        return access_key
    return found.arn if found else access_key


def find(access_key: str) -> Principal | None:
    """The principal of an access key; None for a key that IAM never made (it acts as the account's root).

    Raises KeyRefused for a key that IAM made and that is deleted, inactive or expired.
    """
    session = sessions.find(access_key)
    if session is not None:
        return _of_token(session)
    iam = _iam()
    role = _session(access_key)
    if role is not None:
        if role.expiration <= datetime.now(UTC).replace(tzinfo=None):
            raise KeyRefused(expired=True)
        return _of_session(iam, role)
    for user in list(iam.users.values()):
        for key in user.access_keys:
            if key.access_key_id == access_key:
                if key.status != "Active":
                    raise KeyRefused
                return _of_user(iam, user)
    if access_key[4:12] == _mark() and access_key[:4] in ("AKIA", "ASIA"):
        raise KeyRefused
    return None


def trust_policy(role_arn: str) -> dict[str, Any] | None:
    """The trust policy of a role; None if there is no such role."""
    for role in list(_iam().roles.values()):
        if role.arn == role_arn:
            return _document(role.assume_role_policy_document)
    return None


def _of_user(iam: Any, user: Any) -> Principal:
    policies = [_document(text) for text in user.policies.values()]
    policies += [_managed(policy) for policy in user.managed_policies.values()]
    for group in list(iam.groups.values()):
        if user in group.users:
            policies += [_document(text) for text in group.policies.values()]
            policies += [_managed(policy) for policy in group.managed_policies.values()]
    return Principal(user.arn, frozenset({user.arn, *_ACCOUNT_NAMES}), policies, _boundary(iam, user))


def _of_session(iam: Any, session: Any) -> Principal:
    role = next((role for role in list(iam.roles.values()) if role.arn == session.role_arn), None)
    names = frozenset({session.arn, session.role_arn, *_ACCOUNT_NAMES})
    limit = [_document(session.policy)] if session.policy else None
    if role is None:
        return Principal(session.arn, names, [], None, limit)
    policies = [_document(text) for text in role.policies.values()]
    policies += [_managed(policy) for policy in role.managed_policies.values()]
    return Principal(session.arn, names, policies, _boundary(iam, role), limit)


def _of_token(session: Session) -> Principal | None:
    """Who is behind a session token: its caller, and no more than the session admits. Root's own is root's."""
    if session.expires <= datetime.now(UTC).replace(tzinfo=None):
        raise KeyRefused(expired=True)
    caller = find(session.caller)
    if session.federated is None:
        return None if caller is None else replace(caller, session=[_OF_SESSION_TOKENS])
    names = frozenset({session.federated, *_ACCOUNT_NAMES})
    limit = [_document(session.policy)] if session.policy else []
    if caller is None:
        return Principal(session.federated, names, [_EVERYTHING], None, limit)
    return Principal(session.federated, names, caller.policies, caller.boundary, limit)


def _boundary(iam: Any, holder: Any) -> Documents | None:
    arn = getattr(holder, "permissions_boundary_arn", None) or getattr(holder, "permissions_boundary", None)
    if isinstance(arn, dict):
        arn = arn.get("PermissionsBoundaryArn")
    if not arn:
        return None
    policy = iam.managed_policies.get(arn)
    return [_managed(policy)] if policy else []


def _managed(policy: Any) -> dict[str, Any]:
    return next((_document(v.document) for v in policy.versions if v.is_default), {})


def _document(given: Any) -> dict[str, Any]:
    found = given if isinstance(given, dict) else json.loads(given or "{}")
    return found if isinstance(found, dict) else {}


def _session(access_key: str) -> Any:
    models = sys.modules.get("moto.sts.models")
    if models is None:
        return None
    for regions in list(models.sts_backends[ACCOUNT].values()):
        for role in reversed(regions.assumed_roles):
            if role.access_key_id == access_key:
                return role
    return None


@cache
def _mark() -> str:
    # Every key that IAM makes carries its account's number after the first four letters, as AWS's do: so a
    # deleted key is known for ours without a list of them all.
    from moto.iam.utils import generate_access_key_id_from_account_id

    return generate_access_key_id_from_account_id(ACCOUNT, "AKIA")[4:12]


def _iam() -> Any:
    from moto.backends import get_backend

    return get_backend("iam")[ACCOUNT]["aws"]


_EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
#: A session token calls neither IAM nor STS, but for these; AWS lets it with a second factor, which nobody has here.
_OF_SESSION_TOKENS = {
    "Statement": [
        {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:GetCallerIdentity"], "Resource": "*"},
    ]
}
_ACCOUNT_NAMES = (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
