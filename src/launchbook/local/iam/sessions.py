"""Keys that GetSessionToken and GetFederationToken gave out: whose they are, until when, and what limits them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from launchbook.local.plane import ACCOUNT


@dataclass(frozen=True)
class Session:
    """One key. ``caller`` is the access key that asked for it; ``expires`` is UTC without a zone, as moto has it."""

    key: str
    secret: str
    token: str
    caller: str
    expires: datetime
    #: The ARN of a federated user; None for the caller's own session.
    federated: str | None
    #: A federated user's policy as text; without one that user may do nothing.
    policy: str | None


_sessions: dict[str, Session] = {}


def make(caller: str, expires: datetime, federated: str | None, policy: str | None) -> Session:
    """A new key for a caller."""
    from moto.iam.utils import generate_access_key_id_from_account_id

    key = generate_access_key_id_from_account_id(ACCOUNT, "ASIA")
    made = Session(
        key, secrets.token_urlsafe(30), secrets.token_urlsafe(100), caller, expires, federated, policy
    )
    _sessions[key] = made
    return made


def find(key: str) -> Session | None:
    """The session of a key; None if the key is none of ours."""
    return _sessions.get(key)
