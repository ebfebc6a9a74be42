"""One example, deployed on an embedded AWS of its own."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchbook.local.images import aliases
from launchbook.local.instance import Instance
from launchbook.repo import discover
from tests.aws.conftest import client_factory
from tests.support.embedded import embedded
from tests.support.estate import compute, data, edge, identity, messages
from tests.support.estate import network as networks
from tests.support.estate.account import Circumstances, finish, history, settled
from tests.support.estate.builder import MAKERS, Estate, declare
from tests.support.estate.readers import Readers

#: The order in which types are made: what is referred to first. What is not named here comes last.
ORDER = (
    *("aws_vpc", "aws_internet_gateway", "aws_internet_gateway_attachment", "aws_subnet", "aws_eip"),
    *("aws_nat_gateway", "aws_route_table", "aws_route", "aws_route_table_association", "aws_security_group"),
    *("aws_iam_role", "aws_secretsmanager_secret", "aws_cloudwatch_log_group", "aws_sns_topic"),
    *("aws_sqs_queue", "aws_route53_zone", "aws_acm_certificate", "aws_s3_bucket", "aws_backup_vault"),
    *("aws_backup_plan", "aws_db_subnet_group", "aws_db_instance", "aws_elasticache_subnet_group"),
    *("aws_elasticache_replication_group", "aws_ecr_repository", "aws_lb", "aws_lb_target_group"),
    *("aws_lb_listener", "aws_ecs_cluster", "aws_ecs_task_definition", "aws_ecs_service"),
    *("aws_cloudwatch_event_connection", "aws_cloudwatch_event_api_destination", "aws_amplify_app"),
    *("aws_cloudfront_distribution", "aws_sesv2_email_identity"),
)
__all__ = ["compute", "data", "edge", "identity", "messages"]


@dataclass
class Deployed:
    """A running estate."""

    instance: Instance
    estate: Estate
    path: Path

    @property
    def endpoint(self) -> str:
        """Where its AWS answers."""
        return self.instance.endpoint


@contextmanager
def deploy(
    path: Path,
    regions: Mapping[str, str],
    parameters: Mapping[str, Any] | None = None,
    circumstances: Circumstances | None = None,
    network: Mapping[str, tuple[str, str, str]] | None = None,
    *,
    enforce_iam: bool = False,
) -> Iterator[Deployed]:
    """Start an embedded AWS, make there what the example declares, and stop it afterwards."""
    # moto issues a certificate after a minute unless it is told how long validation takes.
    os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")
    readers = Readers()
    with embedded(enforce_iam=enforce_iam) as started, contextlib.closing(readers):
        command = [sys.executable, "-m", "launchbook.local.images.stand_in", "{host}", "{ports}"]
        aliases.write(Path(started.state), compute.IMAGE, command)
        given = {"readers": readers.address, **(parameters or {})}
        aws = client_factory(started.endpoint)
        estate = Estate(discover(path).facts, aws, regions, parameters=given)
        for region, names in (network or {}).items():
            estate.renamed |= networks.elsewhere(estate, region, names)
        make(estate)
        finish(estate, circumstances or Circumstances(), regions[""])
        settled(estate)
        yield Deployed(started, estate, path)


def make(estate: Estate) -> None:
    """Everything that the files declare, in an order in which each thing finds what it needs."""
    for kind in [*ORDER, *(kind for kind in MAKERS if kind not in ORDER)]:
        MAKERS[kind] = MAKERS.pop(kind)
    declare(estate)
    networks.ingress(estate)
    identity.policies(estate)
    messages.redrives(estate)
    compute.services(estate)
    compute.scaling(estate)
    messages.rules(estate)
    edge.records(estate)
    history(estate)
    messages.samples(estate)
    messages.alarms(estate)
