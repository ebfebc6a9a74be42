"""moto's SNS with deliveries that happen: policies are asked, confirmations awaited, other hosts refused."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import uuid4

from moto.sns import models
from moto.sns.exceptions import TopicNotFound

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.sns import messages
from launchbook.local.planes.sns.outbox import Outbox
from launchbook.local.planes.sns.policy import admits
from launchbook.local.planes.sns.queues import send_as

#: Protocols whose subscriber must say yes first.
_ASKED_FIRST = ("http", "https", "email", "email-json")
#: Protocols that have no delivery here.
_NOT_HERE = {
    "lambda": "functions don't run in the embedded AWS",
    "firehose": "delivery streams don't run in the embedded AWS",
    "sms": "the embedded AWS sends no text messages",
    "application": "the embedded AWS sends no push notifications",
}


def install(host: Host, outbox: Outbox) -> None:
    """Make moto create our backend and subscriptions from now on."""
    DeliveringBackend.host, DeliveringBackend.outbox = host, outbox
    models.Subscription = DeliveringSubscription  # type: ignore[misc]
    models.sns_backends.backend = DeliveringBackend
    for account in models.sns_backends.values():
        account.backend = DeliveringBackend
        account.clear()


class DeliveringSubscription(models.Subscription):
    """A subscription that delivers, once it is confirmed."""

    def __init__(self, account_id: str, topic: models.Topic, endpoint: str, protocol: str) -> None:
        super().__init__(account_id, topic, endpoint, protocol)
        self.confirmed = protocol not in _ASKED_FIRST
        self.token = uuid4().hex * 4

    @property
    def listed_arn(self) -> str:
        """The ARN as listings show it."""
        return self.arn if self.confirmed else "PendingConfirmation"

    def publish(
        self,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        """Deliver one message to this subscriber, if its filter lets it through."""
        matcher = self._filter_policy_matcher
        if not self.confirmed or (matcher and not matcher.matches(message_attributes, message)):
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        notice = messages.Notice(self.topic.arn, message_id, message, subject, message_attributes or {})
        backend = self._backend
        if self.protocol == "sqs":
            self._delivered(notice, self._to_queue(notice, group_id, deduplication_id))
        elif self.protocol in ("http", "https"):
            headers = messages.headers(notice, "Notification", self.arn, raw=self._raw)
            backend.outbox.post(
                self.endpoint,
                (message if self._raw else notice.body(self.arn, backend.host.endpoint)).encode(),
                headers,
                lambda error: self._delivered(notice, error),
            )
        elif self.protocol in _NOT_HERE:
            backend.outbox.refused(self.topic.arn, self.endpoint, _NOT_HERE[self.protocol])

    def ask(self) -> None:
        """Send the confirmation request that an HTTP endpoint has to answer."""
        backend = self._backend
        if self.protocol in ("http", "https"):
            text = messages.confirmation(self.topic.arn, self.token, backend.host.endpoint)
            notice = messages.Notice(self.topic.arn, str(uuid4()), "", None, {})
            headers = messages.headers(notice, "SubscriptionConfirmation", "", raw=False)
            backend.outbox.post(self.endpoint, text.encode(), headers, self._remember)

    @property
    def _backend(self) -> DeliveringBackend:
        return cast(DeliveringBackend, self.topic.sns_backend)

    @property
    def _raw(self) -> bool:
        return str(self.attributes.get("RawMessageDelivery", False)).lower() == "true"

    def _to_queue(self, notice: messages.Notice, group: str | None, deduplication: str | None) -> str | None:
        backend = self._backend
        attributes = messages.sqs_attributes(notice.attributes) if self._raw else {}
        return send_as(
            backend.host,
            self.endpoint,
            notice.message if self._raw else notice.body(self.arn, backend.host.endpoint),
            service="sns.amazonaws.com",
            source_arn=self.topic.arn,
            attributes=attributes,
            group_id=group,
            deduplication_id=deduplication,
        )

    def _remember(self, error: str | None) -> None:
        if error:
            self._backend.outbox.refused(self.topic.arn, self.endpoint, error)

    def _delivered(self, notice: messages.Notice, error: str | None) -> None:
        self._remember(error)
        name = "NumberOfNotificationsFailed" if error else "NumberOfNotificationsDelivered"
        backend = self._backend
        backend.count(self.topic, name)
        redrive = self.attributes.get("RedrivePolicy")
        if error and redrive:
            queue = json.loads(redrive).get("deadLetterTargetArn", "")
            lost = send_as(
                backend.host,
                queue,
                notice.body(self.arn, backend.host.endpoint),
                service="sns.amazonaws.com",
                source_arn=self.topic.arn,
            )
            outcome = (
                "NumberOfNotificationsFailedToRedriveToDlq" if lost else "NumberOfNotificationsRedrivenToDlq"
            )
            backend.count(self.topic, outcome)


class DeliveringBackend(models.SNSBackend):
    """SNS of one region."""

    #: Set once, before the first region exists.
    host: Host
    outbox: Outbox

    @property
    def _url_module(self) -> Any:
        from moto.sns import urls

        return urls

    def subscribe(self, topic_arn: str, endpoint: str, protocol: str) -> models.Subscription:
        """Subscribe; an HTTP endpoint is sent its confirmation request, again each time it is subscribed."""
        subscription = cast(DeliveringSubscription, super().subscribe(topic_arn, endpoint, protocol))
        if not subscription.confirmed:
            subscription.attributes["PendingConfirmation"] = True
            subscription.attributes["ConfirmationWasAuthenticated"] = False
            subscription.ask()
        return subscription

    def confirm(self, topic_arn: str, token: str) -> models.Subscription | None:
        """Confirm the subscription that was sent this token."""
        for subscription in list(self.subscriptions.values()):
            given = getattr(subscription, "token", None)
            if subscription.topic.arn == topic_arn and given == token:
                subscription.confirmed = True
                subscription.attributes["PendingConfirmation"] = False
                return subscription
        return None

    def publish(self, message: str, arn: str | None, **given: Any) -> str:  # type: ignore[override]
        """Publish to a topic, an endpoint or a number, counting the first."""
        message_id = super().publish(message, arn, **given)
        topic = self.topics.get(arn or "")
        if topic is not None:
            self.count(topic, "NumberOfMessagesPublished")
            # moto keeps every message for its users' assertions; a server must not.
            del topic.sent_notifications[:-100]
        return message_id

    def count(self, topic: models.Topic, metric: str) -> None:
        """Record one occurrence in the topic's metrics."""
        self.host.metric(
            self.region_name, "AWS/SNS", metric, 1, dimensions={"TopicName": topic.name}, unit="Count"
        )


def service_publish(
    host: Host, topic_arn: str, service: str, source_arn: str, message: str, subject: str | None
) -> str | None:
    """Publish as an AWS service, if the topic's policy admits it. The error as text, or None."""
    parts = topic_arn.split(":")
    if len(parts) != 6:
        return f"{topic_arn} is no topic"
    backend = host.backend("sns", parts[3])
    try:
        topic = backend.get_topic(topic_arn)
    except TopicNotFound:
        return f"Topic does not exist: {topic_arn}"
    policy = topic._policy_json
    if not admits(
        policy,
        service=service,
        action="sns:Publish",
        resource=topic_arn,
        source_arn=source_arn,
        account=ACCOUNT,
    ):
        why = f"the policy of {topic_arn} doesn't admit {service}"
        backend.outbox.refused(source_arn, topic_arn, why)
        return f"User: {service} is not authorized to perform: SNS:Publish: {why}"
    try:
        backend.publish(message, topic_arn, subject=subject)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
