variable "queue_name" {
  type = string
}

variable "dead_queue_name" {
  type = string
}

variable "topic_arn" {
  type = string
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.queue_name}-age"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 600
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [var.topic_arn]
  dimensions          = { QueueName = var.queue_name }
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_name          = "${var.dead_queue_name}-not-empty"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [var.topic_arn]
  dimensions          = { QueueName = var.dead_queue_name }
}
