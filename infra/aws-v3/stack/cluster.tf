resource "aws_ecs_cluster" "this" {
  name = var.name_prefix

  # Without it nobody emits RunningTaskCount, and the alarm on it could not ring.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  depends_on = [aws_cloudwatch_log_group.insights]
}

# Container Insights would make it by itself, outside the state and without an end: it would outlive a destroy.
resource "aws_cloudwatch_log_group" "insights" {
  name              = "/aws/ecs/containerinsights/${var.name_prefix}/performance"
  retention_in_days = 1
}

resource "aws_cloudwatch_log_group" "task" {
  for_each = toset(["api", "worker", "migrate"])

  name              = "/ecs/${var.name_prefix}/${each.key}"
  retention_in_days = var.log_retention_days
}
