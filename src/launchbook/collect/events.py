"""EventBridge rules and their targets; schedules."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import document


@collector(
    "aws_cloudwatch_event_rule",
    Call(
        "events",
        "ListRules",
        each="Rules",
        take={
            "arn": "Arn",
            "name": "Name",
            "state": "State",
            "schedule_expression": "ScheduleExpression",
            "description": "Description",
            "event_bus_name": "EventBusName",
        },
        keep=["EventPattern"],
    ),
)
def event_rules(row: Row) -> Seen:
    """A rule of the default bus and what it filters on."""
    pattern = {"event_pattern": document(row.get("ListRules", "EventPattern"))}
    return row.seen(id="arn", name="name", ListRules=pattern)


@collector(
    "aws_cloudwatch_event_target",
    Call("events", "ListRules", each="Rules", keep=["Name"]),
    Call(
        "events",
        "ListTargetsByRule",
        always=["Arn"],
        each="Targets",
        given={"Rule": "$ListRules.Name"},
        take={
            "target_id": "Id",
            "arn": "Arn",
            "role_arn": "RoleArn",
            "dead_letter_arn": "DeadLetterConfig.Arn",
        },
    ),
)
def event_targets(row: Row) -> Seen:
    """A target, the role it is called with and where undelivered events go."""
    rule = str(row.get("ListRules", "Name"))
    seen = row.seen(id="none", name="target_id", ListTargetsByRule={"rule": rule})
    return Seen(f"{rule}/{seen.name}", seen.name, seen.attributes)


@collector(
    "aws_scheduler_schedule",
    Call(
        "scheduler",
        "ListSchedules",
        each="Schedules",
        take={
            "arn": "Arn",
            "name": "Name",
            "group_name": "GroupName",
            "state": "State",
            "target_arn": "Target.Arn",
        },
    ),
)
def schedules(row: Row) -> Seen:
    """An EventBridge schedule."""
    return row.seen(id="arn", name="name")
