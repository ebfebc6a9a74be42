# The way that files were written before 0.12: indexes behind a dot, everything in quotes.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_eks_cluster" "main" {
  name     = "depot"
  role_arn = "${aws_iam_role.cluster.*.arn[0]}"
}

resource "aws_iam_role" "cluster" {
  count = 1
  name  = "depot-cluster"
}

resource "aws_ssm_parameter" "ca" {
  name  = "/depot/ca"
  type  = "String"
  value = base64decode(aws_eks_cluster.main.certificate_authority.0.data)
}

resource "aws_sqs_queue" "work" {
  count = 2
  name  = "work-${count.index}"
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name  = "age"
  metric_name = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.work.1.name
  }
}
