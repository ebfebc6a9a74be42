variable "name" {
  type = string
}

variable "visibility_timeout" {
  type = number
}

variable "alarm_topic_arn" {
  type = string
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "work" {
  name                       = var.name
  visibility_timeout_seconds = var.visibility_timeout
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

module "alarms" {
  source = "./modules/alarms"

  queue_name      = aws_sqs_queue.work.name
  dead_queue_name = aws_sqs_queue.dead.name
  topic_arn       = var.alarm_topic_arn
}
