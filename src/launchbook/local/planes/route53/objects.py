"""A hosted zone that is created with a VPC is private, whether or not it says so."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.route53 import urls
from moto.route53.responses import Route53


class Response(Route53):
    """moto's operations, and ours where they differ."""

    def create_hosted_zone(self) -> ActionResult:
        """Create a zone."""
        parameters: Any = self.params
        if parameters.get("VPC"):
            parameters.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
        return super().create_hosted_zone()


def install() -> None:
    """Route every Route 53 call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
