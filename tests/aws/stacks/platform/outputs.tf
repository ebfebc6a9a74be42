output "load_balancer" {
  value = aws_lb.main.dns_name
}

output "queue_url" {
  value = aws_sqs_queue.orders.url
}

output "services" {
  value = [for service in aws_ecs_service.work : service.name]
}

output "database" {
  value = "${aws_db_instance.main.address}:${aws_db_instance.main.port}"
}
