# What the application sends to the platform; src/lib/queue/of-sqs.ts writes and reads it.

resource "aws_sqs_queue" "messages_dlq" {
  name                      = "huntaze-of-messages-dlq"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "messages" {
  name                       = "huntaze-of-messages"
  visibility_timeout_seconds = 120
  message_retention_seconds  = 345600
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.messages_dlq.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "messages_dlq" {
  queue_url = aws_sqs_queue.messages_dlq.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.messages.arn]
  })
}

output "messages_queue_url" {
  value = aws_sqs_queue.messages.url
}
