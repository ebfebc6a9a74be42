variable "name" { type = string }
variable "image" { type = string }
variable "port" { type = number }
variable "path" { type = string }
variable "priority" { type = number }
variable "cluster" { type = string }
variable "cluster_arn" { type = string }
variable "vpc" { type = string }
variable "subnets" { type = list(string) }
variable "security_group" { type = string }
variable "listener" { type = string }
variable "execution_role" { type = string }
variable "file_system" { type = string }

data "aws_region" "here" {}

resource "aws_cloudwatch_log_group" "main" {
  name = "/office/${var.name}"
}

resource "aws_efs_access_point" "main" {
  file_system_id = var.file_system
  root_directory {
    path = "/${var.name}"
    creation_info {
      owner_uid   = 1000
      owner_gid   = 1000
      permissions = "0755"
    }
  }
}

resource "aws_ecs_task_definition" "main" {
  family                   = "office-${var.name}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  execution_role_arn       = var.execution_role
  container_definitions = jsonencode([{
    name         = var.name
    image        = var.image
    portMappings = [{ containerPort = var.port }]
    mountPoints  = [{ sourceVolume = "data", containerPath = "/data" }]
    healthCheck  = { command = ["CMD-SHELL", "curl -f http://localhost:${var.port}/ || exit 1"], interval = 30, retries = 3 }
    logConfiguration = {
      logDriver = "awslogs"
      options   = { awslogs-group = aws_cloudwatch_log_group.main.name, awslogs-region = data.aws_region.here.name, awslogs-stream-prefix = "app" }
    }
  }])
  volume {
    name = "data"
    efs_volume_configuration {
      file_system_id     = var.file_system
      transit_encryption = "ENABLED"
      authorization_config {
        access_point_id = aws_efs_access_point.main.id
      }
    }
  }
}

resource "aws_lb_target_group" "main" {
  name_prefix = substr(var.name, 0, 5)
  port        = var.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
  }
  health_check {
    path    = "/"
    matcher = "200-399"
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener_rule" "main" {
  listener_arn = var.listener
  priority     = var.priority
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }
  condition {
    path_pattern {
      values = [var.path]
    }
  }
}

resource "aws_ecs_service" "main" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.main.arn
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets          = var.subnets
    security_groups  = [var.security_group]
    assign_public_ip = true
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.main.arn
    container_name   = var.name
    container_port   = var.port
  }
  depends_on = [aws_lb_listener_rule.main]
}

resource "aws_appautoscaling_target" "main" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster}/${aws_ecs_service.main.name}"
  min_capacity       = 1
  max_capacity       = 3
}

resource "aws_appautoscaling_policy" "memory" {
  name               = "memory"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension
  resource_id        = aws_appautoscaling_target.main.resource_id
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageMemoryUtilization"
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension
  resource_id        = aws_appautoscaling_target.main.resource_id
  schedule           = "cron(0 22 * * ? *)"
  scalable_target_action {
    min_capacity = 0
    max_capacity = 1
  }
}
