"""Repositories that try to look ready: what is no declaration of what runs makes no line OK."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from launchbook.audit import Question, audit
from launchbook.model import Report

READY = """
resource "aws_db_instance" "main" {
  identifier              = "shop"
  engine                  = "postgres"
  multi_az                = true
  backup_retention_period = 14
}
"""
SWITCHED_OFF = READY.replace("{\n  identifier", "{\n  count = var.on ? 1 : 0\n  identifier")


def audited(root: Path, files: dict[str, str]) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return audit(Question(path=root)).report


def statuses(report: Report, check: str) -> set[str]:
    return {one.status for one in report.findings if one.check == check}


def test_what_is_declared_is_judged(tmp_path: Path) -> None:
    assert statuses(audited(tmp_path, {"main.tf": READY}), "rds-multi-az") == {"PASS"}


@pytest.mark.parametrize(
    "files",
    [
        {"docs/main.tf": READY},
        {"examples/complete/main.tf": READY},
        {"samples/main.tf": READY},
        {"archive/main.tf": READY},
        {"old/main.tf": READY},
        {"tests/fixtures/main.tf": READY},
        {".terraform/modules/db/main.tf": READY},
        {"node_modules/db/main.tf": READY},
        {"main.tf": f"/*{READY}*/\n"},
        {"main.tf": f"locals {{\n  text = <<EOT\n{READY}\nEOT\n}}\n"},
        {"main.tf": f'variable "on" {{\n  default = false\n}}\n{SWITCHED_OFF}'},
        {
            "main.tf": f'variable "on" {{}}\n{SWITCHED_OFF}',
            "README.md": "Multi-AZ is on, backups are kept 14 days.",
        },
        {"main.tf": 'module "db" {\n  source = "./db"\n  count  = 0\n}\n', "db/main.tf": READY},
        {"main.tf": 'module "db" {\n  source   = "terraform-aws-modules/rds/aws"\n  multi_az = true\n}\n'},
        {"main.tf": 'module "db" {\n  source   = "git::https://example.com/db.git"\n  multi_az = true\n}\n'},
        {"main.tf.bak": READY},
    ],
    ids=lambda files: next(iter(files)),
)
def test_what_may_not_run_makes_nothing_ok(files: dict[str, str], tmp_path: Path) -> None:
    report = audited(tmp_path, files)
    (line,) = (one for one in report.requirements if one.id == "multi-az")
    assert line.status == "TODO"
    if 'variable "on" {}' not in files.get("main.tf", ""):
        assert statuses(report, "rds-multi-az") == {"UNKNOWN"}


@pytest.mark.parametrize(("days", "status"), [(1, "WAIVED"), (0, "WAIVED"), (-1, "FAIL")])
def test_a_waiver_holds_up_to_its_last_day(days: int, status: str, tmp_path: Path) -> None:
    waiver = f"""
[[waiver]]
check = "rds-multi-az"
subject = "main.tf#aws_db_instance.main"
owner = "ops"
reason = "one zone until the move"
expires = {date.today() + timedelta(days=days)}
"""
    bad = READY.replace("multi_az                = true", "multi_az                = false")
    report = audited(tmp_path, {"main.tf": bad, "launchbook.toml": waiver})
    (one,) = (each for each in report.findings if each.check == "rds-multi-az")
    assert one.status == status
    assert ("expired on" in one.why) == (days < 0)
    assert "ops" in one.why
