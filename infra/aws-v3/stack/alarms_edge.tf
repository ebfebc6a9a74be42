# What clients see: errors of the load balancer itself, errors of the API behind it, slowness, targets lost.

locals {
  edge_alarms = {
    elb-5xx    = { metric = "HTTPCode_ELB_5XX_Count", stat = "Sum", threshold = 5 }
    target-5xx = { metric = "HTTPCode_Target_5XX_Count", stat = "Sum", threshold = 5 }
  }
  balancer = { LoadBalancer = aws_lb.api.arn_suffix }
}

resource "aws_cloudwatch_metric_alarm" "edge" {
  for_each = local.edge_alarms

  alarm_name          = "${var.name_prefix}-${each.key}"
  alarm_description   = "Clients get 5xx. ${local.playbook}#clients-get-5xx"
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  dimensions          = local.balancer
  statistic           = each.value.stat
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.name_prefix}-latency-p95"
  alarm_description   = "One request in twenty takes over half a second. ${local.playbook}#slow-answers"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = local.balancer
  extended_statistic  = "p95"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.5
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "unhealthy_targets" {
  alarm_name          = "${var.name_prefix}-unhealthy-targets"
  alarm_description   = "A target of the API fails its health check. ${local.playbook}#unhealthy-targets"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = merge(local.balancer, { TargetGroup = aws_lb_target_group.api.arn_suffix })
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
