"""One embedded AWS for all tests of this folder, in a port of its own, and clients for it."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from launchbook.local.instance import Instance
from tests.support.embedded import embedded as embedded_aws

Clients = Callable[..., Any]


def client_factory(endpoint: str) -> Clients:
    """``aws("ecs", region="eu-west-1")``: a boto3 client that can reach nothing but ``endpoint``."""
    cache: dict[tuple[str, str, str], Any] = {}

    def aws(
        service: str, region: str = "eu-west-1", *, key: str = "test", secret: str = "test", **more: Any
    ) -> Any:
        if more:
            return boto3.client(
                service, region_name=region, endpoint_url=endpoint, aws_access_key_id=key,
                aws_secret_access_key=secret, config=_CONFIG, **more,
            )  # fmt: skip
        wanted = (service, region, key)
        if wanted not in cache:
            cache[wanted] = boto3.client(
                service, region_name=region, endpoint_url=endpoint, aws_access_key_id=key,
                aws_secret_access_key=secret, config=_CONFIG,
            )  # fmt: skip
        return cache[wanted]

    return aws


_CONFIG = Config(
    retries={"total_max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"}, read_timeout=60
)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Instance]:
    """The running embedded AWS (`.endpoint`, `.port`, `.pid`, `.state`), stopped after the last test."""
    with embedded_aws() as started:
        yield started


@pytest.fixture(scope="session")
def aws(embedded: Instance) -> Clients:
    """Clients of the shared embedded AWS: ``aws("ecs")``, ``aws("sns", region="us-east-1")``."""
    return client_factory(embedded.endpoint)


@pytest.fixture(scope="session")
def hurried() -> Iterator[Instance]:
    """A second embedded AWS in which a minute of alarms, cooldowns and back-offs takes a second."""
    with embedded_aws(speed=60) as started:
        yield started


@pytest.fixture(scope="session")
def hurried_aws(hurried: Instance) -> Clients:
    """Clients of the hurried embedded AWS."""
    return client_factory(hurried.endpoint)
