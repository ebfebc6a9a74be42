# EventBridge calls the application's cron routes; what it can't deliver goes to a dead-letter queue.

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

resource "aws_iam_role_policy" "invoke" {
  name = "invoke"
  role = aws_iam_role.invoke.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "events:InvokeApiDestination"
      Resource = [
        aws_cloudwatch_event_api_destination.expire.arn,
        aws_cloudwatch_event_api_destination.activate.arn,
      ]
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
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "cron_dlq" {
  queue_url = aws_sqs_queue.cron_dlq.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.cron_dlq.arn
      Condition = {
        ArnEquals = {
          "aws:SourceArn" = [aws_cloudwatch_event_rule.expire.arn, aws_cloudwatch_event_rule.activate.arn]
        }
      }
    }]
  })
}
