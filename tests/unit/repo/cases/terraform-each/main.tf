locals {
  queues = { mail = { tries = 3 }, bills = { tries = 9 } }
}

resource "aws_sqs_queue" "dead" {
  for_each = local.queues
  name     = "${each.key}-dead"
}

resource "aws_sqs_queue" "work" {
  for_each = local.queues
  name     = each.key
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.tries
  })
}

resource "aws_sns_topic" "alerts" {
  count = 2
  name  = "alerts-${count.index}"
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  for_each      = local.queues
  alarm_name    = "${each.key}-dead"
  namespace     = "AWS/SQS"
  metric_name   = "ApproximateNumberOfMessagesVisible"
  dimensions    = { QueueName = aws_sqs_queue.dead[each.key].name }
  alarm_actions = [aws_sns_topic.alerts[1].arn]
}

variable "region" {
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

resource "aws_sqs_queue_policy" "work" {
  for_each  = aws_sqs_queue.work
  queue_url = each.value.url
}
