variable "name" {}

variable "image" {}

variable "target_group" {
  default = ""
}

variable "settings" {
  type = map(string)
}

locals {
  environment = jsonencode(concat([for key, value in var.settings : { name = key, value = value }], []))
  container = {
    name        = coalesce(var.name, var.target_group)
    image       = var.image
    environment = jsondecode(local.environment)
  }
}

resource "aws_ecs_task_definition" "this" {
  family                = var.name
  container_definitions = jsonencode([local.container])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  task_definition = aws_ecs_task_definition.this.arn

  load_balancer {
    target_group_arn = var.target_group
  }
}
