variable "name" {}
variable "max_receive" { type = number }
variable "visibility" { default = 30 }
resource "aws_sqs_queue" "this" {
  name = var.name
  visibility_timeout_seconds = var.visibility
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = var.max_receive })
}
resource "aws_sqs_queue" "dead" { name = "${var.name}-dead" }
output "queue_arn" { value = aws_sqs_queue.this.arn }
