"""SNS: topic policies honoured, delivery to queues and to loopback HTTP, nowhere else."""

from __future__ import annotations

from typing import Any

from launchbook.local.plane import Host


class SnsPlane:
    """Topics that deliver."""

    #: SNS itself, and the services of moto that publish to it.
    services = frozenset({"sns", "cloudformation", "cloudtrail", "s3", "ses"})

    def __init__(self, host: Host) -> None:
        self._host = host
        self._outbox: Any = None

    def install(self) -> None:
        """Put our backend, subscriptions and responses in place of moto's."""
        from launchbook.local.planes.sns import backend, outbox, responses

        self._outbox = outbox.Outbox(self._host)
        backend.install(self._host, self._outbox)
        responses.install()

    def reconcile(self) -> None:
        """Deliveries have threads of their own."""

    def status(self) -> list[dict[str, Any]]:
        """What was refused or failed, newest last."""
        return [] if self._outbox is None else self._outbox.troubles()

    def close(self) -> None:
        """Stop the deliveries that still wait."""
        if self._outbox is not None:
            self._outbox.close()


PLANE = SnsPlane


def publish_as(
    host: Host, topic_arn: str, *, service: str, source_arn: str, message: str, subject: str | None = None
) -> str | None:
    """Publish as an AWS service, if the topic's policy admits it. The error as text, or None."""
    from launchbook.local.planes.sns.backend import service_publish

    return service_publish(host, topic_arn, service, source_arn, message, subject)
