"""Load balancers, listeners, target groups and the health of their targets."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import each
from launchbook.model import Value

BALANCERS = Call(
    "elbv2",
    "DescribeLoadBalancers",
    always=["LoadBalancerName"],
    each="LoadBalancers",
    take={
        "arn": "LoadBalancerArn",
        "name": "LoadBalancerName",
        "dns_name": "DNSName",
        "load_balancer_type": "Type",
        "scheme": "Scheme",
        "state": "State.Code",
        "vpc_id": "VpcId",
        "subnets": "AvailabilityZones[].SubnetId",
        "zones": "AvailabilityZones[].ZoneName",
        "security_groups": "SecurityGroups",
    },
)


@collector("aws_lb", BALANCERS)
def load_balancers(row: Row) -> Seen:
    """A load balancer, the zones it stands in and the suffix that its metrics carry."""
    arn = str(row.get("DescribeLoadBalancers", "LoadBalancerArn"))
    suffix = {"arn_suffix": arn.partition(":loadbalancer/")[2]}
    return row.seen(id="arn", name="name", DescribeLoadBalancers=suffix)


@collector(
    "aws_lb_listener",
    Call("elbv2", "DescribeLoadBalancers", each="LoadBalancers", keep=["LoadBalancerArn"]),
    Call(
        "elbv2",
        "DescribeListeners",
        each="Listeners",
        given={"LoadBalancerArn": "$DescribeLoadBalancers.LoadBalancerArn"},
        take={
            "arn": "ListenerArn",
            "load_balancer_arn": "LoadBalancerArn",
            "port": "Port",
            "protocol": "Protocol",
            "ssl_policy": "SslPolicy",
            "certificate_arns": "Certificates[].CertificateArn",
        },
        keep=[
            "DefaultActions[].Type",
            "DefaultActions[].TargetGroupArn",
            "DefaultActions[].RedirectConfig.Protocol",
            "DefaultActions[].RedirectConfig.Port",
            "DefaultActions[].RedirectConfig.StatusCode",
        ],
    ),
)
def listeners(row: Row) -> Seen:
    """A listener and what it does with a request that no rule takes."""
    actions = each(row.get("DescribeListeners", "DefaultActions"), _action)
    port, protocol = row.get("DescribeListeners", "Port"), row.get("DescribeListeners", "Protocol")
    seen = row.seen(id="arn", name="arn", DescribeListeners={"default_action": actions})
    return Seen(seen.id, f"{protocol} {port}", seen.attributes)


def _action(one: dict[str, Value]) -> Value:
    redirect = one.get("RedirectConfig")
    kept: dict[str, Value] = {"type": one.get("Type"), "target_group_arn": one.get("TargetGroupArn")}
    if isinstance(redirect, dict):
        kept["redirect"] = [{"protocol": redirect.get("Protocol"), "port": redirect.get("Port")}]
    return kept


@collector(
    "aws_lb_listener_rule",
    Call("elbv2", "DescribeLoadBalancers", each="LoadBalancers", keep=["LoadBalancerArn"]),
    Call(
        "elbv2",
        "DescribeListeners",
        each="Listeners",
        given={"LoadBalancerArn": "$DescribeLoadBalancers.LoadBalancerArn"},
        keep=["ListenerArn"],
    ),
    Call(
        "elbv2",
        "DescribeRules",
        always=["IsDefault", "Actions[].Type"],
        each="Rules",
        given={"ListenerArn": "$DescribeListeners.ListenerArn"},
        take={"arn": "RuleArn", "priority": "Priority"},
        keep=[
            "IsDefault",
            "Actions[].Type",
            "Actions[].TargetGroupArn",
            "Actions[].RedirectConfig.Protocol",
            "Actions[].RedirectConfig.Port",
        ],
    ),
)
def listener_rules(row: Row) -> Seen | None:
    """A rule of a listener and what it does. The one that takes what no other does is the listener's default action."""
    if row.get("DescribeRules", "IsDefault") is True:
        return None
    listener = row.get("DescribeListeners", "ListenerArn")
    actions = each(row.get("DescribeRules", "Actions"), _action)
    more: dict[str, Value] = {"listener_arn": listener, "action": actions}
    seen = row.seen(id="arn", name="priority", DescribeRules=more)
    return Seen(seen.id, f"{seen.name} of {str(listener).partition(':listener/')[2]}", seen.attributes)


GROUPS = Call(
    "elbv2",
    "DescribeTargetGroups",
    each="TargetGroups",
    take={
        "arn": "TargetGroupArn",
        "name": "TargetGroupName",
        "port": "Port",
        "protocol": "Protocol",
        "target_type": "TargetType",
        "vpc_id": "VpcId",
        "load_balancer_arns": "LoadBalancerArns",
    },
    keep=[
        "HealthCheckEnabled",
        "HealthCheckPath",
        "HealthCheckProtocol",
        "Matcher.HttpCode",
        "HealthCheckIntervalSeconds",
    ],
)


@collector(
    "aws_lb_target_group",
    GROUPS,
    Call(
        "elbv2",
        "DescribeTargetHealth",
        given={"TargetGroupArn": "$DescribeTargetGroups.TargetGroupArn"},
        take={
            "target_ids": "TargetHealthDescriptions[].Target.Id",
            "target_states": "TargetHealthDescriptions[].TargetHealth.State",
            "target_reasons": "TargetHealthDescriptions[].TargetHealth.Reason",
            "target_descriptions": "TargetHealthDescriptions[].TargetHealth.Description",
        },
    ),
)
def target_groups(row: Row) -> Seen:
    """A target group, its health check, and how its targets are now."""
    operation = "DescribeTargetGroups"
    check: dict[str, Value] = {
        "enabled": row.get(operation, "HealthCheckEnabled"),
        "path": row.get(operation, "HealthCheckPath"),
        "protocol": row.get(operation, "HealthCheckProtocol"),
        "matcher": row.get(operation, "Matcher.HttpCode"),
        "interval": row.get(operation, "HealthCheckIntervalSeconds"),
    }
    arn = row.get(operation, "TargetGroupArn")
    suffix = arn.rpartition(":")[2] if isinstance(arn, str) else arn
    more: dict[str, Value] = {"health_check": [check], "arn_suffix": suffix}
    return row.seen(id="arn", name="name", DescribeTargetGroups=more)
