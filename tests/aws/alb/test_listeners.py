"""Listeners of every kind, what they count, and what is left when they go."""

import json
import os
import signal
import socket
import ssl
import time
from pathlib import Path
from typing import Any

from launchbook.local.tls import self_signed
from tests.aws.alb.conftest import Balancing, fixed, forward, until
from tests.aws.alb.test_routing import get, says


def test_a_killed_proxy_comes_back(balancing: Balancing, embedded: Any) -> None:
    balancer = balancing.balancer()
    balancing.listener(balancer, fixed(200, "here"))
    until(lambda: says(balancer, "here"))
    mine = str(Path(embedded.state) / "alb" / balancer["LoadBalancerArn"].rsplit("/", 1)[-1])
    pids = [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if mine in _read(p)]
    assert pids
    os.kill(min(pids), signal.SIGKILL)
    until(lambda: not says(balancer))
    until(lambda: says(balancer, "here"))


def _read(path: Any) -> str:
    try:
        return str(path.read_bytes())
    except OSError:
        return ""


def test_what_passes_is_counted(balancing: Balancing, aws: Any) -> None:
    target = balancing.target()
    group = balancing.group(target)
    balancer = balancing.balancer()
    listener = balancing.listener(balancer, forward(group))
    balancing.rule(listener, 1, fixed(404), {"Field": "path-pattern", "Values": ["/fixed"]})
    balancing.until_healthy(group)
    for path in ("/", "/", "/status/404", "/status/503", "/slow?0.2", "/fixed", "/broken"):
        get(balancer, path)
    names = {
        "RequestCount": 6.0, "HTTPCode_Target_2XX_Count": 3.0, "HTTPCode_Target_4XX_Count": 1.0,
        "HTTPCode_Target_5XX_Count": 1.0, "HTTPCode_ELB_5XX_Count": 1.0, "HTTP_Fixed_Response_Count": 1.0,
    }  # fmt: skip
    cloudwatch = aws("cloudwatch")
    own = {"Name": "LoadBalancer", "Value": balancer["LoadBalancerArn"].split("loadbalancer/")[1]}
    both = [own, {"Name": "TargetGroup", "Value": group.rsplit(":", 1)[1]}]
    until(lambda: {n: _sum(cloudwatch, n, [own]) for n in names} == names)
    assert _sum(cloudwatch, "RequestCount", both) == 6
    assert 0.2 <= _sum(cloudwatch, "TargetResponseTime", both, "Maximum") < 1
    until(lambda: _sum(cloudwatch, "HealthyHostCount", both, "Maximum") == 1)


def _sum(cloudwatch: Any, name: str, dimensions: list[dict[str, str]], statistic: str = "Sum") -> float:
    now = time.time()
    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/ApplicationELB", MetricName=name, Dimensions=dimensions, StartTime=now - 3600,
        EndTime=now + 60, Period=3600 * 24, Statistics=[statistic],
    )["Datapoints"]  # fmt: skip
    return sum(point[statistic] for point in found)


def test_https_shows_the_imported_certificate(balancing: Balancing, aws: Any) -> None:
    acm = aws("acm")
    content = self_signed("shop.test").decode()
    split = content.index("-----BEGIN CERTIFICATE")
    arn = acm.import_certificate(Certificate=content[split:], PrivateKey=content[:split])["CertificateArn"]
    balancer = balancing.balancer()
    balancing.listener(
        balancer, fixed(200, "secure"), Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": arn}]
    )
    context = ssl.create_default_context(cadata=content[split:])

    def shown() -> Any:
        try:
            with (
                socket.create_connection((balancer["DNSName"], 443), 5) as plain,
                context.wrap_socket(plain, server_hostname="shop.test") as secure,
            ):
                return secure.getpeercert()
        except OSError:
            return None

    until(shown)
    assert (("commonName", "shop.test"),) in shown()["subject"]


def test_a_network_load_balancer_passes_bytes(balancing: Balancing) -> None:
    target = balancing.target()
    group = balancing.group(target, Protocol="TCP")
    balancer = balancing.balancer(Type="network")
    assert ":loadbalancer/net/" in balancer["LoadBalancerArn"]
    balancing.listener(balancer, forward(group), Protocol="TCP", Port=9000)
    balancing.until_healthy(group)
    balancer["DNSName"] += ":9000"
    until(lambda: says(balancer))
    headers = json.loads(get(balancer)[2])["headers"]
    assert "x-forwarded-for" not in headers


def test_deleting_leaves_nothing(balancing: Balancing, embedded: Any) -> None:
    balancer = balancing.balancer()
    balancing.listener(balancer, fixed(200))
    until(lambda: says(balancer))
    balancing.client.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    until(lambda: not says(balancer))
    directory = Path(embedded.state) / "alb" / balancer["LoadBalancerArn"].rsplit("/", 1)[-1]
    until(lambda: not directory.exists())


def test_an_attribute_of_checks_or_matchers_changes_what_is_shown(balancing: Balancing) -> None:
    group = balancing.group()
    balancing.client.modify_target_group(
        TargetGroupArn=group,
        HealthCheckPath="/ready",
        HealthCheckIntervalSeconds=7,
        Matcher={"HttpCode": "200-204"},
    )
    found = balancing.client.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
    assert (found["HealthCheckPath"], found["HealthCheckIntervalSeconds"]) == ("/ready", 7)
    assert found["Matcher"] == {"HttpCode": "200-204"}


def test_targets_may_speak_tls_with_any_certificate(balancing: Balancing, tmp_path: Path) -> None:
    certificate = tmp_path / "target.pem"
    certificate.write_bytes(self_signed("target.test"))
    target = balancing.target(certificate=certificate)
    group = balancing.group(target, Protocol="HTTPS")
    balancer = balancing.balancer()
    balancing.listener(balancer, forward(group))
    balancing.until_healthy(group)
    until(lambda: says(balancer))
    assert json.loads(get(balancer)[2])["target"] == target.host
