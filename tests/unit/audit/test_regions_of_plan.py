"""Which regions an audit asks when a plan is all that names one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from launchbook.account import regions_of
from launchbook.repo.plan import read_plan


def plan(folder: Path, providers: dict[str, Any], resources: dict[str, str], **variables: str) -> Path:
    """A plan of queues: each name with the provider that it is made through."""
    document = {
        "variables": {name: {"value": value} for name, value in variables.items()},
        "planned_values": {
            "root_module": {
                "resources": [
                    {"address": f"aws_sqs_queue.{name}", "mode": "managed", "type": "aws_sqs_queue", "name": name,
                     "values": {"name": name}}
                    for name in resources
                ]
            }
        },
        "configuration": {
            "provider_config": providers,
            "root_module": {
                "resources": [
                    {"address": f"aws_sqs_queue.{name}", "type": "aws_sqs_queue", "name": name,
                     "provider_config_key": provider, "expressions": {}}
                    for name, provider in resources.items()
                ]
            },
        },
    }  # fmt: skip
    path = folder / "plan.json"
    path.write_text(json.dumps(document))
    return path


def provider(region: dict[str, Any]) -> dict[str, Any]:
    return {"name": "aws", "expressions": {"region": region}}


def test_the_regions_of_a_plan_s_providers_are_asked_the_most_used_first(tmp_path: Path) -> None:
    providers = {
        "aws": provider({"references": ["var.region"]}),
        "aws.edge": provider({"constant_value": "us-east-1"}),
    }
    found = read_plan(
        plan(tmp_path, providers, {"a": "aws", "b": "aws", "c": "aws.edge"}, region="eu-central-1")
    )
    assert regions_of(found) == ["eu-central-1", "us-east-1"]


def test_a_plan_that_takes_its_region_from_the_environment_names_none(tmp_path: Path) -> None:
    assert regions_of(read_plan(plan(tmp_path, {"aws": {"name": "aws"}}, {"a": "aws"}))) == []
