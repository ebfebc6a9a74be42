"""A namespace takes the hosted zone along that it made."""

from __future__ import annotations

from moto.route53.models import route53_backends
from moto.servicediscovery import models


class Namespaces(models.ServiceDiscoveryBackend):
    """Cloud Map of one region."""

    @property
    def _url_module(self) -> object:
        from moto.servicediscovery import urls

        return urls

    def delete_namespace(self, namespace_id: str) -> str:
        """Delete a namespace and its zone."""
        made = (self.get_namespace(namespace_id).dns_properties or {}).get("HostedZoneId")
        operation = super().delete_namespace(namespace_id)
        route53_backends[self.account_id][self.partition].zones.pop((made or "").rpartition("/")[2], None)
        return operation


def install() -> None:
    """Put this in moto's place."""
    models.servicediscovery_backends.backend = Namespaces
    for account in models.servicediscovery_backends.values():
        account.backend = Namespaces
        account.clear()
