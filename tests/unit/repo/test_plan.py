"""A plan's values become facts: what Terraform evaluated, with references for what the apply decides, and no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from launchbook.errors import UsageError
from launchbook.model import Fact, Facts, NotKnown, Ref
from launchbook.repo import discover
from launchbook.repo.plan import read_plan, with_plan

SHOP = Path(__file__).parent / "plans/shop"
PLAN = SHOP / "shop-plan.json"


def one(facts: Facts, kind: str, name: str) -> Fact:
    (found,) = [fact for fact in facts.seen(kind) if fact.name == name]
    return found


def changed(tmp_path: Path, **more: object) -> Path:
    path = tmp_path / "shop-plan.json"
    path.write_text(json.dumps(json.loads(PLAN.read_text("utf-8")) | more))
    return path


def test_a_planned_value_is_evidence_of_its_level_and_names_the_resource() -> None:
    database = one(read_plan(PLAN), "aws_db_instance", "shop-db")
    seen = database.at("backup_retention_period")
    assert (seen.level, seen.value, seen.source) == ("plan", 3, "shop-plan.json: aws_db_instance.shop")
    assert database.where.region == "eu-west-1"


def test_every_copy_of_count_and_for_each_is_there_also_in_modules() -> None:
    plan = read_plan(PLAN)
    assert {fact.name for fact in plan.seen("aws_cloudwatch_metric_alarm")} == {
        "shop-silent-0", "shop-silent-1", "shop-mail-age", "shop-label-age",
    }  # fmt: skip
    assert len(plan.seen("aws_sqs_queue")) == 4


def test_what_the_apply_decides_is_a_reference_where_the_plan_says_to_what() -> None:
    plan = read_plan(PLAN)
    alarm = one(plan, "aws_cloudwatch_metric_alarm", "shop-mail-age")
    topic = one(plan, "aws_sns_topic", "shop-ops")
    assert alarm.get("alarm_actions") == [Ref(topic.id, "arn")]
    queue = one(plan, "aws_sqs_queue", "shop-mail")
    target = plan.find(queue.get("redrive_policy.deadLetterTargetArn"))
    assert target is not None
    assert target.name == "shop-mail-dead"


def test_what_an_existing_resource_does_not_have_is_absent_not_empty(tmp_path: Path) -> None:
    plan = json.loads(PLAN.read_text("utf-8"))
    (label, _) = plan["planned_values"]["root_module"]["child_modules"]
    (dead,) = [one for one in label["resources"] if one["address"].endswith("aws_sqs_queue.dead")]
    dead["values"]["redrive_policy"] = dead["values"]["kms_master_key_id"] = ""
    queue = one(read_plan(changed(tmp_path, **plan)), "aws_sqs_queue", "shop-label-dead")
    assert queue.get("redrive_policy") is None
    assert queue.get("kms_master_key_id") is None


def test_what_the_apply_decides_and_no_reference_tells_is_unknown() -> None:
    definition = one(read_plan(PLAN), "aws_ecs_task_definition", "shop-late")
    with pytest.raises(NotKnown, match="known only after apply"):
        definition.get("container_definitions")


def test_no_sensitive_value_and_no_variable_of_an_environment_comes_in() -> None:
    plan = read_plan(PLAN)
    assert "planted" in PLAN.read_text("utf-8").lower()
    assert "planted" not in str([(fact.attributes, fact.sources) for fact in plan]).lower()
    definition = one(plan, "aws_ecs_task_definition", "shop-app")
    assert definition.get("container_definitions.0.environment.0.name") == "AWS_ACCESS_KEY_ID"


def test_with_the_files_of_its_root_a_fact_keeps_its_line_and_gains_its_value() -> None:
    facts = with_plan(discover(SHOP).facts, read_plan(PLAN))
    database = one(facts, "aws_db_instance", "shop-db")
    assert (database.at("storage_encrypted").source, database.level) == ("main.tf:46", "plan")
    # What the plan leaves open, the files may know.
    late = one(facts, "aws_ecs_task_definition", "shop-late")
    topic = one(facts, "aws_sns_topic", "shop-ops")
    assert late.get("container_definitions.0.environment.0.value") == Ref(topic.id, "arn")
    assert topic.id == "main.tf#aws_sns_topic.ops"
    # Each resource is there once: neither the files' copy of it nor the plan file's own list remains.
    assert len(facts.seen("aws_cloudwatch_metric_alarm")) == 4


def test_a_plan_of_another_root_stands_beside_the_files(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sns_topic" "ops" { name = "other" }')
    facts = with_plan(discover(tmp_path).facts, read_plan(PLAN))
    assert {fact.name: fact.level for fact in facts.seen("aws_sns_topic")} == {
        "other": "static",
        "shop-ops": "plan",
    }


def test_what_the_plan_does_not_make_is_not_there(tmp_path: Path) -> None:
    text = (SHOP / "main.tf").read_text("utf-8")
    (tmp_path / "main.tf").write_text(
        text
        + 'variable "dr" {}\nresource "aws_sqs_queue" "dr" {\n  count = var.dr ? 1 : 0\n  name  = "shop-dr"\n}\n'
    )
    files = discover(tmp_path).facts
    assert "shop-dr" in {fact.name for fact in files.seen("aws_sqs_queue")}
    assert "shop-dr" not in {fact.name for fact in with_plan(files, read_plan(PLAN)).seen("aws_sqs_queue")}


@pytest.mark.parametrize("part", [{"errored": True}, {"complete": False}])
def test_a_part_of_a_plan_may_hide_anything(tmp_path: Path, part: dict[str, bool]) -> None:
    with pytest.raises(NotKnown, match="plan"):
        read_plan(changed(tmp_path, **part)).of("aws_sqs_queue")


def test_a_module_that_refers_to_itself_ends(tmp_path: Path) -> None:
    document = json.loads(PLAN.read_text("utf-8"))
    call = document["configuration"]["root_module"]["module_calls"]["jobs"]
    call["expressions"]["topics"] = {"references": ["module.jobs.ring"]}
    call["module"]["outputs"]["ring"] = {"expression": {"references": ["var.topics", "module.jobs.ring"]}}
    alarm = one(read_plan(changed(tmp_path, **document)), "aws_cloudwatch_metric_alarm", "shop-mail-age")
    with pytest.raises(NotKnown, match="known only after apply"):
        alarm.get("alarm_actions")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "PK\x03\x04", '{"resource_changes": []}', "[" * 100_000, "\x00"]
)
def test_what_is_no_plan_is_refused_with_the_next_command(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        read_plan(path)
    assert refused.value.hint.startswith("terraform show -json")


@pytest.mark.parametrize(
    "wrong", [None, 7, "x", [], {}, {"root_module": 3}, {"root_module": {"resources": [None, 4]}}]
)
def test_a_plan_of_another_shape_never_crashes(tmp_path: Path, wrong: object) -> None:
    assert len(read_plan(changed(tmp_path, planned_values=wrong))) == 0
    read_plan(changed(tmp_path, configuration=wrong, resource_changes=wrong, variables=wrong))


@pytest.mark.parametrize(("asked", "gaps"), [("production", 1), ("staging", 0), ("stg", 0), ("", 0)])
def test_a_plan_of_another_environment_settles_nothing(asked: str, gaps: int, tmp_path: Path) -> None:
    path = changed(tmp_path, variables={"environment": {"value": "staging"}})
    found = [gap for gap in read_plan(path, asked).gaps if "the plan is for staging" in gap.what]
    assert len(found) == gaps
    assert all(gap.may_hide("aws_db_instance") for gap in found)
