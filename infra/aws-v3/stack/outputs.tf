output "alb_dns" {
  description = "Name of the load balancer: curl http://<alb_dns>/actuator/health"
  value       = aws_lb.api.dns_name
}

output "url" {
  description = "Where the API answers: over HTTPS, under its public name, once there is a certificate."
  value       = local.https ? "https://${coalesce(var.public_name, aws_lb.api.dns_name)}" : "http://${aws_lb.api.dns_name}"
}

output "cluster_name" {
  description = "ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "api_service" {
  description = "ECS service of the API."
  value       = aws_ecs_service.api.name
}

output "worker_service" {
  description = "ECS service of the worker."
  value       = aws_ecs_service.worker.name
}

output "migrate_task_definition" {
  description = "Task definition of the migration."
  value       = aws_ecs_task_definition.migrate.family
}

output "task_subnets" {
  description = "Subnets in which tasks run."
  value       = local.task_subnets
}

output "task_security_group" {
  description = "Security group of one-off tasks."
  value       = aws_security_group.worker.id
}

output "name_prefix" {
  description = "Start of every name; log groups are /ecs/<name_prefix>/…"
  value       = var.name_prefix
}

output "queue_url" {
  description = "Queue of order events."
  value       = aws_sqs_queue.orders.url
}

output "dead_letter_queue_url" {
  description = "Where messages go that failed five times."
  value       = aws_sqs_queue.dead_letters.url
}

output "database_identifier" {
  description = "RDS instance."
  value       = aws_db_instance.orders.identifier
}

output "api_repository" {
  description = "ECR repository of the API image."
  value       = aws_ecr_repository.this["api"].name
}

output "worker_repository" {
  description = "ECR repository of the worker image."
  value       = aws_ecr_repository.this["worker"].name
}

output "deploy_role_arn" {
  description = "Role of the release workflow; empty without github_repository."
  value       = one(aws_iam_role.deploy[*].arn)
}
