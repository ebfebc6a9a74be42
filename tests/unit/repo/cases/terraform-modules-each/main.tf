variable "extra" {}
locals {
  sentry = terraform.workspace == "prod" ? { SENTRY_DSN = "x" } : {}
}
module "q" {
  source   = "./q"
  for_each = toset(["mail", "bills"])
  name     = each.key
}
resource "aws_cloudwatch_metric_alarm" "late" {
  for_each    = module.q
  alarm_name  = "late-${each.key}"
  namespace   = "AWS/SQS"
  metric_name = "ApproximateAgeOfOldestMessage"
  dimensions  = { QueueName = each.value.name }
}
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = module.q["mail"].arn
}
resource "aws_sns_topic" "t" { name = "t" }
module "unknown" {
  source   = "./q"
  for_each = var.extra
  name     = "extra"
}
resource "aws_cloudwatch_metric_alarm" "extra" {
  for_each   = module.unknown
  alarm_name = "extra"
}
resource "aws_lambda_function" "t" {
  function_name = "t"
  environment {
    variables = merge(
      { BUCKET = "b" },
      terraform.workspace == "prod" ? {
        STRICT = "1"
        BUCKET = "c"
      } : {},
      local.sentry,
    )
  }
}
resource "aws_lambda_function" "either" {
  function_name = "either"
  environment {
    variables = var.extra ? { ONE = "1", BOTH = "1" } : { BOTH = "2" }
  }
}
resource "aws_sqs_queue" "some" {
  for_each = merge({ always = 1 }, terraform.workspace == "prod" ? { sometimes = 1 } : {})
  name     = each.key
}
