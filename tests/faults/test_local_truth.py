"""Half a minute of the campaign of truth, and one plane that lies, which it must find."""

import shutil

import pytest

from tests.faults.local_sabotage import SABOTAGES, sabotaged
from tests.faults.local_truth import campaign

pytestmark = pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")


@pytest.mark.slow
def test_the_api_and_the_machine_say_the_same_under_kill_9():
    seen = campaign(20, seed=1)
    assert seen["lies"] == []
    assert seen["shortfalls"] == []


@pytest.mark.slow
def test_a_plane_that_lies_is_found():
    seen = campaign(6, seed=1, sabotage="ecs-deaf")
    assert not seen["ok"]
    assert {lie["check"] for lie in seen["lies"]} >= {"tasks", "exits"}


@pytest.mark.parametrize("name", SABOTAGES)
def test_every_sabotage_still_fits_the_source(name, tmp_path):
    source = sabotaged(name, tmp_path)
    for patch in SABOTAGES[name]:
        path = source / "launchbook" / patch.file
        compile(path.read_text("utf-8"), path, "exec")
