terraform {
  backend "s3" {}
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" {
  type = string
}

variable "run_id" {
  type    = string
  default = ""
}

provider "aws" {
  region = var.region
  default_tags { tags = { Project = "small", LaunchbookRun = var.run_id } }
}

resource "aws_iam_role" "task" {
  name = "small-task"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}

resource "aws_cloudwatch_log_group" "task" {
  name = "/small/task"
}

resource "aws_sns_topic" "events" {
  name = "small-events"
}

output "topic" {
  value = aws_sns_topic.events.arn
}
