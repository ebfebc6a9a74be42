"""Terraform as users have it, unchanged, on the embedded AWS: apply, an empty second plan, destroy, nothing left.

One large stack runs in ``make test``; the others take LAUNCHBOOK_CAMPAIGN=1.
"""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from launchbook.cli.local.env import command
from launchbook.local import control
from tests.support.listing import everything
from tests.support.terraform import Terraform, available, troubles

HERE = Path(__file__).parent
REGIONS = {
    "platform": ["eu-west-1"],
    "shop": ["eu-central-1", "us-east-1"],
    "office": ["us-west-2"],
    "estate": ["eu-west-2"],
}
campaign = pytest.mark.skipif("LAUNCHBOOK_CAMPAIGN" not in os.environ, reason="set LAUNCHBOOK_CAMPAIGN=1")


def environment(embedded, region):
    """What ``launchbook local env`` prints: nothing else points Terraform here."""
    said = CliRunner().invoke(command, ["--port", str(embedded.port), "--region", region, "--json"])
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)


def missing(embedded):
    return {row["operation"] for row in control.ask(embedded, "status")["missing"]}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(available()), reason=available())
@pytest.mark.parametrize(
    ("stack", "least"),
    [
        ("platform", 100),
        pytest.param("shop", 60, marks=campaign),
        pytest.param("office", 70, marks=campaign),
        pytest.param("estate", 50, marks=campaign),
    ],
)
def test_apply_then_nothing_to_change_then_destroy_and_nothing_left(stack, least, embedded, aws, tmp_path):
    before, asked_before = everything(aws, REGIONS[stack]), missing(embedded)
    terraform = Terraform.of(HERE / stack, tmp_path / stack, environment(embedded, REGIONS[stack][0]))
    applied, destroyed = tmp_path / "apply.log", tmp_path / "destroy.log"
    try:
        terraform.apply(applied)
        assert len(terraform.resources()) >= least
        assert terraform.changes() == []
        assert len(everything(aws, REGIONS[stack]) - before) > least / 2, "the listings see what was made"
    finally:
        terraform.destroy(destroyed)
    assert troubles(applied) + troubles(destroyed) == []
    assert everything(aws, REGIONS[stack]) - before == set()
    assert missing(embedded) - asked_before == set(), "operations that nobody serves"
