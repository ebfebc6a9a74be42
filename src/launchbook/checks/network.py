"""Networks: nothing of administration open to the world, no task with a public address, HTTPS in front."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from launchbook.check import check
from launchbook.checks._absence import absent, unhidden
from launchbook.checks._pointing import beside
from launchbook.checks._shapes import all_known, below, field, first, known, listed, pick, words
from launchbook.model import Evidence, Fact, Facts, NotKnown, Ref, Unread, Value, Verdict, verdict

#: Ports that only administrators and other services of one's own should reach.
PRIVATE_PORTS = {22: "SSH", 3389: "RDP", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis", 27017: "MongoDB"}
PRIVATE_PORTS |= {
    1433: "SQL Server",
    9200: "OpenSearch",
    2375: "Docker",
    11211: "memcached",
    5601: "dashboards",
}
#: Whoever lets this much of the address space in lets everybody in: half of it, twice, is all of it.
_WIDE = {4: 7, 6: 15}


@check(
    "open-administration-port",
    "No administration or database port is open to the world",
    of="aws_security_group",
    severity="critical",
    fix="Take the rule out; reach the machine through Session Manager, the database from its clients' group.",
)
def open_port(group: Fact, facts: Facts) -> Verdict | None:
    """Whatever listens there is found within minutes."""
    for fact, path, rule in _ingress(group, facts):
        opened = [
            one
            for one in (*words(rule.get("cidr_blocks")), *words(rule.get("ipv6_cidr_blocks")))
            if _world(one)
        ]
        low, high = rule.get("from_port"), rule.get("to_port")
        for value in (low, high, *listed(rule.get("cidr_blocks"))):
            known(value, f"a rule of {group.name}")
        if not opened:
            continue
        everything = str(known(rule.get("protocol"), f"a rule of {group.name}")).lower() in ("-1", "all")
        low, high = (int(one) if str(one).lstrip("-").isdigit() else None for one in (str(low), str(high)))
        names = [
            f"{name} ({port})"
            for port, name in PRIVATE_PORTS.items()
            if everything or (isinstance(low, int) and isinstance(high, int) and low <= port <= high)
        ]
        if names:
            what = "everything" if everything else names[0]
            return verdict(False, f"{what} is open to {opened[0]}", at=[fact.at(path)])
    unhidden(facts, group, *_RULES)
    return verdict(True, "nothing of administration is open", at=[group.at("ingress")])


def _world(block: str) -> bool:
    try:
        network = ip_network(block, strict=False)
    except ValueError:
        return False
    return network.prefixlen <= _WIDE[network.version]


#: Rules that stand beside their group.
_RULES = ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule")


def _ingress(group: Fact, facts: Facts) -> Iterator[tuple[Fact, str, dict[str, Value]]]:
    rules = known(group.get("ingress"), f"the rules of {group.name}")
    for index, rule in enumerate(listed(rules)):
        known(rule, f"a rule of {group.name}")
        if isinstance(rule, dict):
            yield group, f"ingress.{index}", rule
    doubts = []
    for kind in _RULES:
        apart = beside(facts, kind, "security_group_id", group)
        doubts.append(apart.doubt)
        for fact in apart.found:
            yield from _rule(fact)
    for doubt in doubts:
        if doubt is not None:
            raise doubt


def _rule(fact: Fact) -> Iterator[tuple[Fact, str, dict[str, Value]]]:
    """A rule that stands beside its group, with the names that a group's own rules have."""
    if fact.type == "aws_vpc_security_group_ingress_rule":
        ranges = [fact.attributes.get("cidr_ipv4"), fact.attributes.get("cidr_ipv6")]
        rule: dict[str, Value] = {
            "protocol": fact.attributes.get("ip_protocol"),
            "from_port": fact.attributes.get("from_port"),
            "to_port": fact.attributes.get("to_port"),
            "cidr_blocks": [one for one in ranges if one is not None],
        }
        yield fact, "cidr_ipv4", rule
    elif known(fact.attributes.get("type"), f"what {fact.name} is for") == "ingress":
        yield fact, "cidr_blocks", dict(fact.attributes)


