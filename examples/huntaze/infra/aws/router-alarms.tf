# A first attempt at alarms for the router; nobody has seen one of them ring.

variable "database_identifier" {
  type    = string
  default = "db-PLANTEDRESOURCEID000000"
}

resource "aws_sns_topic" "router_alerts" {
  name = "huntaze-ai-router-alerts"
}

resource "aws_cloudwatch_metric_alarm" "router_5xx" {
  alarm_name          = "huntaze-ai-router-5xx"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 10
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.router_alerts.arn]

  dimensions = {
    LoadBalancer = aws_lb.router.arn
  }
}

resource "aws_cloudwatch_metric_alarm" "router_tasks" {
  alarm_name          = "huntaze-ai-router-no-tasks"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  alarm_actions       = [aws_sns_topic.router_alerts.arn]

  dimensions = {
    ClusterName = aws_ecs_cluster.router.name
    ServiceName = aws_ecs_service.router.name
  }
}

resource "aws_cloudwatch_metric_alarm" "router_errors" {
  alarm_name          = "huntaze-ai-router-errors"
  namespace           = "Huntaze/Router"
  metric_name         = "ErrorLines"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 20
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.router_alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_cpu" {
  alarm_name          = "huntaze-database-cpu"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"

  dimensions = {
    DBInstanceIdentifier = var.database_identifier
  }
}

resource "aws_cloudwatch_event_rule" "router_stopped" {
  name = "huntaze-ai-router-stopped"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      lastStatus  = ["STOPPED"]
      serviceName = ["huntaze-ai-router-production"]
    }
  })
}

resource "aws_cloudwatch_event_target" "router_stopped" {
  rule = aws_cloudwatch_event_rule.router_stopped.name
  arn  = aws_sns_topic.router_alerts.arn
}
