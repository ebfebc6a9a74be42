"""Topics, queues, rules and their targets, alarms, log groups, mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from launchbook.model import Fact
from tests.support.estate.builder import ACCOUNT, Estate, document, maker, only


@maker("aws_sns_topic")
def topic(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("sns", region).create_topic(Name=given["name"])["TopicArn"]
    return {"id": made, "arn": made}


@maker("aws_sns_topic_policy")
def topic_policy(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    for arn in given["arn"] if isinstance(given["arn"], list) else [given["arn"]]:
        estate.client("sns", region).set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=document(given["policy"])
        )
    return {}


@maker("aws_sns_topic_subscription")
def subscription(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    # The embedded AWS sends no mail and reaches no host but this one: the readers are on loopback.
    readers = estate.parameters.get("readers", "")
    protocol, endpoint = given["protocol"], given["endpoint"]
    if readers and protocol in ("https", "email"):
        protocol, endpoint = "http", f"{readers}/{protocol}/{given['topic_arn']}"
    estate.client("sns", region).subscribe(
        TopicArn=given["topic_arn"], Protocol=protocol, Endpoint=endpoint or "ops@huntaze.example"
    )
    return {}


@maker("aws_sqs_queue")
def queue(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    attributes = only(
        VisibilityTimeout=given.get("visibility_timeout_seconds"),
        MessageRetentionPeriod=given.get("message_retention_seconds"),
        SqsManagedSseEnabled=given.get("sqs_managed_sse_enabled"),
    )
    made = estate.client("sqs", region).create_queue(
        QueueName=given["name"], Attributes={key: str(value).lower() for key, value in attributes.items()}
    )["QueueUrl"]
    arn = f"arn:aws:sqs:{region}:{ACCOUNT}:{given['name']}"
    return {"id": made, "url": made, "arn": arn, "name": given["name"], "queue_name": given["name"]}


def redrives(estate: Estate) -> None:
    """Where each queue's dead letters go, once every queue is there."""
    for fact in estate.facts.seen("aws_sqs_queue"):
        policy, held = fact.attributes.get("redrive_policy"), estate.made.get(fact.id)
        if policy and held:
            _redrive(
                estate, held["url"], estate.value(policy, estate.region_of(fact)), estate.region_of(fact)
            )
    for kind, name in (
        ("aws_sqs_queue_policy", "Policy"),
        ("aws_sqs_queue_redrive_allow_policy", "RedriveAllowPolicy"),
    ):
        for fact in estate.facts.seen(kind):
            region = estate.region_of(fact)
            given = estate.value(dict(fact.attributes), region)
            estate.client("sqs", region).set_queue_attributes(
                QueueUrl=given["queue_url"], Attributes={name: document(given[_ATTRIBUTE[name]])}
            )


def _redrive(estate: Estate, url: str, policy: dict[str, Any], region: str) -> None:
    """Set a redrive policy; where its target is planted as missing, the queue is made first and lost afterwards."""
    sqs, name = estate.client("sqs", region), policy["deadLetterTargetArn"].rpartition(":")[2]
    lost = not any(held.get("queue_name") == name for held in estate.made.values())
    target = sqs.create_queue(QueueName=name)["QueueUrl"] if lost else ""
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    if lost:
        sqs.delete_queue(QueueUrl=target)


_ATTRIBUTE = {"Policy": "policy", "RedriveAllowPolicy": "redrive_allow_policy"}


@maker("aws_cloudwatch_log_group")
def log_group(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any] | None:
    if not given.get("name"):
        return None  # named after an application that is made later
    logs = estate.client("logs", region)
    logs.create_log_group(logGroupName=given["name"])
    if given.get("retention_in_days"):
        logs.put_retention_policy(logGroupName=given["name"], retentionInDays=given["retention_in_days"])
    return {"id": given["name"], "name": given["name"]}


@maker("aws_cloudwatch_log_metric_filter")
def metric_filter(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = given["metric_transformation"][0]
    transformation = {"metricName": made["name"], "metricNamespace": made["namespace"]}
    estate.client("logs", region).put_metric_filter(
        filterName=given["name"],
        logGroupName=given["log_group_name"],
        filterPattern=given["pattern"],
        metricTransformations=[{**transformation, "metricValue": made["value"]}],
    )
    return {}


@maker("aws_cloudwatch_event_rule")
def rule(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    return {"id": given["name"], "name": given["name"], "arn": _rule_arn(given["name"], region)}


def _rule_arn(name: str, region: str) -> str:
    return f"arn:aws:events:{region}:{ACCOUNT}:rule/{name}"


def rules(estate: Estate) -> None:
    """The rules, once what they filter on is there, and their targets."""
    for fact in estate.facts.seen("aws_cloudwatch_event_rule"):
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        pattern = given.get("event_pattern")
        estate.client("events", region).put_rule(
            Name=given["name"],
            **only(
                ScheduleExpression=given.get("schedule_expression"),
                EventPattern=pattern and document(pattern),
            ),
        )
    for number, fact in enumerate(estate.facts.seen("aws_cloudwatch_event_target")):
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        dead = given.get("dead_letter_config") or [{}]
        target = only(Arn=given["arn"], RoleArn=given.get("role_arn"), DeadLetterConfig=_arn(dead[0]))
        estate.client("events", region).put_targets(
            Rule=given["rule"], Targets=[{"Id": given.get("target_id") or f"t{number}", **target}]
        )


def _arn(given: dict[str, Any]) -> dict[str, Any]:
    return {"Arn": given["arn"]} if given.get("arn") else {}


@maker("aws_cloudwatch_event_connection")
def connection(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("events", region).create_connection(
        Name=given["name"],
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-cron-secret", "ApiKeyValue": "value"}},
    )
    return {"id": made["ConnectionArn"], "arn": made["ConnectionArn"]}


@maker("aws_cloudwatch_event_api_destination")
def destination(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    # Out of reach it would fill the dead-letter queue as soon as its schedule is due, and the alarm on that would ring.
    readers = estate.parameters.get("readers", "")
    made = estate.client("events", region).create_api_destination(
        Name=given["name"],
        ConnectionArn=given["connection_arn"],
        InvocationEndpoint=f"{readers}/{given['name']}" if readers else given["invocation_endpoint"],
        HttpMethod=given["http_method"],
    )
    return {"arn": made["ApiDestinationArn"]}


@maker("aws_sesv2_email_identity")
def email_identity(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    ses = estate.client("sesv2", region)
    ses.create_email_identity(EmailIdentity=given["email_identity"])
    tokens = ses.get_email_identity(EmailIdentity=given["email_identity"])["DkimAttributes"]["Tokens"]
    return {"id": given["email_identity"], "dkim_signing_attributes": tokens}


@maker("aws_sesv2_email_identity_mail_from_attributes")
def mail_from(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    estate.client("sesv2", region).put_email_identity_mail_from_attributes(
        EmailIdentity=given["email_identity"], MailFromDomain=given["mail_from_domain"]
    )
    return {}


def samples(estate: Estate) -> None:
    """A sample of each metric that an alarm watches, of days ago: what runs for long has data, and no alarm rings.

    What a dimension takes for a database and is none has no data, as in an account; nor has a metric of one's own that
    no filter makes."""
    filtered = {
        made["name"]
        for fact in estate.facts.seen("aws_cloudwatch_log_metric_filter")
        for made in estate.value(dict(fact.attributes), estate.region_of(fact))["metric_transformation"]
    }
    for fact in estate.facts.seen("aws_cloudwatch_metric_alarm"):
        if fact.origin != "source":
            continue
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        if not given["namespace"].startswith(("AWS/", "ECS/")) and given["metric_name"] not in filtered:
            continue
        dimensions = given.get("dimensions") or {}
        databases = estate.client("rds", region).describe_db_instances()["DBInstances"]
        if dimensions.get("DBInstanceIdentifier") not in (
            None,
            *(one["DBInstanceIdentifier"] for one in databases),
        ):
            continue
        sample = {
            "MetricName": given["metric_name"],
            "Dimensions": [{"Name": name, "Value": str(value)} for name, value in dimensions.items()],
            "Timestamp": datetime.now(UTC) - timedelta(days=3),
            "Value": 0.0,
        }
        estate.client("cloudwatch", region).put_metric_data(Namespace=given["namespace"], MetricData=[sample])


def alarms(estate: Estate) -> None:
    """Every alarm, last of all: it names what it watches."""
    for fact in estate.facts.seen("aws_cloudwatch_metric_alarm"):
        if fact.origin != "source":
            continue
        region = estate.region_of(fact)
        given = estate.value(dict(fact.attributes), region)
        dimensions = [{"Name": k, "Value": str(v)} for k, v in (given.get("dimensions") or {}).items()]
        actions = [one for one in given.get("alarm_actions") or [] if one]
        statistic = given.get("statistic") or (None if given.get("extended_statistic") else "Sum")
        estate.client("cloudwatch", region).put_metric_alarm(
            AlarmName=given["alarm_name"],
            Namespace=given["namespace"],
            MetricName=given["metric_name"],
            Period=given.get("period") or 300,
            EvaluationPeriods=given.get("evaluation_periods") or 1,
            Threshold=given["threshold"],
            ComparisonOperator=given.get("comparison_operator") or "GreaterThanThreshold",
            **only(
                AlarmDescription=given.get("alarm_description"),
                Statistic=statistic,
                ExtendedStatistic=given.get("extended_statistic"),
                TreatMissingData=given.get("treat_missing_data"),
                Dimensions=dimensions,
                AlarmActions=actions,
                OKActions=[one for one in given.get("ok_actions") or [] if one],
            ),
        )
