"""Ways in that survive a failure: health checks on public names, certificates that renew, origins of one's own."""

from __future__ import annotations

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import among, elsewhere
from launchbook.checks._shapes import (
    balanced,
    copied,
    day,
    field,
    known,
    listed,
    pick,
    some,
    switched_on,
    words,
)
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict


def _checked(name: str, subject: Fact, place: str, facts: Facts) -> Verdict:
    plain = name.rstrip(".").lower()
    asking = pick(
        facts.seen("aws_route53_health_check"),
        lambda one: (
            str(known(one.attributes.get("fqdn"), f"what {one.name} asks")).rstrip(".").lower() == plain
        ),
    )
    for one in asking.found:
        return verdict(True, "it has", at=[subject.at(place), one.at("fqdn")])
    asking.settled()
    absent(facts, subject, "aws_route53_health_check")
    return verdict(False, f"no health check asks {plain}", at=[subject.at(place)])


@check(
    "record-health-check",
    "Every public name that leads to the system has a health check",
    of="aws_route53_record",
    severity="medium",
    fix="Add a Route 53 health check on the name, and an alarm on it.",
)
def record_checked(record: Fact, facts: Facts) -> Verdict | None:
    """Only a look from outside sees what users see."""
    if not known(record.attributes.get("alias"), f"where {record.name} leads"):
        return None
    kind = known(record.attributes.get("type"), f"the type of {record.name}")
    if kind not in ("A", "AAAA", "CNAME", None):
        return None
    return _checked(str(known(record.get("name"), f"the name of {record.id}")), record, "name", facts)


@check(
    "distribution-health-check",
    "Every public name of a distribution has a health check",
    of="aws_cloudfront_distribution",
    severity="medium",
    fix="Give the distribution its public name, and that name a Route 53 health check.",
)
def distribution_checked(distribution: Fact, facts: Facts) -> Verdict | None:
    """The same, for what stands in front of everything."""
    aliases = words(known(distribution.get("aliases"), f"the names of {distribution.name}"))
    if not aliases:
        why = "it has none here"
        raise NotKnown(f"the public name of {distribution.name}", why, "aws route53 list-health-checks")
    verdicts = [_checked(name, distribution, "aliases", facts) for name in aliases]
    return next((one for one in verdicts if not one.holds), verdicts[0])


@check(
    "certificate-renews",
    "Every certificate renews by itself and is far from its end",
    of="aws_acm_certificate",
    severity="high",
    fix="Validate the certificate by DNS, and leave the validation records in place.",
)
def certificate(one: Fact, facts: Facts) -> Verdict | None:
    """A certificate that waits for a click in a mail runs out on a weekend."""
    method = one.attributes.get("validation_method")
    if isinstance(method, str) and one.declared:
        return verdict(method == "DNS", f"validated by {method}", at=[one.at("validation_method")])
    if one.declared:
        known(one.get("validation_method"), f"the validation of {one.name}")
        return None
    status, until = one.get("status"), day(one.get("not_after"))
    if status != "ISSUED":
        return verdict(False, f"it is {status}", at=[one.at("status")])
    if until is None:
        raise NotKnown(f"the end of {one.name}", f"{one.get('not_after')!r} is no day")
    left = (until - facts.today).days
    if known(one.attributes.get("in_use_by"), f"what shows {one.name}") == []:
        return None  # ACM renews what is used; what nothing shows may end
    fine = left > 30 and one.get("renewal_eligibility") != "INELIGIBLE"
    ends = [one.at("not_after"), one.at("renewal_eligibility")]
    return verdict(fine, f"{left} days left, renewal {one.get('renewal_eligibility')}", at=ends)


