variable "name" { type = string }
variable "max_receive_count" { default = 5 }

resource "aws_sqs_queue" "this" {
  name           = "${var.name}-q"
  redrive_policy = jsonencode({ maxReceiveCount = var.max_receive_count })
}
