"""What moto drops of a distribution."""

from __future__ import annotations

from typing import Any

from moto.cloudfront import models


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


def install() -> None:
    """Put these in moto's place."""
    models.Origin = Origin  # type: ignore[misc]
    models.ViewerCertificate = ViewerCertificate  # type: ignore[misc]
