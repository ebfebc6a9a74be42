"""What moto does on every request that one account on one machine does not need, taken out.

moto looks for the caller's account in the IAM of every partition (each with 1,500 managed policies: 1.3 s and
30 MB on the first call), and prepares a check of permissions that our own gate does instead.
"""

from __future__ import annotations

import gc
from typing import Any

from launchbook.local.plane import ACCOUNT


def tune() -> None:
    """Apply once, before the first request; loads nothing of any service."""
    from moto.core.responses import BaseResponse

    gc.set_threshold(20_000, 20, 50)
    response: Any = BaseResponse
    response.get_current_account = lambda *_: ACCOUNT
    response._authenticate_and_authorize_normal_action = lambda *_, **__: None
    response._authenticate_and_authorize_s3_action = lambda *_, **__: None


def settle() -> None:
    """Apply after a service was loaded: what loading left is there to stay, and is not searched for garbage."""
    gc.collect()
    gc.freeze()


def tune_identity() -> None:
    """Apply once moto's IAM has been loaded, which its first request of any service does."""
    from moto.iam import models as iam

    models: Any = iam
    mark = models.mark_account_as_visited

    def mark_known(account_id: str, access_key: str, service: str, region: str) -> None:
        # Marking makes IAM's state; as long as nobody used IAM there is no key to mark.
        if account_id in models.iam_backends and "aws" in dict.keys(models.iam_backends[account_id]):
            mark(account_id, access_key, service, region)

    models.mark_account_as_visited = mark_known
    models.get_account_id_from = lambda *_: ACCOUNT
