"""What moto says wrongly of a certificate: that nothing uses it, and that none can renew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm import models
from moto.cloudfront.models import cloudfront_backends
from moto.elbv2.models import elbv2_backends

_describe = models.CertBundle.describe


def describe(self: models.CertBundle) -> dict[str, Any]:
    """moto's description, with who uses it; Amazon's own certificates renew while something does, as on AWS."""
    told = _describe(self)
    held = told["Certificate"]
    held["InUseBy"] = sorted({*held.get("InUseBy", ()), *_users(self.arn)})
    if held.get("Type") == "AMAZON_ISSUED" and held.get("Status") == "ISSUED" and held["InUseBy"]:
        held["RenewalEligibility"] = "ELIGIBLE"
    return told


def _users(arn: str) -> Iterator[str]:
    """The load balancers and distributions that show a certificate."""
    region, account = arn.split(":")[3:5]
    for listener in (
        one
        for balancer in elbv2_backends[account][region].load_balancers.values()
        for one in balancer.listeners.values()
    ):
        if arn in (listener.certificates or ()) or arn == listener.certificate:
            yield listener.load_balancer_arn
    for distribution in cloudfront_backends[account]["aws"].distributions.values():
        shown = vars(distribution.distribution_config)[
            "ViewerCertificate"
        ]  # moto keeps AWS's own names there
        if shown.acm_certificate_arn == arn:
            yield distribution.arn


def install() -> None:
    """Put this in moto's place."""
    models.CertBundle.describe = describe  # type: ignore[method-assign]
