"""Schedules that cannot both be meant, told by documents or by two stories, and those that only look so."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchbook.repo.contradictions._rhythm import differs, seconds
from tests.unit.repo.test_contradictions import contradictions, sides


def rule(name: str, expression: str, more: str = "") -> str:
    return (
        f'resource "aws_cloudwatch_event_rule" "{name.replace("-", "_")}" {{\n'
        f'  name = "{name}"\n  schedule_expression = "{expression}"\n{more}}}\n'
    )


def cron_job(name: str, schedule: str, url: str, more: str = "") -> str:
    return (
        f"apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: {name}\nspec:\n{more}"
        f'  schedule: "{schedule}"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n'
        f"          containers:\n            - name: call\n              image: curlimages/curl\n"
        f'              args: ["curl", "{url}"]\n'
    )


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "README.md": "We take daily backups of it. Digest runs every 2 hours. "
                "The workers read `pronto-payments` and more.\n",
                "main.tf": rule("pronto-jobs-dev-nightly-schedule", "rate(1 day)")
                + rule("pronto-digest", "rate(2 hours)")
                + rule("pronto-payments", "rate(5 minutes)"),
            },
            id="each sentence for itself",
        ),
        pytest.param(
            {
                "README.md": "Pronto cleans its shelves every 2 hours.\n",
                "main.tf": "".join(
                    rule(f"pronto-{name}", "rate(1 day)") for name in ("report", "post", "mail")
                ),
            },
            id="the name of the product",
        ),
        pytest.param(
            {
                "README.md": "The digest runs every 2 hours and the report daily.\n",
                "main.tf": rule("digest", "rate(2 hours)") + rule("report", "rate(1 day)"),
            },
            id="two rhythms in one sentence",
        ),
        pytest.param(
            {"README.md": "The digest is sent weekly.\n", "main.tf": rule("digest", "cron(0 6 ? * MON *)")},
            id="a day of the week",
        ),
    ],
)
def test_schedules_that_no_document_contradicts(tmp_path: Path, files: dict[str, str]) -> None:
    assert contradictions(tmp_path, files, "schedule") == []


def test_a_document_contradicts_the_schedule_that_it_names(tmp_path: Path) -> None:
    files = {
        "README.md": "Backups are taken daily. The digest runs every hour. The queue is `pronto-mail`.\n",
        "main.tf": rule("pronto-digest", "rate(2 hours)") + rule("pronto-mail", "rate(5 minutes)"),
        "vercel.json": '{"crons": [{"path": "/api/digest", "schedule": "0 6 * * *"}]}\n',
    }
    assert {"main.tf:3 rate(2 hours)", "README.md:1 every hour"} in sides(
        contradictions(tmp_path, files, "schedule")
    )


ROUTE = "export async function GET() { return Response.json({}) }\n"
DESTINATION = """
resource "aws_cloudwatch_event_api_destination" "clean" {
  name                = "clean-route"
  invocation_endpoint = "https://shop.example/api/clean"
  http_method         = "GET"
}
resource "aws_cloudwatch_event_target" "clean" {
  rule = aws_cloudwatch_event_rule.tidy.name
  arn  = aws_cloudwatch_event_api_destination.clean.arn
}
"""


def hosted(schedule: str, path: str = "/api/clean") -> dict[str, str]:
    crons = f'{{"crons": [\n  {{"path": "{path}", "schedule": "{schedule}"}}\n]}}\n'
    return {"vercel.json": crons, "app/api/clean/route.ts": ROUTE, "package.json": '{"name": "shop"}\n'}


CLEAN = "https://shop.example/api/clean"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {**hosted("0 6 * * *"), "k8s/jobs.yaml": cron_job("sweep", "*/15 * * * *", CLEAN)},
            {"vercel.json:2 0 6 * * *", "k8s/jobs.yaml:6 */15 * * * *"},
            id="a hosted cron and a job call one route",
        ),
        pytest.param(
            {**hosted("0 6 * * *"), "k8s/jobs.yaml": cron_job("sweep", "0 7 * * *", CLEAN)},
            {"vercel.json:2 0 6 * * *", "k8s/jobs.yaml:6 0 7 * * *"},
            id="as often, at another hour",
        ),
        pytest.param(
            {**hosted("*/5 * * * *"), "main.tf": rule("tidy", "rate(1 hour)") + DESTINATION},
            {"vercel.json:2 */5 * * * *", "main.tf:3 rate(1 hour)"},
            id="a rule through an API destination",
        ),
        pytest.param(
            {
                "k8s/jobs.yaml": cron_job("clean", "*/5 * * * *", "https://elsewhere.example/x"),
                "main.tf": "".join(rule(f"shop-{name}", "rate(1 hour)") for name in ("clean", "a", "b")),
            },
            {"k8s/jobs.yaml:6 */5 * * * *", "main.tf:3 rate(1 hour)"},
            id="one name but for the product's",
        ),
    ],
)
def test_stories_that_disagree_on_a_schedule(
    tmp_path: Path, files: dict[str, str], expected: set[str]
) -> None:
    assert sides(contradictions(tmp_path, files, "schedule")) == [expected]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {**hosted("*/15 * * * *"), "k8s/jobs.yaml": cron_job("sweep", "0/15 * * * *", CLEAN)}, id="agree"
        ),
        pytest.param(
            {
                **hosted("0 6 * * *", "/api/clean?all=1"),
                "k8s/jobs.yaml": cron_job("sweep", "*/15 * * * *", CLEAN),
            },
            id="with other arguments",
        ),
        pytest.param(
            {
                **hosted("0 6 * * *"),
                "k8s/jobs.yaml": cron_job("sweep", "*/15 * * * *", CLEAN, more="  suspend: true\n"),
            },
            id="a job that is suspended",
        ),
        pytest.param(
            {**hosted("0 6 * * *"), "k8s/dev/jobs.yaml": cron_job("sweep", "*/15 * * * *", CLEAN)},
            id="the job is of development",
        ),
        pytest.param(
            {
                "k8s/jobs.yaml": cron_job("report", "*/5 * * * *", "https://elsewhere.example/x"),
                "main.tf": rule("sales-report", "rate(1 hour)") + rule("tidy", "rate(1 hour)"),
            },
            id="another report",
        ),
        pytest.param(
            {
                "k8s/jobs.yaml": cron_job("sweep", "*/5 * * * *", "https://elsewhere.example/api/clean"),
                "main.tf": rule("tidy", "rate(1 hour)") + DESTINATION,
            },
            id="another host, and no route of ours",
        ),
    ],
)
def test_schedules_that_do_not_stand_against_each_other(tmp_path: Path, files: dict[str, str]) -> None:
    assert contradictions(tmp_path, files, "schedule") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(5 minutes)", 300),
        ("every hour", 3600),
        ("weekly", 604_800),
        ("*/15 * * * *", 900),
        ("0 6 * * *", 86_400),
        ("0 */2 * * *", 7200),
        ("cron(0 6 ? * MON *)", 604_800),
        ("0 6 * * 1-5", 0),
        ("0 6 1 * *", 0),
        ("sometimes", 0),
    ],
)
def test_a_rhythm_in_seconds(text: str, expected: int) -> None:
    assert seconds(text) == expected


def test_rhythms_of_one_length_differ_by_their_hour_only_when_both_name_it() -> None:
    assert differs("0 6 * * *", "cron(0 7 * * ? *)")
    assert not differs("0 6 * * *", "cron(0 6 * * ? *)")
    assert not differs("0 6 * * *", "rate(1 day)")


WORKFLOW = """on:
  schedule:
{schedules}jobs:
  call:
    runs-on: ubuntu-latest
    steps:
      - run: curl https://shop.example.com/api/cron/sync
