"""Around Terraform, without it: working folders, states as data, variables, plans as printed, provider sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from launchbook.errors import MissingTool, UsageError
from launchbook.lifecycle import provider
from launchbook.lifecycle.destroy import listed, not_its_own
from launchbook.lifecycle.plan import without_values
from launchbook.lifecycle.platform import Root
from launchbook.lifecycle.proposal import _CHANGE
from launchbook.lifecycle.provider import Tool, find_mirror, find_source, find_tool
from launchbook.lifecycle.staging import LOCK_FILE, fingerprint, stage
from launchbook.lifecycle.state_file import Resource, outputs_of, resources_of
from launchbook.lifecycle.variables import forget_run_tag, given, run_tag, values_of
from launchbook.repo import discover

STATE = {
    "outputs": {"dns": {"value": "lb", "type": "string"}, "password": {"value": "x", "sensitive": True}},
    "resources": [
        {"mode": "data", "type": "aws_region", "name": "here", "instances": [{"attributes": {"id": "eu-west-1"}}]},
        {
            "module": "module.net", "mode": "managed", "type": "aws_subnet", "name": "public",
            "instances": [
                {"index_key": 0, "attributes": {"id": "subnet-1", "arn": "arn:aws:ec2:eu-west-2:1:subnet/subnet-1"}},
                {"index_key": "b", "attributes": {"id": "subnet-2"}},
            ],
        },
    ],
}  # fmt: skip


def test_a_state_as_data():
    first, second = resources_of(STATE, "eu-west-1")
    assert (first.address, first.id, first.region) == (
        "module.net.aws_subnet.public[0]",
        "subnet-1",
        "eu-west-2",
    )
    assert (second.address, second.region) == ('module.net.aws_subnet.public["b"]', "eu-west-1")
    assert outputs_of(STATE) == {"dns": "lb"}
    assert list(resources_of({}, "eu-west-1")) == []


def test_a_working_folder_links_to_the_files_and_keeps_what_terraform_writes(platform, tmp_path):
    (tmp_path / "modules/net").mkdir(parents=True)
    (tmp_path / "stack/terraform.tfstate").write_text("by hand", "utf-8")
    there = stage(platform, platform.roots[0], tmp_path / ".launchbook/state/x")
    assert (there / "main.tf").samefile(tmp_path / "stack/main.tf")
    assert (there / "../modules/net").resolve() == (tmp_path / "modules/net").resolve()
    assert not (there / "terraform.tfstate").exists(), "a state of runs by hand is none of ours"
    (there / "errored.tfstate").write_text("{}", "utf-8")
    (tmp_path / "stack/main.tf").rename(tmp_path / "stack/renamed.tf")
    (tmp_path / "stack" / LOCK_FILE).write_text("# the user's own", "utf-8")
    assert stage(platform, platform.roots[0], tmp_path / ".launchbook/state/x") == there
    assert {path.name for path in there.iterdir()} == {"renamed.tf", "errored.tfstate", LOCK_FILE}
    (there / LOCK_FILE).write_text("# changed by init", "utf-8")
    assert (tmp_path / "stack" / LOCK_FILE).read_text("utf-8") == "# the user's own"


def test_a_root_beside_the_platforms_folder_is_linked_too(platform, tmp_path):
    inner = replace(platform, folder=tmp_path / "deploy")
    there = stage(inner, platform.roots[0], tmp_path / "deploy/.launchbook/state/x")
    assert (there / "main.tf").samefile(tmp_path / "stack/main.tf")


def test_other_files_another_fingerprint(platform, tmp_path):
    before = fingerprint(platform)
    (tmp_path / "stack/terraform.tfstate").write_text("{}", "utf-8")
    assert fingerprint(platform) == before
    (tmp_path / "stack/main.tf").write_text("# changed", "utf-8")
    assert fingerprint(platform) != before


def test_the_variables_of_a_target(work):
    (root,) = work.platform.roots
    wanted = {"region": "eu-west-1", "run_id": work.run.id, "size": 1, "zones": ["a"]}
    assert values_of(root, work) == wanted
    assert values_of(Root(name="other", path=work.platform.folder), work) == {}


def test_no_value_is_among_the_arguments_that_everybody_can_list(work, tmp_path):
    (root,) = work.platform.roots
    (argument,) = given(root, work, tmp_path)
    name = argument.removeprefix("-var-file=")
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / name).read_text("utf-8")) == values_of(root, work)
    assert given(Root(name="other", path=work.platform.folder), work, tmp_path) == []


def test_a_value_for_a_variable_that_no_file_declares_is_a_mistake(work):
    root = replace(work.platform.roots[0], variables={"sise": 2})
    with pytest.raises(UsageError, match="stack has no variable sise"):
        values_of(root, work)


def test_the_tag_is_of_the_run_that_made_the_platform(work, home, target):
    first = run_tag(work)
    work.run.end(0)
    work.run.id = "a-later-run"
    assert run_tag(work) == first
    forget_run_tag(work)
    assert run_tag(work) == "a-later-run"


PRINTED = """
Terraform will perform the following actions:

  # aws_sqs_queue.orders will be created
  + resource "aws_sqs_queue" "orders" {
  # data.aws_iam_policy_document.x will be read during apply
  # aws_iam_role.a["x y"] must be replaced
  # module.net.aws_subnet.b[0] will be updated in-place
  # aws_ecs_task_definition.c (deposed object 1a2b3c4d) will be destroyed
"""


def test_a_plan_as_it_is_printed():
    assert _CHANGE.findall(PRINTED) == [
        ("aws_sqs_queue.orders", "created"), ('aws_iam_role.a["x y"]', "replaced"),
        ("module.net.aws_subnet.b[0]", "updated in-place"), ("aws_ecs_task_definition.c", "destroyed"),
    ]  # fmt: skip


def queue(name: str, **attributes: object) -> dict[str, object]:
    return {
        "mode": "managed",
        "type": "aws_sqs_queue",
        "name": name,
        "instances": [{"attributes": attributes}],
    }


def test_what_is_not_its_own_is_not_destroyed(platform):
    blocks = [
        queue("own", id="a", tags_all={"Project": "shop"}),
        queue("foreign", id="b", tags_all={"Project": "other"}),
        queue("untaggable", id="c"),
    ]
    held = {one.address: one for one in resources_of({"resources": blocks}, "eu-west-1")}
    assert list(not_its_own(platform, [*held, "aws_sqs_queue.unknown"], held)) == [
        "aws_sqs_queue.foreign (b) lacks the tag Project", "aws_sqs_queue.unknown is not in the state",
    ]  # fmt: skip


def test_a_kept_plan_holds_no_sensitive_value():
    plan = {
        "variables": {"key": {"value": "hush"}},
        "prior_state": {"values": "hush"},
        "planned_values": {"outputs": {"x": {"value": "hush", "sensitive": True}}},
        "output_changes": {"x": {"actions": ["create"], "after": "hush", "after_sensitive": True}},
        "resource_changes": [
            {
                "address": "a.b",
                "change": {
                    "actions": ["create"], "before": None, "before_sensitive": False,
                    "after": {"password": "hush", "name": "db", "list": [{"v": "hush"}, {"v": "open"}]},
                    "after_sensitive": {"password": True, "list": [{"v": True}]},
                },
            }
        ],
    }  # fmt: skip
    kept = without_values(plan)
    assert "hush" not in json.dumps(kept)
    assert kept["resource_changes"][0]["change"]["after"]["name"] == "db"
    assert "open" in json.dumps(kept)


def test_terraform_then_tofu_then_a_clear_error(tmp_path):
    with pytest.raises(MissingTool, match="neither terraform nor tofu") as raised:
        find_tool(str(tmp_path))
    assert "opentofu" in raised.value.hint
    program(tmp_path / "tofu")
    assert find_tool(str(tmp_path)).name == "tofu"
    program(tmp_path / "terraform")
    assert find_tool(str(tmp_path)).name == "terraform"


def program(path: Path) -> None:
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)


def test_providers_come_from_the_users_own_configuration_first(home, tmp_path):
    own = tmp_path / ".terraformrc"
    own.write_text("", "utf-8")
    source = find_source(Tool("terraform", "/t"), home, {"HOME": str(tmp_path)})
    assert source.env == {"TF_CLI_CONFIG_FILE": str(own)}
    named = find_source(Tool("terraform", "/t"), home, {"HOME": "/nowhere", "TF_CLI_CONFIG_FILE": str(own)})
    assert named.env == {"TF_CLI_CONFIG_FILE": str(own)}


def test_then_the_registry_then_a_mirror_of_this_machine(home, tmp_path, monkeypatch):
    env = {"HOME": str(tmp_path), "TF_CLI_CONFIG_FILE": "/nowhere/terraformrc"}
    mirror = tmp_path / ".terraform.d/mirror"
    (mirror / "registry.terraform.io/hashicorp/aws").mkdir(parents=True)
    tool = Tool("terraform", "/t")
    monkeypatch.setattr(provider, "answers", lambda host: host == "registry.terraform.io")
    source = find_source(tool, home, env)
    assert source.kind == "registry.terraform.io"
    assert "TF_CLI_CONFIG_FILE" not in source.env, "a file that is not there is not passed on"
    monkeypatch.setattr(provider, "answers", lambda _: False)
    config = Path(find_source(tool, home, env).env["TF_CLI_CONFIG_FILE"]).read_text("utf-8")
    assert f'filesystem_mirror {{ path = "{mirror}" }}' in config
    assert 'exclude = ["registry.terraform.io/hashicorp/aws"]' in config
    assert find_mirror(Tool("tofu", "/t"), {"HOME": str(tmp_path / "none")}) is None


def test_what_runs_keep_is_no_part_of_the_repository(platform, tmp_path):
    stage(platform, platform.roots[0], tmp_path / ".launchbook/state/x")
    (tmp_path / "stack/main.tf").write_text('resource "aws_sqs_queue" "a" {}\n', "utf-8")
    (tmp_path / ".launchbook/state/x/terraform.tfstate").write_text(json.dumps(STATE), "utf-8")
    facts = discover(tmp_path).facts
    assert [(fact.type, fact.where.file) for fact in facts if fact.type.startswith("aws_")] == [
        ("aws_sqs_queue", "stack/main.tf")
    ]
    assert facts.gaps == ()


def test_a_list_of_several_regions_names_each() -> None:
    def topic(region: str) -> Resource:
        return Resource("aws_sns_topic", "t", "aws_sns_topic.t", "t", f"arn:aws:sns:{region}:1:t", region, {})

    role = Resource("aws_iam_role", "r", "aws_iam_role.r", "r", "arn:aws:iam::1:role/r", "eu-west-1", {})
    assert [line.split() for line in listed([topic("eu-west-1"), topic("us-east-1"), role])] == [
        ["aws_sns_topic", "t", "(eu-west-1)"],
        ["aws_sns_topic", "t", "(us-east-1)"],
        ["aws_iam_role", "r"],
    ]
    assert [line.split() for line in listed([topic("eu-west-1"), role])] == [
        ["aws_sns_topic", "t"],
        ["aws_iam_role", "r"],
    ]
