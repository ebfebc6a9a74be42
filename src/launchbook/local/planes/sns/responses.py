"""SNS operations whose answers depend on confirmation."""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.sns import urls
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.responses import SNSResponse

from launchbook.local.planes.sns.backend import DeliveringBackend


def install() -> None:
    """Route every SNS call here."""
    for path, handler in urls.url_paths.items():
        if getattr(handler, "__name__", "") == "dispatch":
            urls.url_paths[path] = DeliveringResponse.dispatch


class DeliveringResponse(SNSResponse):
    """moto's operations, and ours where they differ."""

    def subscribe(self) -> ActionResult:
        """Subscribe; an unconfirmed subscription has no ARN yet, unless it is asked for."""
        result = super().subscribe()
        arn = cast(dict[str, Any], result.result)["SubscriptionArn"]
        wanted = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        if not wanted and not self.backend.subscriptions[arn].confirmed:
            return ActionResult({"SubscriptionArn": "pending confirmation"})
        return result

    def confirm_subscription(self) -> ActionResult:
        """Confirm with the token that the endpoint was sent."""
        subscription = cast(DeliveringBackend, self.backend).confirm(
            self._get_param("TopicArn"), self._get_param("Token")
        )
        if subscription is None:
            raise SNSInvalidParameter("Invalid parameter: Token")
        return ActionResult({"SubscriptionArn": subscription.arn})

    def list_subscriptions(self) -> ActionResult:
        """Every subscription; those that wait are PendingConfirmation."""
        found, token = self.backend.list_subscriptions(next_token=self._get_param("NextToken"))
        return ActionResult({"Subscriptions": [_row(each) for each in found], "NextToken": token})

    def list_subscriptions_by_topic(self) -> ActionResult:
        """The subscriptions of one topic."""
        found, token = self.backend.list_subscriptions_by_topic(
            self._get_param("TopicArn"), next_token=self._get_param("NextToken")
        )
        return ActionResult({"Subscriptions": [_row(each) for each in found], "NextToken": token})

    def get_topic_attributes(self) -> ActionResult:
        """A topic's attributes, with true counts of its subscriptions."""
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        mine = [each for each in list(self.backend.subscriptions.values()) if each.topic is topic]
        topic.subscriptions_confimed = sum(each.confirmed for each in mine)  # moto's spelling
        topic.subscriptions_pending = len(mine) - topic.subscriptions_confimed
        result = super().get_topic_attributes()
        extra = {
            "SignatureVersion": "signature_version",
            "TracingConfig": "tracing_config",
            "ArchivePolicy": "archive_policy",
        }
        for name, attribute in extra.items():
            if getattr(topic, attribute, None):
                cast(dict[str, Any], result.result)["Attributes"][name] = getattr(topic, attribute)
        return result


def _row(subscription: Any) -> dict[str, Any]:
    return {
        "SubscriptionArn": subscription.listed_arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }
