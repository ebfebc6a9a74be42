# The router's service and load balancer. Container Insights is on, so RunningTaskCount has data.

resource "aws_cloudwatch_metric_alarm" "router_cpu" {
  alarm_name          = "huntaze-ai-router-cpu"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#ecs"
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    ClusterName = aws_ecs_cluster.router.name
    ServiceName = aws_ecs_service.router.name
  }
}

resource "aws_cloudwatch_metric_alarm" "router_memory" {
  alarm_name          = "huntaze-ai-router-memory"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#ecs"
  namespace           = "AWS/ECS"
  metric_name         = "MemoryUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 85
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    ClusterName = aws_ecs_cluster.router.name
    ServiceName = aws_ecs_service.router.name
  }
}

resource "aws_cloudwatch_metric_alarm" "router_tasks" {
  alarm_name          = "huntaze-ai-router-tasks"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#ecs"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 2
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    ClusterName = aws_ecs_cluster.router.name
    ServiceName = aws_ecs_service.router.name
  }
}

resource "aws_cloudwatch_metric_alarm" "router_elb_5xx" {
  alarm_name          = "huntaze-ai-router-elb-5xx"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#load-balancer"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 10
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    LoadBalancer = aws_lb.router.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "router_target_5xx" {
  alarm_name          = "huntaze-ai-router-target-5xx"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#load-balancer"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 10
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    LoadBalancer = aws_lb.router.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "router_latency" {
  alarm_name          = "huntaze-ai-router-latency"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#load-balancer"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  extended_statistic  = "p95"
  period              = 60
  evaluation_periods  = 3
  threshold           = 2
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    LoadBalancer = aws_lb.router.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "router_unhealthy" {
  alarm_name          = "huntaze-ai-router-unhealthy"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#load-balancer"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    LoadBalancer = aws_lb.router.arn_suffix
    TargetGroup  = aws_lb_target_group.router.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "router_errors" {
  alarm_name          = "huntaze-ai-router-errors"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#ecs"
  namespace           = "Huntaze/Router"
  metric_name         = "ErrorLines"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 20
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_log_metric_filter" "router_errors" {
  name           = "huntaze-ai-router-errors"
  log_group_name = aws_cloudwatch_log_group.router.name
  pattern        = "ERROR"

  metric_transformation {
    namespace = "Huntaze/Router"
    name      = "ErrorLines"
    value     = "1"
  }
}

# A service's deployment events carry its ARN in "resources"; there is no service name in the detail.
resource "aws_cloudwatch_event_rule" "router_deployment_failed" {
  name = "huntaze-ai-router-deployment-failed"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Deployment State Change"]
    resources   = [aws_ecs_service.router.id]
    detail      = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
  })
}

resource "aws_cloudwatch_event_target" "router_deployment_failed" {
  rule = aws_cloudwatch_event_rule.router_deployment_failed.name
  arn  = aws_sns_topic.ops.arn
}
