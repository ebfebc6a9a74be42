variable "name" {}
resource "aws_sqs_queue" "q" {
  name = "shop-${var.name}"
}
output "name" { value = aws_sqs_queue.q.name }
output "arn" { value = aws_sqs_queue.q.arn }
