# An older estate: instances and a scaling group, a network load balancer, Aurora, streams, state machines, audit.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-2"
}

data "aws_caller_identity" "me" {}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

locals {
  name = "estate"
}

resource "aws_key_pair" "ops" {
  key_name   = local.name
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKl5yZB2uBbS8wV7xDq6oOPJ3wKk1sFBsrbn0vF8Zb6E ops@example.com"
}

resource "aws_security_group" "web" {
  name   = "${local.name}-web"
  vpc_id = data.aws_vpc.default.id
}

resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id = aws_security_group.web.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_iam_role" "instance" {
  name = "${local.name}-instance"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "instance" {
  name = "${local.name}-instance"
  role = aws_iam_role.instance.name
}

resource "aws_launch_template" "web" {
  name_prefix   = "${local.name}-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  key_name      = aws_key_pair.ops.key_name
  user_data     = base64encode("#!/bin/sh\necho ready\n")
  iam_instance_profile {
    name = aws_iam_instance_profile.instance.name
  }
  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }
  vpc_security_group_ids = [aws_security_group.web.id]
}

resource "aws_lb" "net" {
  name               = local.name
  load_balancer_type = "network"
  internal           = true
  subnets            = data.aws_subnets.default.ids
}

resource "aws_lb_target_group" "net" {
  name     = local.name
  port     = 8443
  protocol = "TCP"
  vpc_id   = data.aws_vpc.default.id
  health_check {
    protocol = "TCP"
  }
}

resource "aws_lb_listener" "net" {
  load_balancer_arn = aws_lb.net.arn
  port              = 8443
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.net.arn
  }
}

resource "aws_autoscaling_group" "web" {
  name                = local.name
  min_size            = 0
  max_size            = 2
  desired_capacity    = 0
  vpc_zone_identifier = data.aws_subnets.default.ids
  target_group_arns   = [aws_lb_target_group.net.arn]
  launch_template {
    id      = aws_launch_template.web.id
    version = "$Latest"
  }
  tag {
    key                 = "Name"
    value               = local.name
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.web.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = 50
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-2a"
  size              = 10
  type              = "gp3"
  encrypted         = true
}

resource "aws_rds_cluster" "aurora" {
  cluster_identifier  = local.name
  engine              = "aurora-postgresql"
  engine_version      = "16.4"
  database_name       = "estate"
  master_username     = "estate"
  master_password     = "not-a-real-password"
  skip_final_snapshot = true
}

resource "aws_rds_cluster_instance" "aurora" {
  count              = 2
  identifier         = "${local.name}-${count.index}"
  cluster_identifier = aws_rds_cluster.aurora.id
  instance_class     = "db.t4g.medium"
  engine             = aws_rds_cluster.aurora.engine
}

resource "aws_kinesis_stream" "clicks" {
  name             = local.name
  shard_count      = 1
  retention_period = 48
}

resource "aws_kinesis_firehose_delivery_stream" "clicks" {
  name        = local.name
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn   = aws_iam_role.instance.arn
    bucket_arn = aws_s3_bucket.trail.arn
  }
}

