"""Contradictions between a document and a file, and between two stories: what is one, and what only looks like one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from launchbook.model import Finding
from launchbook.repo import discover


def contradictions(root: Path, files: Mapping[str, str], about: str) -> list[Finding]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return [one for one in discover(root).contradictions if one.check == f"contradiction-{about}"]


def sides(findings: list[Finding]) -> list[set[str]]:
    return [{f"{one.source} {one.value}" for one in finding.evidence} for finding in findings]


def database(days: int, identifier: str = "shop", region: str = "eu-west-1") -> str:
    return (
        f'provider "aws" {{ region = "{region}" }}\n'
        'resource "aws_db_instance" "main" {\n'
        f'  identifier = "{identifier}"\n'
        f"  backup_retention_period = {days}\n"
        "}\n"
    )


def stack(days: int) -> str:
    return (
        "Resources:\n  Store:\n    Type: AWS::RDS::DBInstance\n    Properties:\n"
        f"      DBInstanceIdentifier: shop\n      BackupRetentionPeriod: {days}\n"
    )


KEPT_35 = "Database backups are retained for 35 days.\n"
#: A queue of 4 days, told of beside a database.
QUEUE = 'resource "aws_sqs_queue" "mail" {\n  name = "shop-mail"\n  message_retention_seconds = 345600\n}\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"docs/backups.md": KEPT_35, "infra/prod/main.tf": database(1)},
            {"docs/backups.md:1 35", "infra/prod/main.tf:4 1"},
            id="a document against production",
        ),
        pytest.param(
            {"docs/backups.md": KEPT_35, "infra/dev/main.tf": database(1)},
            {"docs/backups.md:1 35", "infra/dev/main.tf:4 1"},
            id="a document against the only environment there is",
        ),
        pytest.param(
            {
                "docs/backups.md": f"The mail queue takes orders. {KEPT_35.strip()} Ask the team.\n",
                "infra/prod/main.tf": database(1) + QUEUE,
            },
            {"docs/backups.md:1 35", "infra/prod/main.tf:4 1"},
            id="another sentence of the line speaks of a queue",
        ),
        pytest.param(
            {"terraform/main.tf": database(14), "cloudformation/stack.yaml": stack(1)},
            {"terraform/main.tf:4 14", "cloudformation/stack.yaml:6 1"},
            id="two stories, no promise",
        ),
    ],
)
def test_backups_that_cannot_both_be_kept(tmp_path: Path, files: dict[str, str], expected: set[str]) -> None:
    assert sides(contradictions(tmp_path, files, "retention")) == [expected]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "docs/backups.md": KEPT_35,
                "infra/prod/main.tf": database(35),
                "infra/dev/main.tf": database(1),
            },
            id="the document is about production",
        ),
        pytest.param(
            {
                "docs/backups.md": "Development database backups are retained for 1 day, no more.\n"
                "Backups of the database in dev are kept 1 days.\n",
                "infra/prod/main.tf": database(35),
            },
            id="the document names another environment",
        ),
        pytest.param(
            {"a/main.tf": database(14, "shop"), "b/main.tf": database(1, "depot")}, id="two databases"
        ),
        pytest.param(
            {"a/main.tf": database(14), "b/main.tf": database(1, region="eu-central-1")}, id="two regions"
        ),
        pytest.param({"infra/prod/main.tf": database(14), "infra/dev/main.tf": database(1)}, id="no promise"),
        pytest.param(
            {"README.md": "The queue `shop-mail` has logs kept 30 days.\n", "main.tf": QUEUE}, id="logs"
        ),
    ],
)
def test_backups_that_may_well_differ(tmp_path: Path, files: dict[str, str]) -> None:
    assert contradictions(tmp_path, files, "retention") == []


def test_the_sentence_on_regions_counts_every_place_compared(tmp_path: Path) -> None:
    provider = 'provider "aws" {{ region = "{}" }}\n'
    files = {
        "infra/prod/main.tf": provider.format("eu-west-1")
        + 'provider "aws" {\n  alias = "edge"\n  region = "us-east-1"\n}\n'
        + 'resource "aws_acm_certificate" "edge" {\n  provider = aws.edge\n  domain_name = "shop.example"\n}\n',
        "infra/dev/main.tf": provider.format("eu-central-1"),
        "docs/where.md": "All of it runs in eu-north-1.\n",
        "README.md": "It runs in eu-west-1.\n",
    }
    (finding,) = contradictions(tmp_path, files, "region")
    told = "the files name 3 regions: eu-central-1 in 1 place, eu-north-1 in 1 place, eu-west-1 in 2 places"
    assert finding.why == f"{told}; also declared, and not compared: us-east-1"


CLUSTER = 'resource "aws_ecs_cluster" "shop" {\n  name = "shop"\n}\n'
TOLD = "The queue `shop-ghosts` takes what is late.\n"


def test_a_document_tells_of_a_queue_that_nothing_creates(tmp_path: Path) -> None:
    (finding,) = contradictions(tmp_path, {"README.md": TOLD, "main.tf": QUEUE + CLUSTER}, "uncreated")
    assert finding.why == "a document tells of the queue shop-ghosts, which nothing in these files creates"
    assert sides([finding]) == [{"README.md:1 shop-ghosts", "main.tf:2 shop-mail"}]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"README.md": TOLD}, id="no queue at all"),
        pytest.param(
            {"README.md": "The queue `shop-mail-prod` is ours.\n", "main.tf": QUEUE},
            id="its environment said",
        ),
        pytest.param({"README.md": "The queue `shop-mail` is ours.\n", "main.tf": QUEUE}, id="it is created"),
        pytest.param({"README.md": "The `mail` queue is ours.\n", "main.tf": QUEUE}, id="by its short name"),
        pytest.param(
            {
                "README.md": TOLD,
                "main.tf": QUEUE
                + 'variable "late" {}\nresource "aws_sqs_queue" "late" {\n  name = "shop-${var.late}"\n}\n',
            },
            id="one of the names was not read",
        ),
    ],
)
def test_a_name_that_may_well_be_created(tmp_path: Path, files: dict[str, str]) -> None:
    assert contradictions(tmp_path, files, "uncreated") == []
