"""What moto drops of a distribution."""

from __future__ import annotations

from typing import Any

from moto.cloudfront import models, urls
from moto.cloudfront.exceptions import CloudFrontException, NoSuchDistribution
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult


class Origin(models.Origin):
    """An origin that keeps its access control."""

    def __init__(self, origin: dict[str, Any]) -> None:
        super().__init__(origin)
        self.origin_access_control_id = origin.get("OriginAccessControlId") or ""


class ViewerCertificate(models.ViewerCertificate):
    """A certificate that is CloudFront's own only if no other was given."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        if self.acm_certificate_arn or self.iam_certificate_id:
            self.cloud_front_default_certificate = False
            self.certificate_source = "acm" if self.acm_certificate_arn else "iam"


class NoSuchSubscription(CloudFrontException):
    """A distribution whose additional metrics were never switched on."""

    def __init__(self) -> None:
        super().__init__("NoSuchMonitoringSubscription", "The monitoring subscription does not exist.")


class Response(CloudFrontResponse):
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
    for one in (*urls.url_paths, path, f"{path}/"):
        urls.url_paths[one] = Response.dispatch
    models.Origin = Origin  # type: ignore[misc]
    models.ViewerCertificate = ViewerCertificate  # type: ignore[misc]
