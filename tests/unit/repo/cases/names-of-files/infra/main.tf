resource "aws_sqs_queue" "mail" {
  name = "shop-mail-of-terraform"
}
