# What no metric tells: a rollout that failed, a task that ended by itself. Both rules filter on fields that ECS's events carry.

resource "aws_cloudwatch_event_rule" "deployment_failed" {
  name        = "${var.name_prefix}-deployment-failed"
  description = "A rollout failed and was rolled back. ${local.playbook}#rollout-failed"

  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Deployment State Change"]
    resources     = [aws_ecs_service.api.id, aws_ecs_service.worker.id]
    detail        = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
  })
}

resource "aws_cloudwatch_event_rule" "task_ended" {
  name        = "${var.name_prefix}-task-ended"
  description = "A container of a service ended by itself. ${local.playbook}#too-few-tasks"

  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      lastStatus = ["STOPPED"]
      stopCode   = ["EssentialContainerExited", "TaskFailedToStart"]
      group      = [{ prefix = "service:" }]
    }
  })
}

locals {
  event_rules = {
    deployment-failed = aws_cloudwatch_event_rule.deployment_failed.name
    task-ended        = aws_cloudwatch_event_rule.task_ended.name
  }
}

resource "aws_cloudwatch_event_target" "alarms_topic" {
  for_each = local.event_rules

  rule      = each.value
  target_id = "alarms"
  arn       = aws_sns_topic.alarms.arn
}

# A notice that could not be delivered is a notice nobody gets.
resource "aws_cloudwatch_metric_alarm" "event_delivery" {
  for_each = local.event_rules

  alarm_name          = "${var.name_prefix}-${each.key}-undelivered"
  alarm_description   = "EventBridge could not deliver to the alarms topic. ${local.playbook}#undelivered-events"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = each.value }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
