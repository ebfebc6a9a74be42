"""Distributions, certificates, zones, records and health checks."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.model import Unread, Value


@collector(
    "aws_cloudfront_distribution",
    Call(
        "cloudfront",
        "ListDistributions",
        always=["Enabled", "Origins.Items[].DomainName"],
        each="DistributionList.Items",
        take={
            "arn": "ARN",
            "id": "Id",
            "domain_name": "DomainName",
            "status": "Status",
            "enabled": "Enabled",
            "aliases": "Aliases.Items",
            "origins": "Origins.Items[].DomainName",
            "viewer_protocol_policy": "DefaultCacheBehavior.ViewerProtocolPolicy",
        },
    ),
    scope="global",
)
def distributions(row: Row) -> Seen:
    """A distribution and the hosts it takes its content from."""
    origins = row.get("ListDistributions", "Origins.Items[].DomainName")
    listed: Value = [{"domain_name": one} for one in origins] if isinstance(origins, list) else []
    origin = origins if isinstance(origins, Unread) else listed
    return row.seen(id="arn", name="id", ListDistributions={"origin": origin})


@collector(
    "aws_acm_certificate",
    Call("acm", "ListCertificates", each="CertificateSummaryList", take={"arn": "CertificateArn"}),
    Call(
        "acm",
        "DescribeCertificate",
        given={"CertificateArn": "$ListCertificates.CertificateArn"},
        take={
            "domain_name": "Certificate.DomainName",
            "status": "Certificate.Status",
            "not_after": "Certificate.NotAfter",
            "renewal_eligibility": "Certificate.RenewalEligibility",
            "type": "Certificate.Type",
            "in_use_by": "Certificate.InUseBy",
        },
    ),
)
def certificates(row: Row) -> Seen:
    """A certificate, when it ends and whether AWS will renew it."""
    return row.seen(id="arn", name="domain_name")


ZONES = Call("route53", "ListHostedZones", each="HostedZones", keep=["Id", "Name", "Config.PrivateZone"])


@collector(
    "aws_route53_zone",
    Call(
        "route53",
        "ListHostedZones",
        each="HostedZones",
        take={"zone_id": "Id", "name": "Name", "private": "Config.PrivateZone"},
    ),
    scope="global",
)
def zones(row: Row) -> Seen:
    """A hosted zone."""
    seen = row.seen(id="zone_id", name="name")
    return Seen(seen.id, str(row.get("ListHostedZones", "Name")).rstrip("."), seen.attributes)


@collector(
    "aws_route53_record",
    ZONES,
    Call(
        "route53",
        "ListResourceRecordSets",
        each="ResourceRecordSets",
        given={"HostedZoneId": "$ListHostedZones.Id"},
        take={
            "name": "Name",
            "type": "Type",
            "health_check_id": "HealthCheckId",
            "failover": "Failover",
            "set_identifier": "SetIdentifier",
            "alias": "AliasTarget.DNSName",
        },
        keep=["ResourceRecords[].Value"],
    ),
    scope="global",
)
def records(row: Row) -> Seen:
    """A record. Of TXT records only mail policies are kept: the others may hold anything."""
    operation = "ListResourceRecordSets"
    kind = row.get(operation, "Type")
    values = row.get(operation, "ResourceRecords[].Value")
    texts = [str(one).strip('"') for one in values] if isinstance(values, list) else []
    if kind == "TXT":
        texts = [one for one in texts if one.startswith(("v=spf1", "v=DMARC1"))]
    kept: Value = values if isinstance(values, Unread) else [*texts]
    zone, name = row.get("ListHostedZones", "Id"), str(row.get(operation, "Name")).rstrip(".")
    seen = row.seen(id="none", name="name", ListResourceRecordSets={"records": kept})
    return Seen(f"{zone}/{kind}/{name}/{row.get(operation, 'SetIdentifier') or ''}", name, seen.attributes)


@collector(
    "aws_route53_health_check",
    Call(
        "route53",
        "ListHealthChecks",
        each="HealthChecks",
        take={
            "id": "Id",
            "type": "HealthCheckConfig.Type",
            "fqdn": "HealthCheckConfig.FullyQualifiedDomainName",
            "resource_path": "HealthCheckConfig.ResourcePath",
            "port": "HealthCheckConfig.Port",
        },
    ),
    scope="global",
)
def health_checks(row: Row) -> Seen:
    """A Route 53 health check."""
    return row.seen(id="id", name="id")