@check(
    "origin-deployed",
    "Every distribution serves from hosts that this system deploys",
    of="aws_cloudfront_distribution",
    severity="critical",
    fix="Point the origin at the host that is deployed, or remove the old deployment.",
)
def origin(distribution: Fact, facts: Facts) -> Verdict | None:
    """An origin left from an earlier hosting serves old pages, and changes nothing when one deploys."""
    hosts = [field(one, "domain_name") for one in listed(distribution.attributes.get("origin"))]
    hosts += listed(distribution.attributes.get("origins"))
    if not hosts:
        raise NotKnown(f"the origins of {distribution.name}", "none was read", "cloudfront:ListDistributions")
    ours, ends = _hosts(facts), []
    for index, host in enumerate(hosts):
        place = f"origin.{index}.domain_name" if "origin" in distribution.attributes else "origins"
        if isinstance(host, Ref) or (isinstance(host, Unread) and host.refs):
            ends.append(distribution.at(place))
            continue
        name = str(known(host, f"an origin of {distribution.name}")).lower()
        if not _answers(name, ours) and not name.endswith(".amazonaws.com"):
            if not ours:
                raise NotKnown(f"who deploys {name}", "no host of this system was read")
            given = [
                one.at("default") for one in facts.seen("parameter") if one.attributes.get("default") == name
            ]
            absent(facts, distribution, *_HOSTS)
            unhidden(facts, distribution, *_OTHER_HOSTS)
            why = f"{name} is no host that this system deploys"
            return verdict(False, why, at=[distribution.at(place), *given, *list(ours.values())[:2]])
        ends.append(distribution.at(place))
    return verdict(True, "they are", at=ends)


def _answers(name: str, ours: dict[str, Evidence]) -> bool:
    """Whether a host is one of ours; a branch of Amplify answers below its application's domain."""
    return name in ours or (name.endswith(".amplifyapp.com") and name.partition(".")[2] in ours)


#: What answers under a name of its own, and may be whom an origin means; no account is asked for the others.
_HOSTS = ("aws_amplify_app", "aws_amplify_branch", "aws_lb", "aws_route53_record", "aws_s3_bucket")
_OTHER_HOSTS = (
    *("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name", "aws_lambda_function_url"),
    *("aws_amplify_domain_association", "aws_apprunner_service"),
)


def _hosts(facts: Facts) -> dict[str, Evidence]:
    """Every host name that something here answers under."""
    found: dict[str, Evidence] = {}
    for kind, names in {
        "aws_amplify_branch": ("domain",),
        "aws_amplify_app": ("default_domain",),
        "aws_lb": ("dns_name",),
        "aws_route53_record": ("name",),
    }.items():
        for fact in facts.seen(kind):
            for name in names:
                value = fact.attributes.get(name)
                if isinstance(value, str) and fact.origin != "archived":
                    found[value.rstrip(".").lower()] = fact.at(name)
    for branch in facts.seen("aws_amplify_branch"):
        for app in facts.seen("aws_amplify_app"):
            domain = app.attributes.get("default_domain")
            if isinstance(domain, str):
                found[f"{branch.name}.{domain}".lower()] = app.at("default_domain")
    return found


@check(
    "rds-multi-az",
    "Every database stands in two zones",
    of="aws_db_instance",
    severity="critical",
    fix="Set multi_az to true.",
)
def database_zones(database: Fact, facts: Facts) -> Verdict | None:
    """With one zone, its failure is an outage until somebody restores."""
    if (replica := copied(database)) is True:
        return None
    on = switched_on(known(database.get("multi_az"), f"multi_az of {database.name}"))
    if not on:  # two zones are two zones for a replica, too
        known(replica, f"whether {database.name} is a replica, for which one zone is enough")
        cluster = known(database.attributes.get("db_cluster_identifier"), "a database's cluster")
        if cluster:
            return _members(database, cluster, facts)
    return verdict(on, "in two zones" if on else "in one zone alone", at=[database.at("multi_az")])