@check(
    "task-public-ip",
    "No task has a public address",
    of="aws_ecs_service",
    severity="high",
    fix="Run the tasks in private subnets with a NAT gateway or endpoints, and set assign_public_ip to false.",
)
def public_ip(service: Fact, facts: Facts) -> Verdict | None:
    """A task with a public address is one security-group mistake away from the internet."""
    network = first(known(service.get("network_configuration"), f"the network of {service.name}"))
    if not network:
        return None
    path = "network_configuration.0.assign_public_ip"
    public = service.get(path)
    return verdict(
        public not in (True, "ENABLED", "true"),
        "its tasks get one" if public else "none",
        at=[service.at(path)],
    )


@check(
    "database-publicly-accessible",
    "No database has a public address",
    of="aws_db_instance",
    severity="critical",
    fix="Set publicly_accessible to false.",
)
def database_public(database: Fact, facts: Facts) -> Verdict | None:
    """A database answers its clients, not the world."""
    public = database.get("publicly_accessible") in (True, "true")
    why = "it has a public address" if public else "it has no public address"
    return verdict(not public, why, at=[database.at("publicly_accessible")])


@check(
    "http-only-redirects",
    "Plain HTTP only redirects, and HTTPS is served",
    of="aws_lb_listener",
    severity="high",
    fix="Let the listener on port 80 redirect to HTTPS, and serve HTTPS under the values that will be used.",
)
def http_redirects(listener: Fact, facts: Facts) -> Verdict | None:
    """What is served over plain HTTP can be read and changed on the way."""
    if str(listener.get("protocol")).upper() != "HTTP":
        return None
    actions = listed(listener.get("default_action"))
    kinds = [known(field(action, "type"), f"what {listener.name} does") for action in actions]
    if kinds and all(kind == "redirect" for kind in kinds):
        return _redirects(listener, actions, facts)
    if _internal(listener, facts):
        return None
    # An HTTPS listener that exists only under other values than the ones given is named: it is why.
    others = [
        one
        for one in facts.all
        if one.type == "aws_lb_listener"
        and one.created is False
        and one.attributes.get("protocol") == "HTTPS"
    ]
    same = [one for one in others if one.where.file == listener.where.file]
    why = "it serves requests over plain HTTP"
    why += f"; the HTTPS listener does not exist: {same[0].condition}" if same else ""
    serves = next((number for number, kind in enumerate(kinds) if kind != "redirect"), 0)
    ends = [listener.at(f"default_action.{serves}.type"), *(_condition(one) for one in same)]
    return verdict(False, why, at=ends)


def _internal(listener: Fact, facts: Facts) -> bool:
    """Whether a listener's load balancer is seen to answer inside its network alone."""
    balancer = facts.find(known(listener.attributes.get("load_balancer_arn"), f"whose {listener.name} is"))
    if balancer is None:
        unhidden(facts, listener, "aws_lb")
        return False
    # Terraform says that it is internal, a template and an account give its scheme.
    name = "scheme" if "scheme" in balancer.attributes or not balancer.declared else "internal"
    return str(known(balancer.get(name), f"who reaches {balancer.name}")).lower() in ("true", "internal")


