# EventBridge calls the application's cron routes; what it can't deliver goes to a dead-letter queue.

variable "app_base_url" {
  type        = string
  description = "Where the application answers, without a trailing slash"
}

variable "cron_secret" {
  type      = string
  sensitive = true
}

resource "aws_cloudwatch_event_connection" "offers" {
  name               = "huntaze-offers-cron"
  authorization_type = "API_KEY"

  auth_parameters {
    api_key {
      key   = "x-cron-secret"
      value = var.cron_secret
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "expire" {
  name                             = "huntaze-offers-expire"
  connection_arn                   = aws_cloudwatch_event_connection.offers.arn
  invocation_endpoint              = "${var.app_base_url}/api/cron/offers/expire"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 1
}

resource "aws_cloudwatch_event_api_destination" "activate" {
  name                             = "huntaze-offers-activate"
  connection_arn                   = aws_cloudwatch_event_connection.offers.arn
  invocation_endpoint              = "${var.app_base_url}/api/cron/offers/activate"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 1
}

resource "aws_cloudwatch_event_rule" "expire" {
  name                = "huntaze-offers-expire"
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_rule" "activate" {
  name                = "huntaze-offers-activate"
  schedule_expression = "rate(5 minutes)"
}

# Trusted by EventBridge, but nothing grants events:InvokeApiDestination.
resource "aws_iam_role" "invoke" {
  name = "huntaze-offers-cron"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_cloudwatch_event_target" "expire" {
  rule     = aws_cloudwatch_event_rule.expire.name
  arn      = aws_cloudwatch_event_api_destination.expire.arn
  role_arn = aws_iam_role.invoke.arn

  dead_letter_config {
    arn = aws_sqs_queue.cron_dlq.arn
  }
}

resource "aws_cloudwatch_event_target" "activate" {
  rule     = aws_cloudwatch_event_rule.activate.name
  arn      = aws_cloudwatch_event_api_destination.activate.arn
  role_arn = aws_iam_role.invoke.arn

  dead_letter_config {
    arn = aws_sqs_queue.cron_dlq.arn
  }
}

resource "aws_sqs_queue" "cron_dlq" {
  name                      = "huntaze-offers-cron-failures"
  message_retention_seconds = 1209600
}

resource "aws_sns_topic" "cron_alerts" {
  name = "huntaze-cron-alerts"
}

resource "aws_sns_topic_subscription" "cron_alerts" {
  topic_arn = aws_sns_topic.cron_alerts.arn
  protocol  = "email"
  endpoint  = "ops@huntaze.example"
}

resource "aws_sns_topic_policy" "cron_alerts" {
  arn = aws_sns_topic.cron_alerts.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.cron_alerts.arn
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "cron_dlq" {
  alarm_name          = "huntaze-offers-cron-dlq"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.cron_alerts.arn]

  dimensions = {
    QueueName = "huntaze-offers-cron-dlq"
  }
}
