"""Zones, records, certificates, load balancers, distributions, budgets."""

from __future__ import annotations

from typing import Any

from launchbook.model import Fact
from tests.support.estate.builder import ACCOUNT, Estate, block, maker, only


@maker("aws_route53_zone")
def zone(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("route53", region).create_hosted_zone(Name=given["name"], CallerReference=fact.id)[
        "HostedZone"
    ]["Id"]
    return {"id": made, "zone_id": made.rpartition("/")[2], "name": given["name"]}


@maker("aws_route53_health_check")
def health_check(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("route53", region).create_health_check(
        CallerReference=fact.id,
        HealthCheckConfig={
            "Type": given["type"],
            "FullyQualifiedDomainName": given["fqdn"],
            "Port": given["port"],
            "ResourcePath": given["resource_path"],
        },
    )
    return {"id": made["HealthCheck"]["Id"]}


@maker("aws_acm_certificate")
def certificate(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("acm", region).request_certificate(
        DomainName=given["domain_name"], ValidationMethod="DNS"
    )["CertificateArn"]
    return {"id": made, "arn": made}


@maker("aws_lb")
def balancer(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("elbv2", region).create_load_balancer(
        Name=given["name"], Subnets=given["subnets"], SecurityGroups=given["security_groups"]
    )["LoadBalancers"][0]
    suffix = made["LoadBalancerArn"].partition(":loadbalancer/")[2]
    return {
        "id": made["LoadBalancerArn"],
        "arn": made["LoadBalancerArn"],
        "arn_suffix": suffix,
        "load_balancer_full_name": suffix,
        "dns_name": made["DNSName"],
        "zone_id": made["CanonicalHostedZoneId"],
        "canonical_hosted_zone_id": made["CanonicalHostedZoneId"],
    }


@maker("aws_lb_target_group")
def target_group(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    health = block(given["health_check"])
    made = estate.client("elbv2", region).create_target_group(
        Name=given["name"],
        Port=given["port"],
        Protocol=given["protocol"],
        TargetType=given["target_type"],
        VpcId=given["vpc_id"],
        HealthCheckPath=health["path"],
        HealthCheckIntervalSeconds=health.get("interval") or 30,
        **only(Matcher={"HttpCode": health["matcher"]} if health.get("matcher") else {}),
    )["TargetGroups"][0]["TargetGroupArn"]
    suffix = made.rpartition(":")[2]
    return {"id": made, "arn": made, "arn_suffix": suffix, "target_group_full_name": suffix}


@maker("aws_lb_listener")
def listener(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    action = block(given["default_action"])
    if action["type"] == "redirect":
        to = block(action["redirect"])
        how = {"Protocol": to["protocol"], "Port": to["port"], "StatusCode": to["status_code"]}
        default = {"Type": "redirect", "RedirectConfig": how}
    else:
        default = {"Type": "forward", "TargetGroupArn": action["target_group_arn"]}
    held = given.get("certificate_arn")
    made = estate.client("elbv2", region).create_listener(
        LoadBalancerArn=given["load_balancer_arn"],
        Port=given["port"],
        Protocol=given["protocol"],
        DefaultActions=[default],
        **only(Certificates=[{"CertificateArn": held}] if held else [], SslPolicy=given.get("ssl_policy")),
    )["Listeners"][0]["ListenerArn"]
    return {"id": made, "arn": made}


@maker("aws_cloudfront_distribution")
def distribution(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    apps = [held["domain"] for held in estate.made.values() if "domain" in held]
    origins = [_origin(one, apps) for one in given["origin"]]
    held = block(given.get("viewer_certificate")).get("acm_certificate_arn")
    shown = {"ACMCertificateArn": held, "SSLSupportMethod": "sni-only"} if held else None
    behaviour = block(given["default_cache_behavior"])
    aliases = given.get("aliases") or []
    made = estate.client("cloudfront", "us-east-1").create_distribution(
        DistributionConfig={
            "CallerReference": fact.id,
            "Comment": given["comment"],
            "Enabled": True,
            "Aliases": {"Quantity": len(aliases), **only(Items=aliases)},
            **only(ViewerCertificate=shown),
            "Origins": {"Quantity": len(origins), "Items": origins},
            "DefaultCacheBehavior": {
                "TargetOriginId": behaviour["target_origin_id"],
                "ViewerProtocolPolicy": behaviour["viewer_protocol_policy"],
                "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "none"}},
                "MinTTL": 0,
            },
        }
    )["Distribution"]
    return {"id": made["Id"], "arn": made["ARN"], "domain_name": made["DomainName"]}


def _origin(given: dict[str, Any], apps: list[str]) -> dict[str, Any]:
    """An origin; the application's host is the one that it got here."""
    branch, _, rest = given["domain_name"].partition(".")
    host = f"{branch}.{apps[0]}" if apps and rest.endswith(".amplifyapp.com") else given["domain_name"]
    held = {"Id": given["origin_id"], "DomainName": host}
    if given.get("custom_origin_config"):
        custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
        return {**held, "CustomOriginConfig": custom}
    return {**held, "S3OriginConfig": {"OriginAccessIdentity": ""}}


@maker("aws_cloudfront_monitoring_subscription")
def monitoring(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("cloudfront", "us-east-1").create_monitoring_subscription(
        DistributionId=given["distribution_id"],
        MonitoringSubscription={
            "RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}
        },
    )
    return {}


@maker("aws_route53_record")
def record(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    return {"fqdn": given.get("name")}


def records(estate: Estate) -> None:
    """The records, once what they point at is there; a signature's three come from its identity."""
    zones = [held for held in estate.made.values() if "zone_id" in held and "name" in held]
    if not zones:
        return
    route53, zone_id, domain = estate.client("route53", "us-east-1"), zones[0]["zone_id"], zones[0]["name"]
    wanted = []
    for fact in estate.facts.seen("aws_route53_record"):
        given = estate.value(dict(fact.attributes), estate.region_of(fact))
        if given.get("name") and given.get("type"):
            wanted.append(_record(given))
    for held in list(estate.made.values()):
        for token in held.get("dkim_signing_attributes", ()):
            name, target = f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com"
            wanted.append(_record({"name": name, "type": "CNAME", "ttl": 3600, "records": [target]}))
    changes = [{"Action": "UPSERT", "ResourceRecordSet": one} for one in wanted]
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def _record(given: dict[str, Any]) -> dict[str, Any]:
    alias = block(given.get("alias")) or (given.get("alias_target") and block(given["alias_target"]))
    if alias:
        target = {
            "DNSName": alias.get("name") or alias.get("dns_name"),
            "HostedZoneId": alias.get("zone_id") or alias.get("hosted_zone_id") or "Z2FDTNDATAQYW2",
            "EvaluateTargetHealth": bool(alias.get("evaluate_target_health")),
        }
        return {"Name": given["name"], "Type": given["type"], "AliasTarget": target}
    values = [f'"{one}"' if given["type"] == "TXT" else one for one in given["records"]]
    return {
        "Name": given["name"],
        "Type": given["type"],
        "TTL": given.get("ttl") or 300,
        "ResourceRecords": [{"Value": one} for one in values],
    }


@maker("aws_budgets_budget")
def budget(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    notice = given["notification"][0]
    estate.client("budgets", "us-east-1").create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": given["name"],
            "BudgetType": given["budget_type"],
            "TimeUnit": given["time_unit"],
            "BudgetLimit": {"Amount": given["limit_amount"], "Unit": "USD"},
        },
        NotificationsWithSubscribers=[
            {
                "Notification": {
                    "NotificationType": notice["notification_type"],
                    "ComparisonOperator": notice["comparison_operator"],
                    "Threshold": notice["threshold"],
                    "ThresholdType": "PERCENTAGE",
                },
                "Subscribers": [
                    {"SubscriptionType": "SNS", "Address": one} for one in notice["subscriber_sns_topic_arns"]
                ],
            }
        ],
    )
    return {}