def _members(database: Fact, cluster: Value, facts: Facts) -> Verdict:
    """Whether the members of a cluster, of which any may take over, stand in two zones."""
    members = [
        one
        for one in facts.seen("aws_db_instance")
        if one.attributes.get("db_cluster_identifier") == cluster and not elsewhere(one, database)
    ]
    zones = {zone for one in members if isinstance(zone := one.attributes.get("availability_zone"), str)}
    if len(zones) < 2:
        raise NotKnown(f"the zones of {database.name}", "they are those of its cluster's members")
    ends = [one.at("availability_zone") for one in members]
    return verdict(True, f"its cluster stands in {len(zones)} zones", at=ends)


@check(
    "redis-failover",
    "Every cache fails over by itself, into another zone",
    of="aws_elasticache_replication_group",
    severity="high",
    fix="Set automatic_failover_enabled and multi_az_enabled, with two members.",
)
def cache_failover(cache: Fact, facts: Facts) -> Verdict | None:
    """A cache without a second member takes every session along."""
    names = ("automatic_failover_enabled", "multi_az_enabled")
    off = [name for name in names if not switched_on(known(cache.get(name), f"{name} of {cache.name}"))]
    why = f"off: {', '.join(off)}" if off else "both are on"
    return verdict(not off, why, at=[cache.at(name) for name in off or names])


@check(
    "service-subnet-zones",
    "Every service's subnets lie where its load balancer sends",
    of="aws_ecs_service",
    severity="medium",
    fix="Give the load balancer a subnet in every zone that the tasks stand in.",
)
def balanced_zones(service: Fact, facts: Facts) -> Verdict | None:
    """Targets in a zone that the load balancer is not in get no request."""
    groups = balanced(service)
    if not groups:
        return None
    zones = _zones(service, "network_configuration.0.subnets", facts)
    balancers = _balancers(groups, facts)
    if not balancers:
        unhidden(facts, service, "aws_lb_target_group", "aws_lb_listener", "aws_lb_listener_rule", "aws_lb")
        return None
    if not zones:
        raise NotKnown(f"the zones of {service.name}", "its subnets were not read", "ec2:DescribeSubnets")
    # A file and an account may both tell of one load balancer: the one whose zones are known counts.
    balancer, covered = next(
        ((one, held) for one in balancers if (held := _zones(one, "subnets", facts))), (balancers[0], set())
    )
    if not covered:
        raise NotKnown(f"the zones of {balancer.name}", "its subnets were not read", "ec2:DescribeSubnets")
    left_out = sorted(zones - covered)
    ends = [service.at("network_configuration.0.subnets"), balancer.at("subnets")]
    return verdict(not left_out, f"not in {', '.join(left_out)}" if left_out else "they do", at=ends)


def _balancers(groups: list[Value], facts: Facts) -> list[Fact]:
    """The load balancers that send to target groups. Raises NotKnown when none does that is known of."""
    behind = pick(facts.seen("aws_lb_target_group"), lambda group: among(facts, groups, group))
    asking = pick(
        facts.seen("aws_lb_listener"),
        lambda listener: some(
            behind.found,
            lambda group: some(
                listed(listener.get("default_action")),
                lambda action: among(facts, field(action, "target_group_arn"), group),
            ),
        ),
    )
    found = pick(
        facts.seen("aws_lb"),
        lambda balancer: some(
            asking.found,
            lambda listener: among(facts, listener.attributes.get("load_balancer_arn"), balancer),
        ),
    )
    if not found.found:
        for searched in (behind.doubt, asking.doubt, found.doubt):
            if searched is not None:
                raise searched
    return found.found


def _zones(fact: Fact, path: str, facts: Facts) -> set[str]:
    """The zones of the subnets at a path; empty where one can't be told."""
    found: set[str] = set()
    for one in listed(known(fact.get(path), f"the subnets of {fact.name}")):
        subnet = facts.find(one)
        zone = subnet.attributes.get("availability_zone") if subnet is not None else None
        if not isinstance(zone, str):
            return set()
        found.add(zone)
    return found
