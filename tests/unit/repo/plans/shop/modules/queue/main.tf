variable "name" {}
variable "topics" {}
resource "aws_sqs_queue" "dead" { name = "${var.name}-dead" }
resource "aws_sqs_queue" "work" {
  name           = var.name
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
}
resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.name}-age"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 90
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { QueueName = aws_sqs_queue.work.name }
  alarm_actions       = var.topics
}
output "arn" { value = aws_sqs_queue.work.arn }
