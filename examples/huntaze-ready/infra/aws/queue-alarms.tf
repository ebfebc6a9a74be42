# The message queue, its dead-letter queue, and what EventBridge could not deliver.

resource "aws_cloudwatch_metric_alarm" "messages_age" {
  alarm_name          = "huntaze-of-messages-age"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#queues"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 300
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    QueueName = aws_sqs_queue.messages.name
  }
}

resource "aws_cloudwatch_metric_alarm" "messages_depth" {
  alarm_name          = "huntaze-of-messages-depth"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#queues"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 500
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    QueueName = aws_sqs_queue.messages.name
  }
}

resource "aws_cloudwatch_metric_alarm" "messages_dlq" {
  alarm_name          = "huntaze-of-messages-dlq"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#queues"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    QueueName = aws_sqs_queue.messages_dlq.name
  }
}

resource "aws_cloudwatch_metric_alarm" "cron_dlq" {
  alarm_name          = "huntaze-offers-cron-dlq"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#cron"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    QueueName = aws_sqs_queue.cron_dlq.name
  }
}

resource "aws_cloudwatch_metric_alarm" "cron_expire_failed" {
  alarm_name          = "huntaze-offers-expire-failed"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#cron"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    RuleName = aws_cloudwatch_event_rule.expire.name
  }
}

resource "aws_cloudwatch_metric_alarm" "cron_activate_failed" {
  alarm_name          = "huntaze-offers-activate-failed"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#cron"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    RuleName = aws_cloudwatch_event_rule.activate.name
  }
}

resource "aws_cloudwatch_metric_alarm" "router_event_failed" {
  alarm_name          = "huntaze-router-event-failed"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#cron"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    RuleName = aws_cloudwatch_event_rule.router_deployment_failed.name
  }
}
