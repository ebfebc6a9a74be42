# What the other files share. One file per concern: network, security, load_balancer, registry, roles, cluster, api,
# worker, migrate, database, queue, autoscaling, topics, alarms_*, events, dashboard, budget, deploy, backup.

locals {
  ready = var.posture == "ready"
  https = var.certificate_arn != ""

  # Cheap tasks stand in public subnets, since a NAT gateway or endpoints cost more than they do.
  task_subnets = local.ready ? aws_subnet.private[*].id : aws_subnet.public[*].id

  health_path = "/actuator/health"
  api_port    = 8080

  # Where each alarm's first response is written down.
  playbook = "infra/aws-v3/ALARMS.md"

  # Every task reaches the same database and queue. The password is a reference, resolved when a task starts.
  environment = [
    { name = "AWS_REGION", value = var.region },
    { name = "DB_HOST", value = aws_db_instance.orders.address },
    { name = "DB_PORT", value = tostring(aws_db_instance.orders.port) },
    { name = "DB_NAME", value = aws_db_instance.orders.db_name },
    { name = "QUEUE_URL", value = aws_sqs_queue.orders.url },
  ]
  secrets = [
    { name = "DB_USER", valueFrom = "${local.database_secret}:username::" },
    { name = "DB_PASSWORD", valueFrom = "${local.database_secret}:password::" },
  ]
  database_secret = aws_db_instance.orders.master_user_secret[0].secret_arn
}

data "aws_caller_identity" "current" {}
