"""Which stop of a task is a failure, by ECS's own stop code and reason."""

from __future__ import annotations

#: Stop codes that no rollout and no scaling gives.
_BY_ITSELF = ("EssentialContainerExited", "TaskFailedToStart")
#: What the scheduler says of a task that it stopped because it did not answer: the code is that of a planned stop.
_KILLED = ("failed elb health checks", "failed container health checks")


def failed(code: object, reason: object) -> bool:
    """Whether a task stopped by itself or was stopped as unhealthy; a rollout's and a scaling's stops are none."""
    return str(code) in _BY_ITSELF or any(words in str(reason).lower() for words in _KILLED)
