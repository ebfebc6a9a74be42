terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
variable "password" {
  default   = "planted-password-1"
  sensitive = true
}
variable "retention" { default = 3 }
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
resource "aws_sns_topic" "ops" { name = "shop-ops" }
module "jobs" {
  source   = "./modules/queue"
  for_each = toset(["mail", "label"])
  name     = "shop-${each.key}"
  topics   = [aws_sns_topic.ops.arn]
}
resource "aws_cloudwatch_metric_alarm" "silent" {
  count               = 2
  alarm_name          = "shop-silent-${count.index}"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 1
  threshold           = 90
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.shop.identifier }
}
resource "aws_db_instance" "shop" {
  identifier              = "shop-db"
  engine                  = "postgres"
  engine_version          = "16.3"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 20
  username                = "shop"
  password                = var.password
  backup_retention_period = var.retention
  multi_az                = true
  storage_encrypted       = false
  skip_final_snapshot     = true
}
resource "aws_ecs_task_definition" "app" {
  family                = "shop-app"
  container_definitions = jsonencode([{
    name        = "app", image = "shop:1", memory = 128
    environment = [
      { name = "AWS_ACCESS_KEY_ID", value = "AKIAPLANTED000000000" },
      { name = "TOPIC", value = "x" },
    ]
  }])
}
resource "aws_ecs_task_definition" "late" {
  family                = "shop-late"
  container_definitions = jsonencode([{ name = "app", image = "shop:1", memory = 128,
    environment = [{ name = "TOPIC_ARN", value = aws_sns_topic.ops.arn }] }])
}