"""


def workflow(*schedules: str) -> str:
    return WORKFLOW.format(schedules="".join(f'    - cron: "{one}"\n' for one in schedules))


def test_a_scheduled_workflow_disagrees_with_what_else_calls_its_route(tmp_path: Path) -> None:
    files = {
        "app/api/cron/sync/route.ts": ROUTE,
        "vercel.json": '{"crons": [{"path": "/api/cron/sync", "schedule": "*/5 * * * *"}]}\n',
        ".github/workflows/cron.yml": workflow("*/30 * * * *"),
        "jobs.js": "const cron = require('node-cron');\n"
        "cron.schedule('0 * * * *', () => fetch('https://shop.example.com/api/cron/sync'));\n",
    }
    (found,) = sides(contradictions(tmp_path, files, "schedule"))
    assert found == {
        "vercel.json:1 */5 * * * *",
        ".github/workflows/cron.yml:3 */30 * * * *",
        "jobs.js:2 0 * * * *",
    }


def test_a_workflow_with_several_times_agrees_with_any_of_them(tmp_path: Path) -> None:
    files = {
        "app/api/cron/sync/route.ts": ROUTE,
        "vercel.json": '{"crons": [{"path": "/api/cron/sync", "schedule": "*/5 * * * *"}]}\n',
        ".github/workflows/cron.yml": workflow("*/30 * * * *", "*/5 * * * *"),
    }
    assert contradictions(tmp_path, files, "schedule") == []
