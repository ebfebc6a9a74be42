output "all" {
  value = { web = { url = "${local.registry}/web:${local.tag}" } }
}

output "queue" {
  value = aws_sqs_queue.jobs.url
}
