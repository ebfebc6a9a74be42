"""How long a refused call waits: botocore's standard retries, with a shorter longest pause."""

from __future__ import annotations

from typing import Any

from botocore.retries import standard
from botocore.retries.quota import RetryQuota

#: Calls in all, the first one included.
ATTEMPTS = 10
#: Seconds of the longest pause. botocore's are up to twenty, and it has no setting for them: of a few hundred calls of
#: which each third is refused, one would wait for a minute (docs/decisions/0016-retries.md).
LONGEST = 5


def attempts(service: str) -> int:
    """Calls in all to a service. Of STS, which says who asks, fewer: where it cannot be reached, somebody waits."""
    return min(ATTEMPTS, 6) if service == "sts" else ATTEMPTS


def shorten_pauses(client: Any, calls: int) -> None:
    """Put the same retries, with shorter pauses, instead of those a client was made with: ``calls`` in all."""
    service = client.meta.service_model.service_id.hyphenize()
    adapter = standard.RetryEventAdapter()
    throttled = standard.ThrottlingErrorDetector(adapter)
    quota = standard.RetryQuotaChecker(RetryQuota(), throttled)
    pauses = standard.ExponentialBackoff(
        max_backoff=LONGEST, service_name=service, throttling_detector=throttled
    )
    conditions = standard.StandardRetryConditions(max_attempts=calls)
    handler = standard.RetryHandler(standard.RetryPolicy(conditions, pauses), adapter, quota)
    events = client.meta.events
    events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
    events.register(f"needs-retry.{service}", handler.needs_retry)
    events.register(f"after-call.{service}", quota.release_retry_quota)
