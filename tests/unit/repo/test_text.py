"""The report as a person reads it in a hurry: each thing once, in words, with nothing cut in two and nothing untrue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launchbook.repo import discover
from launchbook.repo.as_text import as_text
from launchbook.repo.picture import number_of

ROOT = Path(__file__).parents[3]
EXAMPLES = [
    ROOT / "examples/huntaze",
    ROOT / "examples/huntaze-ready",
    ROOT / "infra/aws-v3",
    *sorted((ROOT / "examples/small").iterdir()),
]


def written(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return as_text(discover(str(root)))


def test_a_module_from_elsewhere_is_told_once_with_its_environments(tmp_path: Path) -> None:
    call = 'module "network" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
    text = written(tmp_path, {f"envs/{name}/main.tf": call for name in ("dev", "prod", "staging")})
    (line,) = [line for line in text.splitlines() if "terraform-aws-modules/vpc/aws" in line]
    assert "envs/dev/main.tf:1, envs/prod/main.tf:1, envs/staging/main.tf:1" in line
    assert "(development, production, staging)" in line


def test_what_every_caller_of_a_module_cannot_read_is_one_gap(tmp_path: Path) -> None:
    call = 'module "app" {\n  source = "../../modules/app"\n}\n'
    inner = 'module "odd" {\n  source = "acme/odd/aws"\n}\nresource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n'
    files = {f"envs/{name}/main.tf": call for name in ("dev", "prod")} | {"modules/app/main.tf": inner}
    text = written(tmp_path, files)
    assert "1 place that could not be read" in text
    assert text.count("module acme/odd/aws") == 1
    assert text.count("sqs queue              jobs") == 1
    assert "(2 times, made by envs/dev, envs/prod)" in text


def test_a_subscription_that_is_not_made_tells_nobody(tmp_path: Path) -> None:
    topic = 'resource "aws_sns_topic" "alarms" {\n  name = "alarms"\n}\n'
    mail = (
        'variable "mail" {\n  default = ""\n}\nresource "aws_sns_topic_subscription" "mail" {\n'
        '  count = var.mail == "" ? 0 : 1\n  topic_arn = aws_sns_topic.alarms.arn\n  protocol = "email"\n'
        "  endpoint = var.mail\n}\n"
    )
    text = written(tmp_path, {"main.tf": topic + mail})
    assert "sns topic              alarms  main.tf:1" in text


def test_a_state_without_its_source_says_so(tmp_path: Path) -> None:
    state = '{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "a", "outputs": {}, "resources": []}'
    queue = 'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n'
    files = {"ghost/terraform.tfstate": state, "live/terraform.tfstate": state, "live/main.tf": queue}
    (gone,) = [line for line in written(tmp_path, files).splitlines() if "its source is gone" in line]
    assert "ghost/terraform.tfstate [state]" in gone


def test_every_side_of_a_contradiction_is_shown(tmp_path: Path) -> None:
    many = {
        f"scripts/deploy-{n}.sh": f"aws sqs create-queue --region eu-west-1 --queue-name q{n}\n"
        for n in range(15)
    }
    text = written(tmp_path, many | {"z.sh": "aws sqs create-queue --region us-east-2 --queue-name z\n"})
    assert "the files name 2 regions: eu-west-1 in 15 places, us-east-2 in 1 place" in text
    assert "    us-east-2  z.sh:1" in text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_no_line_is_printed_twice(example: Path) -> None:
    lines = [line for line in as_text(discover(str(example))).splitlines() if line.strip()]
    sections = "\n".join(lines).split("\nContradictions")[0].splitlines()  # the ends of two may be one place
    assert sorted({line for line in sections if sections.count(line) > 1}) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_no_line_leads_to_nothing(example: Path) -> None:
    text = as_text(discover(str(example)), everything=True)
    assert not re.search(r"→ *$|;  | {2}\(not in these files\)|\b1 \w+s that\b", text, re.M)


@pytest.mark.parametrize(
    ("count", "noun", "told"),
    [
        (1, "sqs queue", "1 sqs queue"),
        (2, "sqs queue", "2 sqs queues"),
        (2, "iam policy", "2 iam policies"),
        (2, "internet gateway", "2 internet gateways"),
        (2, "efs access", "2 efs access"),
        (3, "health check", "3 health checks"),
    ],
)
def test_numbers_take_the_plural(count: int, noun: str, told: str) -> None:
    assert number_of(count, noun) == told


def test_resources_beyond_every_tier_are_counted(tmp_path: Path) -> None:
    """Whatever a provider has: nothing that is declared is left out of the report."""
    hcl = 'resource "datadog_monitor" "cpu" {\n  name = "cpu"\n}\nresource "aws_cur_report_definition" "bill" {}\n'
    text = written(tmp_path, {"main.tf": hcl})
    assert "other: 1 datadog monitor, 1 cur report definition" in text


def test_a_repository_of_examples_alone_says_so(tmp_path: Path) -> None:
    text = written(tmp_path, {"examples/basic/main.tf": 'resource "aws_sqs_queue" "jobs" {}\n'})
    assert "nothing deploys to AWS but in documentation, examples and tests" in text.splitlines()[0]


def test_pages_alone_disagree_about_no_region(tmp_path: Path) -> None:
    pages = {"README.md": "It runs in eu-west-1.\n", "docs/old.md": "It runs in us-east-1.\n"}
    assert "Contradictions" not in written(tmp_path, pages)
    listed = {"docs/all.md": "eu-west-1, us-east-1 and ap-south-1 are supported.\n"}
    listed |= {"CHANGELOG.md": "- fixed in us-west-2\n"}
    hcl = {"main.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\nresource "aws_sqs_queue" "jobs" {}\n'}
    assert "Contradictions" not in written(
        tmp_path, {**listed, **hcl, "docs/old.md": "eu-west-1\n", "README.md": ""}
    )


def test_a_function_that_deletes_objects_is_no_deploy_script(tmp_path: Path) -> None:
    code = 'import { DeleteObjectCommand } from "@aws-sdk/client-s3";\nexport async function handler() {\n'
    code += "  await client.send(new DeleteObjectCommand({}));\n}\n"
    said = 'console.log("run serverless deploy first");\n'
    text = written(
        tmp_path, {"deploy/fn/delete.ts": code, "bin/help.js": said, "bin/serverless.js": "require('./x');\n"}
    )
    assert "What deploys" not in text


def test_a_workflow_that_only_checks_deploys_nothing(tmp_path: Path) -> None:
    lint = "name: lint\non: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ruff check\n"
    ship = lint.replace("lint", "ship").replace("ruff check", "terraform apply -auto-approve")
    text = written(tmp_path, {".github/workflows/lint.yml": lint, ".github/workflows/ship.yml": ship})
    assert "GitHub workflow  .github/workflows/ship.yml" in text
    assert "lint.yml" not in text


def test_terraform_for_clusters_is_one_story(tmp_path: Path) -> None:
    hcl = 'resource "kubernetes_deployment" "web" {\n  metadata {\n    name = "web"\n  }\n}\n'
    text = written(tmp_path, {"live/shop/main.tf": hcl})
    assert "Terraform        live/shop  1 deployment" in text
    assert "\n  Kubernetes " not in text
    assert "environments:" not in text  # ``live`` holds all that runs


def test_a_text_that_speaks_of_backups_promises_none(tmp_path: Path) -> None:
    check = '{"id": "backup_plans_exist", "risk": "no retention, no schedule"}'
    plan = "retention_days: 35\n"
    text = written(tmp_path, {"checks/backup_plans.json": check, "ops/backup.yaml": plan})
    assert "ops/backup.yaml" in text
    assert "checks/backup_plans.json" not in text


def test_a_region_that_only_a_pipeline_names_is_in_the_first_lines(tmp_path: Path) -> None:
    flow = "on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n"
    flow += "      - uses: aws-actions/configure-aws-credentials@v4\n"
    flow += "        with:\n          role-to-assume: arn:aws:iam::123456789012:role/ship\n"
    flow += "          aws-region: eu-west-2\n"
    text = written(tmp_path, {".github/workflows/ship.yml": flow})
    assert "regions: eu-west-2 (by a pipeline or script)" in text


def test_a_template_that_a_script_deploys_and_nobody_keeps_is_told(tmp_path: Path) -> None:
    script = (
        "#!/bin/sh\naws cloudformation package --template-file stack.yaml --output-template-file made.yaml\n"
    )
    script += "aws cloudformation deploy --template-file made.yaml --stack-name shop\n"
    script += "aws cloudformation deploy \\\n  --template-file infra/lost.yaml --stack-name lost\n"
    stack = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n"
    text = written(tmp_path, {"deploy.sh": script, "stack.yaml": stack})
    assert "deploy.sh:5  the template infra/lost.yaml that this deploys is not in the repository" in text
    assert "made.yaml" not in text


def test_an_alarm_whose_topic_no_file_gives_says_so(tmp_path: Path) -> None:
    alarm = 'resource "aws_cloudwatch_metric_alarm" "depth" {\n  alarm_actions = [var.topic_arn]\n}\n'
    text = written(tmp_path, {"main.tf": 'variable "topic_arn" {}\n' + alarm})
    assert "depth → tells topic_arn (not known)" in text


def test_a_cron_with_another_method_than_its_route_is_told_with_its_own(tmp_path: Path) -> None:
    cron = """apiVersion: batch/v1
kind: CronJob
metadata: {name: digest}
spec:
  schedule: "0 4 * * *"
  jobTemplate: {spec: {template: {spec: {containers: [
    {name: call, image: curl, command: [curl, -X, POST, "https://shop.example.org/api/digest"]}]}}}}
"""
    route = "export async function GET() { return Response.json({}) }\n"
    text = written(tmp_path, {"k8s/cron.yaml": cron, "app/api/digest/route.ts": route})
    assert "digest → calls POST /api/digest (the route takes GET)" in text


def test_a_path_that_no_route_answers_may_be_rewritten_where_rewrites_are_computed(tmp_path: Path) -> None:
    files = {
        "next.config.js": "module.exports = { async rewrites() { return require('./list').all(); } };\n",
        "vercel.json": '{"crons": [{"path": "/api/nightly", "schedule": "0 2 * * *"}]}\n',
    }
    text = written(tmp_path, files)
    assert "/api/nightly (no route here; rewrites that are computed may answer it)" in text
    assert "(not in these files)" not in text
