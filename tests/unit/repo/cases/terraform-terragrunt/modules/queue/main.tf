variable "name" { type = string }
variable "days" { type = number }
resource "aws_sqs_queue" "this" {
  name                      = var.name
  message_retention_seconds = var.days
}
