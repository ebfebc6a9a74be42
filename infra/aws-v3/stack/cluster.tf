resource "aws_ecs_cluster" "this" {
  name = var.name_prefix

  # Without it nobody emits RunningTaskCount, and the alarm on it could not ring.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "task" {
  for_each = toset(["api", "worker", "migrate"])

  name              = "/ecs/${var.name_prefix}/${each.key}"
  retention_in_days = var.log_retention_days
}