def _redirects(listener: Fact, actions: list[Value], facts: Facts) -> Verdict:
    """Whether every way through a listener that redirects by default leads to HTTPS."""
    for number, action in enumerate(actions):
        to = first(below(action, "redirect")) or first(below(action, "redirect_config"))
        protocol = known(to.get("protocol", to.get("Protocol")), f"where {listener.name} leads")
        if to and str(protocol or "#{protocol}").upper() != "HTTPS":
            why = "it redirects to plain HTTP again"
            return verdict(False, why, at=[listener.at(f"default_action.{number}")])
    rules = beside(facts, "aws_lb_listener_rule", "listener_arn", listener)
    serving = pick(rules.found, _serves)
    for rule in serving.found:
        why = f"its rule {rule.name} serves requests over plain HTTP"
        return verdict(False, why, at=[listener.at("default_action"), rule.at("action")])
    for doubt in (serving, rules):
        doubt.settled()
    absent(facts, listener, "aws_lb_listener_rule")
    return verdict(True, "it only redirects", at=[listener.at("default_action")])


def _serves(rule: Fact) -> bool:
    kinds = [known(field(one, "type"), f"what {rule.name} does") for one in listed(rule.get("action"))]
    return any(kind == "forward" for kind in kinds)


def _condition(fact: Fact) -> Evidence:
    return Evidence(fact.source("condition"), fact.level, fact.condition)


@check(
    "task-in-public-subnet",
    "Every service stands in subnets that have no way in from the internet",
    of="aws_ecs_service",
    severity="high",
    fix="Give the service private subnets: ones whose route table has no internet gateway.",
)
def private_subnets(service: Fact, facts: Facts) -> Verdict | None:
    """A name is no route table: what is called private must be it, and a task belongs in such a one."""
    network = first(known(service.get("network_configuration"), f"the network of {service.name}"))
    pointers = listed(service.get("network_configuration.0.subnets")) if network else []
    here = service.at("network_configuration.0.subnets")
    seen = [here]
    for pointer in pointers:
        subnet = facts.find(pointer)
        if subnet is None:
            raise NotKnown(
                f"the routes of {service.name}", "its subnets were not read", "ec2:DescribeRouteTables"
            )
        table = _table(subnet, facts)
        if table is None:
            raise NotKnown(f"the routes of {subnet.name}", "no route table that names it was read")
        if _has_gateway(table, facts):
            why = f"{subnet.name} has a route to an internet gateway"
            return verdict(False, why, at=[here, subnet.at(), table.at()])
        seen.append(subnet.at())
    return verdict(True, "no route leads to an internet gateway", at=seen) if pointers else None


def _table(subnet: Fact, facts: Facts) -> Fact | None:
    apart = beside(facts, "aws_route_table_association", "subnet_id", subnet)
    for one in apart.found or apart.settled():
        return facts.find(known(one.attributes.get("route_table_id"), f"the routes of {subnet.name}"))
    unhidden(facts, subnet, "aws_route_table_association")
    tables = facts.seen("aws_route_table")
    own = pick(tables, lambda one: subnet.id in words(one.attributes.get("subnet_ids")))
    if own.found or own.settled():
        return own.found[0]
    # A subnet that no table names has its network's main one.
    vpc = known(subnet.attributes.get("vpc_id"), f"the network of {subnet.name}")
    main = pick(
        tables,
        lambda one: (
            True in listed(one.attributes.get("main"))
            and known(one.attributes.get("vpc_id"), f"the network of {one.name}") == vpc
        ),
    )
    return next(iter(main.found or main.settled()), None)


def _has_gateway(table: Fact, facts: Facts) -> bool:
    inline = [field(one, "gateway_id") for one in listed(table.attributes.get("route"))]
    inline += listed(table.attributes.get("gateways"))
    apart = beside(facts, "aws_route", "route_table_id", table)
    ways = (*inline, *(one.attributes.get("gateway_id") for one in apart.found))
    if any(_is_gateway(one) for one in ways):
        return True
    all_known(ways, f"a route of {table.name}")
    apart.settled()
    unhidden(facts, table, "aws_route")
    return False


def _is_gateway(value: Value) -> bool:
    if isinstance(value, Unread):
        return any(_is_gateway(one) for one in value.refs)
    text = value.to if isinstance(value, Ref) else str(value)
    return text.startswith("igw-") or "internet_gateway" in text or text.endswith("InternetGateway")
