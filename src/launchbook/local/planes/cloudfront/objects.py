"""What moto drops of a distribution."""

from __future__ import annotations

import copy
from typing import Any

from moto.cloudfront import models, urls
from moto.cloudfront.exceptions import CloudFrontException, NoSuchDistribution
from moto.core.responses import ActionResult, EmptyResult

from launchbook.local.planes.cloudfront import kept

_BEHAVIOUR: dict[str, Any] = {
    "TrustedSigners": {"Enabled": False, "Quantity": 0},
    "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    "AllowedMethods": {
        "Quantity": 2,
        "Items": ["HEAD", "GET"],
        "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
    },
    "SmoothStreaming": False,
    "Compress": False,
    "LambdaFunctionAssociations": {"Quantity": 0},
    "FunctionAssociations": {"Quantity": 0},
    "FieldLevelEncryptionId": "",
}
_ORIGIN: dict[str, Any] = {
    "OriginPath": "",
    "CustomHeaders": {"Quantity": 0},
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "OriginShield": {"Enabled": False},
    "OriginAccessControlId": "",
}


class DistributionConfig(models.DistributionConfig):
    """A configuration as it was given, with AWS's defaults: of origins and behaviours moto keeps what it knows."""

    def __init__(self, config: dict[str, Any]) -> None:
        given = copy.deepcopy(config)
        groups = [each["Id"] for each in (given.get("OriginGroups") or {}).get("Items") or []]
        if config["DefaultCacheBehavior"]["TargetOriginId"] in groups:  # moto looks among origins alone
            config["DefaultCacheBehavior"]["TargetOriginId"] = config["Origins"]["Items"][0]["Id"]
        super().__init__(config)
        kept = vars(self)
        for name in ("CustomErrorResponses", "Logging", "OriginGroups", "Restrictions"):
            kept[name] = given.get(name, kept[name])
        kept["Origins"] = _each(given["Origins"], _ORIGIN)
        kept["DefaultCacheBehavior"] = _BEHAVIOUR | given["DefaultCacheBehavior"]
        kept["CacheBehaviors"] = _each(given.get("CacheBehaviors") or {"Quantity": 0}, _BEHAVIOUR)


def _each(listed: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    if not listed.get("Items"):
        return listed
    return listed | {"Items": [defaults | each for each in listed["Items"]]}


class ViewerCertificate(models.ViewerCertificate):
    """A certificate that is CloudFront's own only if no other was given."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        if self.acm_certificate_arn or self.iam_certificate_id:
            self.cloud_front_default_certificate = False
            self.certificate_source = "acm" if self.acm_certificate_arn else "iam"
        else:  # AWS tells "vip", which Terraform takes for its default
            self.ssl_support_method = "vip"
        # An empty element would be a certificate without a name.
        self.acm_certificate_arn = self.acm_certificate_arn or None
        self.iam_certificate_id = self.iam_certificate_id or None


class NoSuchSubscription(CloudFrontException):
    """A distribution whose additional metrics were never switched on."""

    def __init__(self) -> None:
        super().__init__("NoSuchMonitoringSubscription", "The monitoring subscription does not exist.")


class Response(kept.Kept):
    """moto's, with the subscription to additional metrics."""

    def create_monitoring_subscription(self) -> ActionResult:
        """Switch the additional metrics on or off."""
        wanted = self._get_param("MonitoringSubscription")
        self._distribution.monitoring = wanted
        return ActionResult({"MonitoringSubscription": wanted})

    def get_monitoring_subscription(self) -> ActionResult:
        """What was switched on."""
        held = getattr(self._distribution, "monitoring", None)
        if held is None:
            raise NoSuchSubscription
        return ActionResult({"MonitoringSubscription": held})

    def delete_monitoring_subscription(self) -> ActionResult:
        """Take it away."""
        if getattr(self._distribution, "monitoring", None) is None:
            raise NoSuchSubscription
        self._distribution.monitoring = None
        return EmptyResult()

    @property
    def _distribution(self) -> Any:
        found = self.backend.distributions.get(self._get_param("DistributionId"))
        if found is None:
            raise NoSuchDistribution
        return found


def install() -> None:
    """Put these in moto's place."""
    path = "{0}/2020-05-31/distributions/(?P<DistributionId>[^/]+)/monitoring-subscription"
    for one in (*urls.url_paths, path, f"{path}/", *kept.paths()):
        urls.url_paths[one] = Response.dispatch
    models.DistributionConfig = DistributionConfig  # type: ignore[misc]
    models.ViewerCertificate = ViewerCertificate  # type: ignore[misc]
