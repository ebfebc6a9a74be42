"""SNS operations whose answers depend on confirmation."""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult, EmptyResult
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
        told = cast(dict[str, Any], result.result)["Attributes"]
        for name, attribute in extra.items():
            if getattr(topic, attribute, None):
                told[name] = getattr(topic, attribute)
        told |= {name: value for name, value in _kept(topic).items() if value and name.count("Feedback")}
        return result

    def create_topic(self) -> ActionResult:
        """Create a topic; moto drops whom it would tell of deliveries."""
        result = super().create_topic()
        topic = self.backend.get_topic(cast(dict[str, Any], result.result)["TopicArn"])
        given = self._get_attributes() or {}
        _kept(topic).update({name: value for name, value in given.items() if name.count("Feedback")})
        return result

    def set_topic_attributes(self) -> ActionResult:
        """Set an attribute."""
        name = self._get_param("AttributeName")
        if not name.count("Feedback"):
            return super().set_topic_attributes()
        _kept(self.backend.get_topic(self._get_param("TopicArn")))[name] = self._get_param("AttributeValue")
        return EmptyResult()

    def put_data_protection_policy(self) -> ActionResult:
        """Set what may not pass; an empty policy is none. Nothing is held back."""
        topic = self.backend.get_topic(self._get_param("ResourceArn"))
        _kept(topic)["DataProtectionPolicy"] = self._get_param("DataProtectionPolicy")
        return EmptyResult()

    def get_data_protection_policy(self) -> ActionResult:
        """The policy that was set."""
        topic = self.backend.get_topic(self._get_param("ResourceArn"))
        return ActionResult({"DataProtectionPolicy": _kept(topic).get("DataProtectionPolicy") or ""})


def _kept(topic: Any) -> dict[str, str]:
    kept: dict[str, str] = vars(topic).setdefault("launchbook_kept", {})
    return kept


def _row(subscription: Any) -> dict[str, Any]:
    return {
        "SubscriptionArn": subscription.listed_arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }
