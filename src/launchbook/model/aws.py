"""The AWS types that checks read, each with the few attributes they read: Terraform's names and defaults."""

from __future__ import annotations

from launchbook.model.fact import Fact, attribute


class Queue(Fact):
    """An SQS queue. Times are seconds."""

    TYPES = ("aws_sqs_queue",)
    arn = attribute(object, "arn")
    visibility_timeout = attribute(int, "visibility_timeout_seconds", default=30)
    retention = attribute(int, "message_retention_seconds", default=345_600)
    redrive_policy = attribute(object, "redrive_policy")


class Topic(Fact):
    """An SNS topic."""

    TYPES = ("aws_sns_topic",)
    arn = attribute(object, "arn")
    policy = attribute(object, "policy")


class TopicSubscription(Fact):
    """A subscription of a topic."""

    TYPES = ("aws_sns_topic_subscription",)
    topic_arn = attribute(object, "topic_arn")
    protocol = attribute(str, "protocol", required=True)


class Alarm(Fact):
    """A CloudWatch metric alarm. ``period`` is seconds."""

    TYPES = ("aws_cloudwatch_metric_alarm",)
    namespace = attribute(str, "namespace", default="")
    metric_name = attribute(str, "metric_name", default="")
    dimensions = attribute(dict[str, object], "dimensions")
    alarm_actions = attribute(list[object], "alarm_actions")
    period = attribute(int, "period")
