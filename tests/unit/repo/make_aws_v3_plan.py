"""Make ``aws_v3_plan.json`` anew, after a change to ``infra/aws-v3``: it is what Terraform itself plans for it.

    python -m tests.unit.repo.make_aws_v3_plan     # needs terraform; a quarter of a minute

Plans the bootstrap, the stack as it stands, and the stack with :data:`READY`, each from nothing on an embedded AWS, and
keeps of ``terraform show -json`` the plain values of each planned resource that checks ask for, and every reference
from one resource to another that the configuration makes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from launchbook.local import control
from launchbook.local.run import Options
from tests.aws.stacks.cycle import environment
from tests.support.terraform import Terraform

INFRA = Path(__file__).parents[3] / "infra/aws-v3"
PLANS = Path(__file__).with_name("aws_v3_plan.json")
REGION = "eu-west-1"
#: The variables of the ready posture; the pager's address is a secret, and only that there is one can be told.
READY = """posture = "ready"
certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
public_name = "orders.example"
alarm_email = "ops@orders.example"
pager_url = "https://pager.orders.example/alarms"
github_repository = "orders/platform"
"""
NAMES = (
    *("name", "bucket", "identifier", "alarm_name", "namespace", "metric_name", "dimensions", "statistic"),
    *("comparison_operator", "evaluation_periods", "period", "threshold"),
    *("retention_in_days", "desired_count", "visibility_timeout_seconds"),
)
Plan = dict[str, Any]


def main() -> int:
    """Plan all three and write the file."""
    started = control.start(Options(port=0))
    try:
        with tempfile.TemporaryDirectory(prefix="aws-v3-plan-") as folder:
            surroundings = environment(started, REGION)
            plans = {
                "bootstrap": kept(planned(INFRA / "bootstrap", Path(folder) / "bootstrap", surroundings)),
                "default": kept(planned(INFRA / "stack", Path(folder) / "default", surroundings)),
                "ready": kept(planned(INFRA / "stack", Path(folder) / "ready", surroundings, READY)),
            }
    finally:
        control.stop(started)
    PLANS.write_text(_written(plans), encoding="utf-8")
    return 0


def planned(source: Path, folder: Path, surroundings: dict[str, str], variables: str = "") -> Plan:
    """The plan of a root module, from nothing and with these variables."""
    folder.mkdir()
    (folder / "here_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
    (folder / "here.auto.tfvars").write_text(variables, encoding="utf-8")
    terraform = Terraform.of(source, folder, surroundings)
    terraform.run("plan", "-input=false", "-out=all.tfplan")
    plan: Plan = json.loads(terraform.run("show", "-json", "all.tfplan"))
    return plan


def kept(plan: Plan) -> Plan:
    """What the tests compare: each resource's plain values by its address, and each reference."""
    resources = {
        one["address"]: _plain(one.get("values", {}), one.get("sensitive_values", {}))
        for one in plan["planned_values"]["root_module"]["resources"]
        if one["mode"] == "managed"
    }
    declared = [one for one in plan["configuration"]["root_module"]["resources"] if one["mode"] == "managed"]
    known = {one["address"] for one in declared}
    references = {
        (one["address"], name, target)
        for one in declared
        for name, expression in one.get("expressions", {}).items()
        for target in _named(expression)
        if target in known
    }
    return {"resources": dict(sorted(resources.items())), "references": sorted(references)}


def _plain(values: Plan, secret: Plan) -> Plan:
    found = {name: values.get(name) for name in NAMES if secret.get(name) is not True}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _named(expression: Any) -> Iterator[str]:
    """The resources that an expression names, however deep."""
    if isinstance(expression, list):
        for one in expression:
            yield from _named(one)
    elif isinstance(expression, dict):
        for name, value in expression.items():
            if name == "references":
                yield from (".".join(one.split("[")[0].split(".")[:2]) for one in value)
            else:
                yield from _named(value)


def _written(plans: dict[str, Plan]) -> str:
    """As JSON, with a line for each resource and each reference."""
    parts = []
    for name, plan in plans.items():
        resources = ",\n".join(
            f"  {json.dumps(key)}: {json.dumps(value, sort_keys=True)}"
            for key, value in plan["resources"].items()
        )
        references = ",\n".join(f"  {json.dumps(one)}" for one in plan["references"])
        parts.append(
            f'"{name}": {{\n "resources": {{\n{resources}\n }},\n "references": [\n{references}\n ]\n}}'
        )
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
