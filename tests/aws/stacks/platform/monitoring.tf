resource "aws_sns_topic" "pager" {
  name = "${var.name}-pager"
}

data "aws_iam_policy_document" "pager" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.pager.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "pager" {
  arn    = aws_sns_topic.pager.arn
  policy = data.aws_iam_policy_document.pager.json
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.pager.arn
  protocol  = "email"
  endpoint  = "oncall@example.com"
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.pager.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.events.arn
  raw_message_delivery = true
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${var.name}-errors"
  log_group_name = aws_cloudwatch_log_group.task["api"].name
  pattern        = "{ $.level = \"ERROR\" }"
  metric_transformation {
    name          = "Errors"
    namespace     = var.name
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "Errors in the API's log. Runbook: docs/errors"
  namespace           = var.name
  metric_name         = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.pager.arn]
  ok_actions          = [aws_sns_topic.pager.arn]
}

locals {
  alarms = {
    dead-letters = { ns = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Maximum", limit = 0, dims = { QueueName = aws_sqs_queue.dead.name } }
    queue-age    = { ns = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", stat = "Maximum", limit = 300, dims = { QueueName = aws_sqs_queue.orders.name } }
    db-cpu       = { ns = "AWS/RDS", metric = "CPUUtilization", stat = "Average", limit = 80, dims = { DBInstanceIdentifier = aws_db_instance.main.identifier } }
    lb-5xx       = { ns = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", stat = "Sum", limit = 5, dims = { LoadBalancer = aws_lb.main.arn_suffix } }
    api-cpu      = { ns = "AWS/ECS", metric = "CPUUtilization", stat = "Average", limit = 85, dims = { ClusterName = aws_ecs_cluster.main.name, ServiceName = aws_ecs_service.work["api"].name } }
    unhealthy    = { ns = "AWS/ApplicationELB", metric = "UnHealthyHostCount", stat = "Maximum", limit = 0, dims = { LoadBalancer = aws_lb.main.arn_suffix, TargetGroup = aws_lb_target_group.api.arn_suffix } }
  }
}

resource "aws_cloudwatch_metric_alarm" "watch" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "Runbook: docs/${each.key}"
  namespace           = each.value.ns
  metric_name         = each.value.metric
  statistic           = each.value.stat
  threshold           = each.value.limit
  dimensions          = each.value.dims
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.pager.arn]
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name                            = "${var.name}-slow"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  dimensions                            = { LoadBalancer = aws_lb.main.arn_suffix }
  extended_statistic                    = "p95"
  period                                = 60
  evaluation_periods                    = 5
  threshold                             = 0.8
  comparison_operator                   = "GreaterThanThreshold"
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [aws_sns_topic.pager.arn]
}

resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "${var.name}-error-rate"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  threshold           = 5
  alarm_actions       = [aws_sns_topic.pager.arn]
  metric_query {
    id          = "rate"
    expression  = "FILL(bad, 0) / all * 100"
    label       = "Error rate"
    return_data = true
  }
  metric_query {
    id = "bad"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      stat        = "Sum"
      period      = 60
      dimensions  = { LoadBalancer = aws_lb.main.arn_suffix }
    }
  }
  metric_query {
    id = "all"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      stat        = "Sum"
      period      = 60
      dimensions  = { LoadBalancer = aws_lb.main.arn_suffix }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "down" {
  alarm_name    = "${var.name}-down"
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.error_rate.alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.watch["unhealthy"].alarm_name})"
  alarm_actions = [aws_sns_topic.pager.arn]
}

resource "aws_cloudwatch_metric_alarm" "backlog" {
  for_each            = { high = "out", low = "in" }
  alarm_name          = "${var.name}-backlog-${each.key}"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.orders.name }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 2
  threshold           = each.key == "high" ? 100 : 10
  comparison_operator = each.key == "high" ? "GreaterThanOrEqualToThreshold" : "LessThanThreshold"
  alarm_actions       = [aws_appautoscaling_policy.step[each.value].arn]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [{
      type       = "metric"
      x          = 0
      y          = 0
      width      = 12
      height     = 6
      properties = { region = var.region, title = "Requests", metrics = [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", aws_lb.main.arn_suffix]] }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "stopped" {
  name        = "${var.name}-task-stopped"
  description = "A task that stopped by itself"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail      = { clusterArn = [aws_ecs_cluster.main.arn], lastStatus = ["STOPPED"] }
  })
}

resource "aws_cloudwatch_event_target" "stopped_queue" {
  rule = aws_cloudwatch_event_rule.stopped.name
  arn  = aws_sqs_queue.events.arn
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_cloudwatch_event_target" "stopped_topic" {
  rule = aws_cloudwatch_event_rule.stopped.name
  arn  = aws_sns_topic.pager.arn
  input_transformer {
    input_paths    = { task = "$.detail.taskArn", why = "$.detail.stoppedReason" }
    input_template = "\"<task> stopped: <why>\""
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${var.name}-nightly"
  schedule_expression = "cron(0 2 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule  = aws_cloudwatch_event_rule.nightly.name
  arn   = aws_sqs_queue.events.arn
  input = jsonencode({ job = "nightly" })
}

resource "aws_budgets_budget" "month" {
  name         = "${var.name}-month"
  budget_type  = "COST"
  limit_amount = "50"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = ["oncall@example.com"]
  }
}
