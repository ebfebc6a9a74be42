resource "aws_sns_topic" "alarms" {
  name = "${var.name_prefix}-alarms"
}

# A topic policy replaces the default one: whoever is not named here is shut out, CloudWatch included.
data "aws_iam_policy_document" "alarms_topic" {
  statement {
    sid       = "AlarmsAndEventsAndBudgets"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms_topic.json
}

resource "aws_sns_topic_subscription" "pager" {
  count = nonsensitive(var.pager_url == "") ? 0 : 1

  # A pager confirms by itself, sooner or later: an apply that waited for it would fail with it.
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "https"
  endpoint  = var.pager_url
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}
