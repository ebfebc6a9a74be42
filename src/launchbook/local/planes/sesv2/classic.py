"""Operations of SES's first version that moto lacks: kept as they were given. No mail leaves this machine."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ses import urls
from moto.ses.responses import EmailResponse


class Response(EmailResponse):
    """moto's, and these."""

    def put_configuration_set_delivery_options(self) -> ActionResult:
        """Say whether mail must be encrypted on its way."""
        self._set(self._get_param("ConfigurationSetName")).delivery_options = self._get_param(
            "DeliveryOptions"
        )
        return EmptyResult()

    def update_configuration_set_sending_enabled(self) -> ActionResult:
        """Say whether mail with this set is sent."""
        found = self._set(self._get_param("ConfigurationSetName"))
        found.launchbook_sending = self._get_bool_param("Enabled")
        return EmptyResult()

    def describe_configuration_set(self) -> ActionResult:
        """A set with the attributes that were asked for."""
        name, wanted = (
            self._get_param("ConfigurationSetName"),
            self._get_param("ConfigurationSetAttributeNames") or [],
        )
        found = self._set(name)
        told: dict[str, Any] = {"ConfigurationSet": {"Name": name}}
        destination = self.backend.config_set_event_destination.get(name)
        if "eventDestinations" in wanted:
            told["EventDestinations"] = [destination] if destination else []
        if "deliveryOptions" in wanted and found.delivery_options:
            told["DeliveryOptions"] = found.delivery_options
        if "reputationOptions" in wanted:
            sending = getattr(found, "launchbook_sending", True)
            told["ReputationOptions"] = {
                "ReputationMetricsEnabled": False,
                **found.reputation_options,
                "SendingEnabled": sending,
            }
        return ActionResult(told)

    def set_identity_headers_in_notifications_enabled(self) -> ActionResult:
        """Say whether notifications of a kind have the mail's headers."""
        held = self.backend.sns_topics.setdefault(self._get_param("Identity"), {})
        held[f"headers {self._get_param('NotificationType')}"] = self._get_bool_param("Enabled")
        return EmptyResult()

    def get_identity_notification_attributes(self) -> ActionResult:
        """Whom an identity tells of what; moto forgets the topics."""
        told = {}
        for identity in self._get_param("Identities") or []:
            held: dict[str, Any] = self.backend.sns_topics.get(identity, {})
            attributes: dict[str, Any] = {"ForwardingEnabled": held.get("feedback_forwarding_enabled", True)}
            for kind in ("Bounce", "Complaint", "Delivery"):
                attributes[f"HeadersIn{kind}NotificationsEnabled"] = held.get(f"headers {kind}", False)
                if held.get(kind):
                    attributes[f"{kind}Topic"] = held[kind]
            told[identity] = attributes
        return ActionResult({"NotificationAttributes": told})

    def delete_configuration_set_event_destination(self) -> ActionResult:
        """Tell nobody of a set's mail any more."""
        self._set(self._get_param("ConfigurationSetName"))
        held = self.backend.config_set_event_destination
        name = self._get_param("ConfigurationSetName")
        if (held.get(name) or {}).get("Name") == self._get_param("EventDestinationName"):
            del held[name]
        return EmptyResult()

    def delete_receipt_rule(self) -> ActionResult:
        """Delete a rule from its set."""
        rules = self.backend.describe_receipt_rule_set(self._get_param("RuleSetName")).rules
        rules[:] = [each for each in rules if each["Name"] != self._get_param("RuleName")]
        return EmptyResult()

    def _set(self, name: str) -> Any:
        return self.backend.describe_configuration_set(name)


def install() -> None:
    """Put these in moto's place."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
