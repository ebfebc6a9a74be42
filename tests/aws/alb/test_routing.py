"""Rules, redirects, weights and headers, as a client sees them through a load balancer."""

import http.client
import json
from collections import Counter
from typing import Any

import pytest

from tests.aws.alb.conftest import Balancing, fixed, forward, until


def get(
    balancer: dict[str, Any], path: str = "/", *, host: str | None = None, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """One request on a connection of its own: status, headers, body."""
    connection = http.client.HTTPConnection(balancer["DNSName"], timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=sent | ({"Host": host} if host else {}))
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body


def says(balancer: dict[str, Any], body: str | None = None, path: str = "/") -> bool:
    """Whether it listens yet and, where a body is given, answers with it."""
    try:
        said = get(balancer, path)[2]
    except OSError:
        return False
    return body in (None, said)


def active(balancing: Balancing, balancer: dict[str, Any]) -> None:
    def state() -> str:
        arns = [balancer["LoadBalancerArn"]]
        found = balancing.client.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"][0]
        assert found["State"]["Code"] != "failed", found["State"]
        return str(found["State"]["Code"])

    until(lambda: state() == "active")


def test_the_first_matching_rule_by_priority_answers(balancing: Balancing) -> None:
    balancer = balancing.balancer()
    listener = balancing.listener(balancer, fixed(404, "default"))
    path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
    host = {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}}
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["DELETE"]}}
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["b?ta*"]}}
    query = {
        "Field": "query-string",
        "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2*"}, {"Value": "deep"}]},
    }
    source = {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}
    balancing.rule(listener, 100, fixed(200, "api"), path)
    balancing.rule(listener, 5, fixed(200, "api on example"), path, host)
    balancing.rule(listener, 7, fixed(200, "delete"), method)
    balancing.rule(listener, 8, fixed(200, "beta"), header)
    balancing.rule(listener, 9, fixed(200, "query"), query)
    balancing.rule(listener, 2, fixed(200, "elsewhere"), source)
    active(balancing, balancer)

    def said() -> dict[str, str]:
        return {
            "api": get(balancer, "/api/x")[2],
            "api on example": get(balancer, "/api/x", host="WWW.EXAMPLE.com:80")[2],
            "delete": get(balancer, "/api/x", method="DELETE")[2],
            "beta": get(balancer, "/", X_Kind="BETA-1")[2],
            "query": get(balancer, "/?a=1&V=23")[2],
            "default": get(balancer, "/API/x?v=1")[2],
        }

    until(lambda: says(balancer))
    until(lambda: said() == {key: key for key in said()})
    assert get(balancer, "/?other=deep")[2] == "query"
    assert get(balancer, "/none")[0] == 404


def test_priorities_can_swap_and_are_listed_in_order(balancing: Balancing) -> None:
    balancer = balancing.balancer()
    listener = balancing.listener(balancer, fixed(404))
    path = {"Field": "path-pattern", "Values": ["/*"]}
    one, two = (balancing.rule(listener, n, fixed(200, str(n)), path) for n in (20, 3))
    listed = balancing.client.describe_rules(ListenerArn=listener)["Rules"]
    assert [rule["Priority"] for rule in listed] == ["3", "20", "default"]
    until(lambda: says(balancer, "3"))
    balancing.client.set_rule_priorities(
        RulePriorities=[{"RuleArn": one, "Priority": 3}, {"RuleArn": two, "Priority": 20}]
    )
    until(lambda: says(balancer, "20"))


@pytest.mark.parametrize(
    ("config", "asked", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443"}, "/a/b?c=d", "https://shop.test:443/a/b?c=d"),
        ({"Protocol": "HTTPS", "Port": "443"}, "/", "https://shop.test:443/"),
        ({"Host": "www.#{host}", "Path": "/new/#{path}", "Query": "from=#{query}"}, "/x?1",
         "http://www.shop.test:80/new/x?from=1"),
        ({"Path": "/it's 100%", "Query": ""}, "/x?y=1", "http://shop.test:80/it's 100%?y=1"),
    ],
)  # fmt: skip
def test_a_redirect_fills_its_placeholders(
    balancing: Balancing, config: dict[str, str], asked: str, location: str
) -> None:
    balancer = balancing.balancer()
    given = {key: value for key, value in config.items() if value}
    balancing.listener(balancer, {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **given}})
    until(lambda: says(balancer))
    status, headers, page = get(balancer, asked, host="shop.test")
    assert "<h1>301 Moved Permanently</h1>" in page
    assert (status, headers["location"], headers["server"]) == (301, location, "awselb/2.0")


def test_a_fixed_response_is_the_body_as_it_stands(balancing: Balancing) -> None:
    balancer = balancing.balancer()
    body = '{"note": "100% \'quoted\' %[src] \\\\ ümlaut"}'
    balancing.listener(balancer, fixed(503, body, "application/json"))
    until(lambda: says(balancer))
    status, headers, said = get(balancer)
    assert (status, headers["content-type"], said) == (503, "application/json", body)


def test_weights_share_the_requests(balancing: Balancing) -> None:
    light, heavy = balancing.target(), balancing.target()
    groups = [balancing.group(light), balancing.group(heavy)]
    balancer = balancing.balancer()
    choices = [{"TargetGroupArn": g, "Weight": w} for g, w in zip(groups, (1, 4), strict=True)]
    balancing.listener(balancer, {"Type": "forward", "ForwardConfig": {"TargetGroups": choices}})
    for group in groups:
        balancing.until_healthy(group)
    seen = Counter(json.loads(get(balancer)[2])["target"] for _ in range(200))
    assert 15 <= seen[light.host] <= 70  # 40 expected, standard deviation under 6
    assert seen[light.host] + seen[heavy.host] == 200


def test_the_target_learns_who_asked(balancing: Balancing) -> None:
    target = balancing.target()
    group = balancing.group(target)
    balancer = balancing.balancer()
    balancing.listener(balancer, forward(group))
    balancing.until_healthy(group)
    headers = json.loads(get(balancer, X_Forwarded_For="198.51.100.7")[2])["headers"]
    assert headers["x-forwarded-for"] == "198.51.100.7, 127.0.0.1"
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")


def test_cookies_keep_a_client_on_its_target(balancing: Balancing) -> None:
    targets = [balancing.target() for _ in range(3)]
    sticky = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
    group = balancing.group(*targets, attributes=sticky)
    balancer = balancing.balancer()
    balancing.listener(balancer, forward(group))
    balancing.until_healthy(group, 3)
    _, headers, body = get(balancer)
    cookie = headers["set-cookie"].split(";")[0]
    assert cookie.startswith("AWSALB=")
    again = {json.loads(get(balancer, Cookie=cookie)[2])["target"] for _ in range(10)}
    assert again == {json.loads(body)["target"]}


def test_names_and_ports_are_unique_and_protection_protects(balancing: Balancing) -> None:
    client = balancing.client
    balancer = balancing.balancer()
    with pytest.raises(client.exceptions.DuplicateLoadBalancerNameException):
        client.create_load_balancer(Name=balancer["LoadBalancerName"], Subnets=balancing.subnets)
    balancing.listener(balancer, fixed(200))
    with pytest.raises(client.exceptions.DuplicateListenerException):
        balancing.listener(balancer, fixed(200))
    arn = balancer["LoadBalancerArn"]
    protect = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    client.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=protect)
    with pytest.raises(client.exceptions.OperationNotPermittedException):
        client.delete_load_balancer(LoadBalancerArn=arn)
    client.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}]
    )
