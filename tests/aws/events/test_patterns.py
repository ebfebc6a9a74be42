"""EventBridge event patterns, templates and schedules, as data."""

from datetime import UTC, datetime

import pytest

from launchbook.local.planes.events import schedule, transform
from launchbook.local.planes.events.pattern import matches

EVENT = {
    "id": "e1",
    "detail-type": "ECS Task State Change",
    "source": "aws.ecs",
    "account": "123456789012",
    "time": "2026-01-02T03:04:05Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:ecs:eu-west-1:123456789012:task/shop/1"],
    "detail": {
        "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "cpu": 256,
        "spot": True,
        "group": None,
        "address": "10.0.1.7",
        "containers": [{"name": "api", "exitCode": 137}, {"name": "log", "exitCode": 0}],
    },
}


def d(**detail):
    return {"detail": detail}


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        {"source": ["aws.ecs"]},
        {"source": ["aws.rds", "aws.ecs"], "detail-type": ["ECS Task State Change"]},
        {"source": [{"prefix": "aws."}]},
        {"source": [{"prefix": {"equals-ignore-case": "AWS."}}]},
        {"source": [{"suffix": ".ecs"}]},
        {"source": [{"equals-ignore-case": "AWS.ECS"}]},
        {"source": [{"wildcard": "aws.*s"}]},
        {"resources": [{"wildcard": "arn:aws:ecs:*:task/shop/*"}]},
        {"source": [{"anything-but": "aws.rds"}]},
        {"source": [{"anything-but": ["aws.rds", "aws.sqs"]}]},
        {"source": [{"anything-but": {"prefix": "com."}}]},
        d(cpu=[{"numeric": ["=", 256]}]),
        d(cpu=[{"numeric": [">", 0, "<=", 256]}]),
        d(cpu=[256]),
        d(spot=[True]),
        d(group=[None]),
        d(stopCode=[{"exists": True}]),
        d(stoppedBy=[{"exists": False}]),
        d(containers={"exitCode": [137]}),
        d(containers={"exitCode": [{"anything-but": [1]}]}),
        d(address=[{"cidr": "10.0.0.0/16"}]),
        {"$or": [{"source": ["aws.rds"]}, d(cpu=[{"numeric": [">=", 256]}])]},
        d(**{"$or": [{"cpu": [1]}, {"lastStatus": ["STOPPED"]}]}),
    ],
)
def test_patterns_that_match(pattern):
    assert matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.rds"]},
        {"source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"]},
        {"source": [{"anything-but": ["aws.ecs"]}]},
        {"source": [{"anything-but": {"prefix": "aws."}}]},
        {"source": [{"prefix": "com."}]},
        d(cpu=[{"numeric": [">", 256]}]),
        d(cpu=["256"]),
        d(spot=[1]),
        d(lastStatus=[{"numeric": [">", 1]}]),
        d(stopCode=[{"exists": False}]),
        d(stoppedBy=[{"exists": True}]),
        d(stoppedBy=[{"anything-but": ["x"]}]),
        d(reason=["STOPPED"]),
        d(lastStatus={"nested": ["STOPPED"]}),
        {"detail": [{"exists": True}]},
        d(address=[{"cidr": "10.1.0.0/16"}]),
        {"$or": [{"source": ["aws.rds"]}, d(cpu=[1])]},
        {"source": [{"invented": "aws.ecs"}]},
        {"detail-type": "ECS Task State Change"},
    ],
)
def test_patterns_that_do_not_match(pattern):
    assert not matches(pattern, EVENT)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"Input": '{"fixed": 1}'}, '{"fixed": 1}'),
        ({"InputPath": "$.detail.containers[0].name"}, '"api"'),
        ({"InputPath": "$.detail.nothing"}, "null"),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"what": "$.detail.lastStatus", "cpu": "$.detail.cpu"},
                    "InputTemplate": '{"state": "<what>", "cpu": <cpu>, "again": <what>}',
                }
            },
            '{"state": "STOPPED", "cpu": 256, "again": "STOPPED"}',
        ),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"task": "$.resources[0]", "none": "$.detail.none"},
                    "InputTemplate": '"Task <task> stopped<none>, rule <aws.events.rule-name>"',
                }
            },
            '"Task arn:aws:ecs:eu-west-1:123456789012:task/shop/1 stopped, rule stops"',
        ),
    ],
)
def test_inputs(target, text):
    assert transform.payload(target, EVENT, "arn:rule", "stops") == text


def test_the_whole_event_can_go_into_a_template():
    filled = transform.payload(
        {"InputTransformer": {"InputTemplate": '{"event": <aws.events.event.json>}'}}, EVENT, "arn:rule", "r"
    )
    assert '"lastStatus": "STOPPED"' in filled


@pytest.mark.parametrize(
    ("expression", "after", "fires"),
    [
        ("rate(5 minutes)", "2026-01-01T10:00:30", "2026-01-01T10:05:30"),
        ("rate(1 day)", "2026-01-01T10:00:00", "2026-01-02T10:00:00"),
        ("cron(0 12 * * ? *)", "2026-01-01T12:00:00", "2026-01-02T12:00:00"),
        ("cron(0/15 * * * ? *)", "2026-01-01T10:16:00", "2026-01-01T10:30:00"),
        ("cron(30 8 ? * MON-FRI *)", "2026-01-02T09:00:00", "2026-01-05T08:30:00"),
        ("cron(0 0 L * ? *)", "2026-02-01T00:00:00", "2026-02-28T00:00:00"),
        ("cron(0 3 ? * 1 *)", "2026-01-01T00:00:00", "2026-01-04T03:00:00"),
        ("cron(0 3 ? * MON#2 *)", "2026-01-01T00:00:00", "2026-01-12T03:00:00"),
        ("cron(0 3 ? * 6L *)", "2026-01-01T00:00:00", "2026-01-30T03:00:00"),
        ("cron(0 0 1 JAN ? 2027)", "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        ("cron(0 0 1 1 ? 2020)", "2026-01-01T00:00:00", None),
        ("at(2026-05-01T10:00:00)", "2026-01-01T00:00:00", "2026-05-01T10:00:00"),
        ("at(2025-05-01T10:00:00)", "2026-01-01T00:00:00", None),
    ],
)
def test_schedules(expression, after, fires):
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    expected = fires and datetime.fromisoformat(fires).replace(tzinfo=UTC)
    assert schedule.next_after(expression, moment) == expected


@pytest.mark.parametrize("expression", ["", "rate(5 parsecs)", "cron(0 12 * * ?)", "cron(99 * * * ? *)"])
def test_what_is_no_schedule_is_refused(expression):
    with pytest.raises(ValueError):
        schedule.next_after(expression, datetime(2026, 1, 1, tzinfo=UTC))
