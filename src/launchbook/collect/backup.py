"""AWS Backup: plans, and what they select."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector

PLANS = Call("backup", "ListBackupPlans", each="BackupPlansList", keep=["BackupPlanId", "BackupPlanArn"])


@collector(
    "aws_backup_plan",
    Call(
        "backup",
        "ListBackupPlans",
        each="BackupPlansList",
        take={"arn": "BackupPlanArn", "id": "BackupPlanId", "name": "BackupPlanName"},
    ),
    Call(
        "backup",
        "GetBackupPlan",
        given={"BackupPlanId": "$ListBackupPlans.BackupPlanId"},
        take={
            "schedules": "BackupPlan.Rules[].ScheduleExpression",
            "delete_after": "BackupPlan.Rules[].Lifecycle.DeleteAfterDays",
        },
    ),
)
def backup_plans(row: Row) -> Seen:
    """A plan: how often it copies, and how long it keeps."""
    return row.seen(id="arn", name="name")


@collector(
    "aws_backup_selection",
    PLANS,
    Call(
        "backup",
        "ListBackupSelections",
        each="BackupSelectionsList",
        given={"BackupPlanId": "$ListBackupPlans.BackupPlanId"},
        take={"id": "SelectionId", "name": "SelectionName"},
    ),
    Call(
        "backup",
        "GetBackupSelection",
        given={
            "BackupPlanId": "$ListBackupPlans.BackupPlanId",
            "SelectionId": "$ListBackupSelections.SelectionId",
        },
        take={
            "iam_role_arn": "BackupSelection.IamRoleArn",
            "resources": "BackupSelection.Resources",
            "not_resources": "BackupSelection.NotResources",
            "tag_keys": "BackupSelection.ListOfTags[].ConditionKey",
            "equals_keys": "BackupSelection.Conditions.StringEquals[].ConditionKey",
            "not_equals_keys": "BackupSelection.Conditions.StringNotEquals[].ConditionKey",
            "like_keys": "BackupSelection.Conditions.StringLike[].ConditionKey",
            "not_like_keys": "BackupSelection.Conditions.StringNotLike[].ConditionKey",
        },
    ),
)
def backup_selections(row: Row) -> Seen:
    """What a plan covers."""
    plan = row.get("ListBackupPlans", "BackupPlanArn")
    return row.seen(id="id", name="name", ListBackupSelections={"plan_id": plan})
