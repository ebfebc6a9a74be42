"""Without a haproxy a load balancer fails, and says which package is missing."""

import os
from typing import Any

import pytest

from tests.aws.alb.conftest import Balancing, until
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded as embedded_aws


def test_a_balancer_without_a_program_fails_with_the_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "RAY_SERVE_HAPROXY_BINARY_PATH", "/nowhere/haproxy")
    with embedded_aws() as started:
        aws = client_factory(started.endpoint)
        subnets = aws("ec2").describe_subnets()["Subnets"][:2]
        balancing = Balancing(aws("elbv2"), subnets[0]["VpcId"], [each["SubnetId"] for each in subnets])
        balancing.balancer()

        def state() -> dict[str, Any]:
            return dict(balancing.client.describe_load_balancers()["LoadBalancers"][0]["State"])

        until(lambda: state()["Code"] == "failed")
        assert "No haproxy found" in state()["Reason"]
        assert 'pip install "launchbook[local]"' in state()["Reason"]
