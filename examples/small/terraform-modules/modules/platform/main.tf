locals {
  prefix = "parcels-${var.environment}"
}

resource "aws_sns_topic" "alarms" {
  name = "${local.prefix}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  count     = var.alarm_email == null ? 0 : 1
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

module "queue" {
  source   = "../queue"
  for_each = var.queues

  name               = "${local.prefix}-${each.key}"
  visibility_timeout = each.value.visibility_timeout
  alarm_topic_arn    = aws_sns_topic.alarms.arn
}

module "service" {
  source = "../service"

  name               = "${local.prefix}-api"
  desired_count      = var.desired_count
  log_retention_days = var.log_retention_days
  region             = var.region
}
