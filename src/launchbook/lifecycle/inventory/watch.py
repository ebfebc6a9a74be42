"""What carries messages and what watches: queues, topics, rules, logs, alarms, dashboards, budgets."""

from __future__ import annotations

from launchbook.lifecycle.inventory.declare import Listing, Values, called, gigabytes, listing
from launchbook.model import Value


def _managed(row: Values) -> str:
    return f"made by {row['managed_by']}" if row.get("managed_by") else ""


def _of_bus(row: Values) -> dict[str, Value]:
    """Its id as Terraform writes it: two buses may have rules of one name."""
    return {"id": row["id"] if row.get("bus") in (None, "default") else f"{row['bus']}/{row['id']}"}


LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_sqs_queue",
        called("sqs", "ListQueues", "QueueUrls", may_be_empty=True, id=""),
        called(
            "sqs", "GetQueueAttributes",
            given={"QueueUrl": "$ListQueues", "AttributeNames": ["QueueArn", "CreatedTimestamp"]},
            arn="Attributes.QueueArn", created="Attributes.CreatedTimestamp",
        ),
        shape=lambda row: {"name": str(row["id"]).rsplit("/", 1)[-1]},
        tags=called("sqs", "ListQueueTags", given={"QueueUrl": "$id"}, tags="Tags*"),
    ),
    listing(
        "aws_sns_topic",
        called("sns", "ListTopics", "Topics", id="TopicArn", arn="TopicArn"),
        shape=lambda row: {"name": str(row["id"]).rsplit(":", 1)[-1]},
        tags=called("sns", "ListTagsForResource", given={"ResourceArn": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_cloudwatch_event_rule",
        called("events", "ListEventBuses", "EventBuses", bus="Name"),
        called(
            "events", "ListRules", "Rules", given={"EventBusName": "$ListEventBuses.Name"}, id="Name", name="Name",
            arn="Arn", managed_by="ManagedBy", none_codes=("ResourceNotFoundException",),
        ),
        of_aws=_managed,
        shape=_of_bus,
        tags=called("events", "ListTagsForResource", given={"ResourceARN": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_cloudwatch_event_bus",
        called("events", "ListEventBuses", "EventBuses", id="Name", name="Name", arn="Arn"),
        of_aws=lambda row: "the account's own" if row["id"] == "default" else "",
    ),
    listing(
        "aws_scheduler_schedule",
        called(
            "scheduler", "ListSchedules", "Schedules", id="Name", name="Name", arn="Arn", group="GroupName",
            created="CreationDate",
        ),
        shape=lambda row: {"id": f"{row.get('group') or 'default'}/{row['id']}"},
    ),
    listing(
        "aws_scheduler_schedule_group",
        called("scheduler", "ListScheduleGroups", "ScheduleGroups", id="Name", name="Name", arn="Arn"),
        of_aws=lambda row: "the account's own" if row["id"] == "default" else "",
    ),
    listing(
        "aws_cloudwatch_log_group",
        called(
            "logs", "DescribeLogGroups", "logGroups", id="logGroupName", name="logGroupName", arn="arn",
            created="creationTime", bytes="storedBytes",
        ),
        shape=gigabytes("bytes"),
        tags=called("logs", "ListTagsLogGroup", given={"logGroupName": "$id"}, tags="tags*"),
    ),
    listing(
        "aws_cloudwatch_log_resource_policy",
        called("logs", "DescribeResourcePolicies", "resourcePolicies", id="policyName", name="policyName"),
    ),
    listing(
        "aws_cloudwatch_metric_alarm",
        called(
            "cloudwatch", "DescribeAlarms", "MetricAlarms", given={"AlarmTypes": ["MetricAlarm"]},
            id="AlarmName", name="AlarmName", arn="AlarmArn", period="Period",
        ),
        tags=called("cloudwatch", "ListTagsForResource", given={"ResourceARN": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_cloudwatch_composite_alarm",
        called(
            "cloudwatch", "DescribeAlarms", "CompositeAlarms", given={"AlarmTypes": ["CompositeAlarm"]},
            id="AlarmName", name="AlarmName", arn="AlarmArn",
        ),
        tags=called("cloudwatch", "ListTagsForResource", given={"ResourceARN": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_cloudwatch_dashboard",
        called(
            "cloudwatch", "ListDashboards", "DashboardEntries", id="DashboardName", name="DashboardName",
            arn="DashboardArn",
        ),
    ),
    listing(
        "aws_budgets_budget",
        called("sts", "GetCallerIdentity", account="Account"),
        called(
            "budgets", "DescribeBudgets", "Budgets", given={"AccountId": "$GetCallerIdentity.Account"},
            id="BudgetName", name="BudgetName", may_be_empty=True,
        ),
        scope="global",
    ),
    listing(
        "aws_service_discovery_private_dns_namespace",
        called("servicediscovery", "ListNamespaces", "Namespaces", id="Id", name="Name", arn="Arn", kind="Type"),
    ),
)  # fmt: skip
