"""Bucket policies with their conditions.

moto lets a statement deny whatever its condition says, so that the common "refuse requests without TLS" locks
everybody out of the bucket. Here a statement concerns a request only when its condition holds.
"""

from __future__ import annotations

import json
from typing import Any

from launchbook.local.iam.policy import Ask, Effect, evaluate
from launchbook.local.plane import ACCOUNT

#: Requests come over loopback and never leave the machine: they count as what a policy that wants TLS wants.
_CONTEXT = {
    "aws:securetransport": ("true",),
    "aws:principalaccount": (ACCOUNT,),
    "aws:sourceaccount": (ACCOUNT,),
}
_PRINCIPALS = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})


def install() -> None:
    """Let bucket policies be judged by our own evaluator."""
    from moto.s3 import models

    from launchbook.local.planes.s3 import subresources

    subresources.install()
    # A delete marker holds no data, and moto forgets to say so when many versions are deleted at once.
    models.FakeDeleteMarker.dispose = _nothing_to_dispose  # type: ignore[attr-defined]
    # Since the ACLs of new buckets are off, AWS takes a logging setting whether or not its target lets logs in.
    models.FakeBucket._log_permissions_enabled_policy = _may_log  # type: ignore[method-assign]
    # moto's access logs say the same of every request; none are better.
    models.S3Backend.log_incoming_request = _nothing  # type: ignore[method-assign, assignment]
    models.FakeBucket.get_permission = _permission  # type: ignore[method-assign, assignment]


def _nothing_to_dispose(_marker: Any, garbage: bool = False) -> None:
    """Nothing."""


def _nothing(*_: Any) -> None:
    """Nothing."""


def _may_log(*_: Any, **__: Any) -> bool:
    """Logs may go to any bucket."""
    return True


def _permission(bucket: Any, action: str, resource: str) -> Any:
    """What the bucket's policy says of an action, in moto's terms."""
    from moto.iam.access_control import PermissionResult

    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    ask = Ask(action, resource, _CONTEXT, _PRINCIPALS)
    found = evaluate([json.loads(bucket.policy)], ask, principal=True)
    return {
        Effect.ALLOW: PermissionResult.PERMITTED,
        Effect.DENY: PermissionResult.DENIED,
        Effect.NONE: PermissionResult.NEUTRAL,
    }[found]
