"""What a lifecycle command does before its steps and after them, on a target that nobody asks anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from launchbook.cli._lifecycle import Asked, run_steps
from launchbook.cli.destroy import command as destroy
from launchbook.cli.plan import command as plan
from launchbook.cli.status import _text
from launchbook.cli.sweep import command as sweep
from launchbook.cli.validate import command as validate
from launchbook.errors import LocalAwsError, RunFailed, UsageError
from launchbook.lifecycle.destroy import Destroy
from launchbook.lifecycle.run import open_run, past_runs
from launchbook.lifecycle.steps import Outcome, Step
from launchbook.lifecycle.target import open_target
from tests.unit.lifecycle.test_status import TOML


@pytest.fixture
def described(platform, target, monkeypatch) -> Path:
    """The folder of a platform whose target answers."""
    (platform.folder / "launchbook.toml").write_text(TOML, "utf-8")
    monkeypatch.setattr("launchbook.lifecycle.target.open_target", lambda *_, **__: target)
    monkeypatch.setattr("launchbook.cli._lifecycle.end_politely", lambda: None)
    return platform.folder


def invoked(command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_a_command_that_has_nothing_to_do_has_ended(described, home):
    said = invoked(validate, described)
    assert isinstance(said.exception, UsageError)
    (past,) = past_runs(home)
    assert past.code == 2


def test_an_interrupt_before_the_first_step_leaves_a_run_that_goes_on(described, home):
    def interrupted(_):
        raise KeyboardInterrupt

    asked = Asked(described, "local", None, None, None, False, None)
    with pytest.raises(KeyboardInterrupt):
        run_steps("apply", asked, interrupted, lambda _: "")
    (past,) = past_runs(home)
    assert past.code is None


def test_where_the_result_cannot_go_is_said_before_anything_is_done(described, home, tmp_path):
    said = invoked(plan, described, "--out", tmp_path / "nowhere/x.json")
    assert said.exit_code == 2
    assert "nowhere" in said.stderr
    assert past_runs(home) == []


def test_an_approved_list_that_is_not_there_is_to_be_written_first(described):
    said = invoked(sweep, described, "--apply", described / "nothing.json")
    assert said.exit_code == 2
    assert (
        said.stderr.splitlines()[-1] == f"next: launchbook sweep {described} --plan {described}/nothing.json"
    )


@pytest.mark.parametrize("option", ["apply", "plan"])
def test_a_sweep_that_was_interrupted_is_told_to_go_on_with_its_list(described, monkeypatch, option):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("launchbook.lifecycle.sweeping.Sweeping._read", interrupted)
    monkeypatch.setattr("launchbook.lifecycle.sweeping.Sweeping._ask", interrupted)
    said = invoked(sweep, described, f"--{option}", "left.json")
    assert said.exit_code == 130
    assert said.stderr.splitlines()[-1] == f"next: launchbook sweep {described} --{option} left.json"


def test_a_destroy_is_repeated_until_it_has_come_to_its_end_and_what_is_open_then_a_sweep_tells(
    described, monkeypatch
):
    def stopped(*_):
        raise RunFailed("the states are not empty")

    monkeypatch.setattr(Destroy, "steps", lambda self: [Step("states-empty", "a look", self._empty)])
    for found, following in ((lambda *_: Outcome(status="unproven"), "sweep"), (stopped, "destroy")):
        monkeypatch.setattr(Destroy, "_emptied", found)
        said = invoked(destroy, described)
        assert (said.exit_code, said.stderr.splitlines()[-1]) == (
            3,
            f"next: launchbook {following} {described}",
        )


def test_a_few_kinds_are_all_named_and_many_are_not():
    def root(kinds: int) -> str:
        held = [{"type": f"aws_{number}", "id": "x", "address": "y"} for number in range(kinds)]
        one = {"name": "stack", "known": True, "resources": held, "outputs": {}}
        return _text(
            {"platform": "shop", "target": "local", "where": "x", "region": "y", "roots": [one], "runs": []}
        )

    assert "4 resources (1 aws_0, 1 aws_1, 1 aws_2, 1 aws_3)\n" in root(4)
    assert "5 resources (1 aws_0, 1 aws_1, 1 aws_2, 1 aws_3 …)\n" in root(5)


def test_a_run_that_went_through_has_ended(described, home):
    asked = Asked(described, "local", None, None, None, False, None)
    with pytest.raises(SystemExit):
        run_steps("plan", asked, lambda _: [Step("look", "a look", lambda _: Outcome())], lambda _: "")
    assert [past.code for past in past_runs(home)] == [0]


def test_a_later_command_goes_on_with_what_was_interrupted_not_with_what_had_nothing_to_do(
    described, home, target
):
    open_run(home, "apply", target)
    invoked(validate, described)
    assert open_run(home, "apply", target).resumed


@pytest.mark.parametrize("name", ["mars", "eu-west", "EU-WEST-1", "eu-west-1a", "eu west 1", ""])
def test_what_is_no_region_is_said_before_anything_is_asked(platform, home, name):
    with pytest.raises(UsageError, match="is no region") as said:
        open_target(replace(platform, region=name), "local", home=home, port=1)
    assert "platform.region" in said.value.hint
    assert not any((home.folder / "state").iterdir())


@pytest.mark.parametrize(
    "name", ["eu-west-1", "ap-southeast-2", "us-gov-west-1", "us-isob-east-1", "mx-central-1"]
)
def test_regions_of_every_partition_are_regions(platform, home, name):
    with pytest.raises(LocalAwsError, match="no embedded AWS answers on port 1"):
        open_target(platform, "local", home=home, port=1, region=name)
