# Where every alarm of this module goes: the pager, and mail as the second way.

resource "aws_sns_topic" "ops" {
  name = "huntaze-ops-${var.environment}"
}

resource "aws_sns_topic_policy" "ops" {
  arn = aws_sns_topic.ops.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"]
      }
      Action   = "sns:Publish"
      Resource = aws_sns_topic.ops.arn
    }]
  })
}

resource "aws_sns_topic_subscription" "pager" {
  topic_arn = aws_sns_topic.ops.arn
  protocol  = "https"
  endpoint  = var.pager_endpoint
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.ops.arn
  protocol  = "email"
  endpoint  = var.ops_email
}

resource "aws_budgets_budget" "monthly" {
  name         = "huntaze-${var.environment}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "FORECASTED"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.ops.arn]
  }
}
