"""The two examples as they are deployed for tests: where, and what their files leave open."""

from __future__ import annotations

from typing import Any

from tests.support.estate import Circumstances, Estate

READY = "examples/huntaze-ready"
PLANTED = "examples/huntaze"


def _private(estate: Estate, region: str) -> list[str]:
    return [
        held["id"]
        for fact_id, held in estate.made.items()
        if "zone" in held and "rivate" in fact_id and fact_id.startswith("aws-infrastructure")
    ]


def _public(estate: Estate, region: str) -> list[str]:
    return [held["id"] for fact_id, held in estate.made.items() if "zone" in held and "Public" in fact_id]


def _vpc(estate: Estate, region: str) -> str:
    return str(estate.made["aws-infrastructure.yaml#VPC"]["id"])


ESTATES: dict[str, dict[str, Any]] = {
    READY: {
        "regions": {"": "us-east-1"},
        "parameters": {
            "production-PrivateSubnets": _private,
            "production-VpcId": _vpc,
            "aws_elasticache_replication_group.main.id": "huntaze-production-001",
        },
    },
    PLANTED: {
        "regions": {"": "us-east-1", "infra/aws/ecs-router": "us-east-2", "infra/aws/router-": "us-east-2"},
        "network": {
            "us-east-2": ("vpc-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60011", "subnet-0a1b2c3d4e5f60012")
        },
        "parameters": {
            "production-PrivateSubnets": _public,
            "SubnetIds": _public,
            "VpcId": _vpc,
            "production-VpcId": _vpc,
        },
        "circumstances": Circumstances(
            production_mail=False, good_builds=False, careless_user=True, guarded_root=False
        ),
    },
}