resource "aws_s3_bucket" "trail" {
  bucket        = "${local.name}-trail-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "acl", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.trail.arn },
      { Sid = "put", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.trail.arn}/*" },
    ]
  })
}

resource "aws_s3_bucket_notification" "trail" {
  bucket = aws_s3_bucket.trail.id
  queue {
    queue_arn     = aws_sqs_queue.uploads.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "uploads/"
  }
  depends_on = [aws_sqs_queue_policy.uploads]
}

resource "aws_sqs_queue" "uploads" {
  name = "${local.name}-uploads"
}

resource "aws_sqs_queue_policy" "uploads" {
  queue_url = aws_sqs_queue.uploads.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.uploads.arn }]
  })
}

resource "aws_cloudtrail" "main" {
  name                          = local.name
  s3_bucket_name                = aws_s3_bucket.trail.id
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  depends_on                    = [aws_s3_bucket_policy.trail]
}

resource "aws_sfn_state_machine" "job" {
  name     = local.name
  role_arn = aws_iam_role.instance.arn
  definition = jsonencode({
    StartAt = "Done"
    States  = { Done = { Type = "Succeed" } }
  })
}

resource "aws_scheduler_schedule_group" "main" {
  name = local.name
}

resource "aws_scheduler_schedule" "job" {
  name       = "${local.name}-job"
  group_name = aws_scheduler_schedule_group.main.name
  flexible_time_window {
    mode = "OFF"
  }
  schedule_expression = "rate(1 hour)"
  target {
    arn      = aws_sqs_queue.uploads.arn
    role_arn = aws_iam_role.instance.arn
  }
}

resource "aws_wafv2_web_acl" "main" {
  name  = local.name
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "common"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.name
    sampled_requests_enabled   = true
  }
}

resource "aws_api_gateway_rest_api" "old" {
  name = local.name
}

resource "aws_api_gateway_resource" "health" {
  rest_api_id = aws_api_gateway_rest_api.old.id
  parent_id   = aws_api_gateway_rest_api.old.root_resource_id
  path_part   = "health"
}

resource "aws_api_gateway_method" "health" {
  rest_api_id   = aws_api_gateway_rest_api.old.id
  resource_id   = aws_api_gateway_resource.health.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "health" {
  rest_api_id       = aws_api_gateway_rest_api.old.id
  resource_id       = aws_api_gateway_resource.health.id
  http_method       = aws_api_gateway_method.health.http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\": 200}" }
}

resource "aws_api_gateway_deployment" "old" {
  rest_api_id = aws_api_gateway_rest_api.old.id
  depends_on  = [aws_api_gateway_integration.health]
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.old.id
  deployment_id = aws_api_gateway_deployment.old.id
  stage_name    = "live"
}

resource "aws_sns_topic" "fifo" {
  name                        = "${local.name}.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

resource "aws_sns_topic" "ops" {
  name              = local.name
  display_name      = "Ops"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sesv2_configuration_set" "main" {
  configuration_set_name = local.name
}

resource "aws_cloudwatch_query_definition" "errors" {
  name            = local.name
  log_group_names = [aws_cloudwatch_log_group.app.name]
  query_string    = "fields @timestamp | filter @message like /ERROR/"
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/${local.name}/app"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_stream" "app" {
  name           = "main"
  log_group_name = aws_cloudwatch_log_group.app.name
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = local.name
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.app.arn}:*" }]
  })
}

resource "aws_cloudwatch_event_bus" "orders" {
  name = "${local.name}-orders"
}

resource "aws_cloudwatch_event_archive" "orders" {
  name             = "${local.name}-orders"
  event_source_arn = aws_cloudwatch_event_bus.orders.arn
  retention_days   = 7
}

resource "aws_cloudwatch_event_rule" "orders" {
  name           = "${local.name}-orders"
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  event_pattern  = jsonencode({ source = [{ prefix = "shop." }] })
}

resource "aws_cloudwatch_event_target" "orders" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  arn            = aws_cloudwatch_log_group.app.arn
}

resource "aws_cloudwatch_event_connection" "hook" {
  name               = "${local.name}-hook"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-api-key"
      value = "not-a-real-key"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "hook" {
  name                             = "${local.name}-hook"
  invocation_endpoint              = "https://hooks.example.com/estate"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10
  connection_arn                   = aws_cloudwatch_event_connection.hook.arn
}

resource "aws_vpc" "peer" {
  cidr_block = "10.99.0.0/16"
}

resource "aws_vpc_peering_connection" "peer" {
  vpc_id      = data.aws_vpc.default.id
  peer_vpc_id = aws_vpc.peer.id
  auto_accept = true
}

resource "aws_flow_log" "peer" {
  vpc_id          = aws_vpc.peer.id
  traffic_type    = "REJECT"
  log_destination = aws_cloudwatch_log_group.app.arn
  iam_role_arn    = aws_iam_role.instance.arn
}

resource "aws_vpc_dhcp_options" "peer" {
  domain_name         = "estate.internal"
  domain_name_servers = ["AmazonProvidedDNS"]
}

resource "aws_vpc_dhcp_options_association" "peer" {
  vpc_id          = aws_vpc.peer.id
  dhcp_options_id = aws_vpc_dhcp_options.peer.id
}
