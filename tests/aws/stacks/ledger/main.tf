# A ledger behind API Gateway: signed-in callers, functions, streams, a workflow, a cache, everything encrypted.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "ca-central-1"

  default_tags {
    tags = { Application = "ledger", Stage = "test" }
  }
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

locals {
  name      = "ledger"
  functions = { accounts = "GET", entries = "POST", balances = "GET", reports = "GET" }
  tables    = { accounts = "owner", entries = "account", reports = "month" }
  keys      = toset(["data", "streams", "secrets"])
}

resource "aws_kms_key" "key" {
  for_each                = local.keys
  description             = "${local.name} ${each.key}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_alias" "key" {
  for_each      = local.keys
  name          = "alias/${local.name}/${each.key}"
  target_key_id = aws_kms_key.key[each.key].key_id
}

resource "aws_dynamodb_table" "table" {
  for_each         = local.tables
  name             = "${local.name}-${each.key}"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  range_key        = each.value
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = each.value
    type = "S"
  }

  global_secondary_index {
    name            = "by-${each.value}"
    hash_key        = each.value
    range_key       = "id"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.key["data"].arn
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_kinesis_stream" "entries" {
  name             = "${local.name}-entries"
  retention_period = 48
  encryption_type  = "KMS"
  kms_key_id       = aws_kms_key.key["streams"].id

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_kinesis_stream_consumer" "audit" {
  name       = "audit"
  stream_arn = aws_kinesis_stream.entries.arn
}

data "aws_iam_policy_document" "assume" {
  for_each = toset(["lambda", "states", "apigateway"])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "service" {
  for_each             = data.aws_iam_policy_document.assume
  name                 = "${local.name}-${each.key}"
  path                 = "/${local.name}/"
  assume_role_policy   = each.value.json
  max_session_duration = 7200
}

data "aws_iam_policy_document" "function" {
  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [for table in aws_dynamodb_table.table : table.arn]
  }

  statement {
    actions   = ["kinesis:PutRecord", "kinesis:GetRecords", "kinesis:DescribeStream"]
    resources = [aws_kinesis_stream.entries.arn]
  }
}

resource "aws_iam_policy" "function" {
  name   = "${local.name}-function"
  path   = "/${local.name}/"
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.service["lambda"].name
  policy_arn = aws_iam_policy.function.arn
}

resource "aws_iam_role_policy" "states" {
  name = "invoke"
  role = aws_iam_role.service["states"].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "*" }]
  })
}

resource "aws_vpc" "main" {
  cidr_block           = "10.61.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = "${data.aws_region.here.name}${["a", "b"][count.index]}"
}

resource "aws_security_group" "function" {
  name   = "${local.name}-function"
  vpc_id = aws_vpc.main.id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "cache" {
  name   = "${local.name}-cache"
  vpc_id = aws_vpc.main.id

  ingress {
    description     = "functions"
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = [aws_security_group.function.id]
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each     = toset(["dynamodb", "s3"])
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.${data.aws_region.here.name}.${each.key}"
}

resource "aws_elasticache_subnet_group" "cache" {
  name       = local.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_elasticache_replication_group" "cache" {
  replication_group_id       = local.name
  description                = "Balances"
  engine                     = "redis"
  node_type                  = "cache.t4g.micro"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.cache.name
  security_group_ids         = [aws_security_group.cache.id]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each          = local.functions
  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = 14
}

resource "aws_sqs_queue" "failed" {
  name                    = "${local.name}-failed"
  sqs_managed_sse_enabled = true
}

resource "aws_lambda_layer_version" "shared" {
  layer_name          = "${local.name}-shared"
  filename            = "${path.module}/function.zip"
  compatible_runtimes = ["python3.12"]
}

resource "aws_lambda_function" "function" {
  for_each         = local.functions
  function_name    = "${local.name}-${each.key}"
  role             = aws_iam_role.service["lambda"].arn
  runtime          = "python3.12"
  handler          = "main.handler"
  filename         = "${path.module}/function.zip"
  source_code_hash = filebase64sha256("${path.module}/function.zip")
  timeout          = 20
  memory_size      = 256
  layers           = [aws_lambda_layer_version.shared.arn]
  kms_key_arn      = aws_kms_key.key["data"].arn

  environment {
    variables = { TABLE = aws_dynamodb_table.table["accounts"].name, CACHE = aws_elasticache_replication_group.cache.primary_endpoint_address }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }

  vpc_config {
    subnet_ids         = aws_subnet.private[*].id
    security_group_ids = [aws_security_group.function.id]
  }

  depends_on = [aws_cloudwatch_log_group.function]
}

resource "aws_lambda_alias" "live" {
  for_each         = local.functions
  name             = "live"
  function_name    = aws_lambda_function.function[each.key].function_name
  function_version = "$LATEST"
}

resource "aws_lambda_event_source_mapping" "entries" {
  event_source_arn  = aws_kinesis_stream.entries.arn
  function_name     = aws_lambda_function.function["balances"].arn
  starting_position = "LATEST"
  batch_size        = 50
}

resource "aws_cognito_user_pool" "people" {
  name                     = local.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  password_policy {
    minimum_length    = 14
    require_lowercase = true
    require_numbers   = true
    require_symbols   = false
    require_uppercase = true
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name                                 = "web"
  user_pool_id                         = aws_cognito_user_pool.people.id
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid", "email"]
  callback_urls                        = ["https://ledger.example.com/in"]
  supported_identity_providers         = ["COGNITO"]
}

resource "aws_cognito_user_pool_domain" "people" {
  domain       = "${local.name}-people"
  user_pool_id = aws_cognito_user_pool.people.id
}

resource "aws_cognito_user_group" "auditors" {
  name         = "auditors"
  user_pool_id = aws_cognito_user_pool.people.id
  precedence   = 1
}

resource "aws_api_gateway_rest_api" "api" {
  name = local.name

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "people" {
  name          = "people"
  type          = "COGNITO_USER_POOLS"
  rest_api_id   = aws_api_gateway_rest_api.api.id
  provider_arns = [aws_cognito_user_pool.people.arn]
}

resource "aws_api_gateway_resource" "path" {
  for_each    = local.functions
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "method" {
  for_each      = local.functions
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.path[each.key].id
  http_method   = each.value
  authorization = "COGNITO_USER_POOLS"
  authorizer_id = aws_api_gateway_authorizer.people.id
}

resource "aws_api_gateway_integration" "function" {
  for_each                = local.functions
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.path[each.key].id
  http_method             = aws_api_gateway_method.method[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.function[each.key].invoke_arn
}

resource "aws_lambda_permission" "api" {
  for_each      = local.functions
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function[each.key].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/*"
}

resource "aws_api_gateway_deployment" "now" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { paths = sha1(jsonencode(local.functions)) }
  depends_on  = [aws_api_gateway_integration.function]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.now.id
  stage_name           = "live"
  xray_tracing_enabled = true
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    throttling_rate_limit  = 50
    throttling_burst_limit = 100
  }
}

resource "aws_api_gateway_api_key" "partner" {
  name = "${local.name}-partner"
}

resource "aws_api_gateway_usage_plan" "partner" {
  name = "${local.name}-partner"

  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = aws_api_gateway_stage.live.stage_name
  }

  quota_settings {
    limit  = 1000
    period = "DAY"
  }
}

resource "aws_api_gateway_usage_plan_key" "partner" {
  key_id        = aws_api_gateway_api_key.partner.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.partner.id
}

resource "aws_sfn_state_machine" "close" {
  name     = "${local.name}-close-month"
  role_arn = aws_iam_role.service["states"].arn
  definition = jsonencode({
    StartAt = "Report"
    States  = { Report = { Type = "Task", Resource = aws_lambda_function.function["reports"].arn, End = true } }
  })
}

resource "aws_cloudwatch_event_rule" "month" {
  name                = "${local.name}-month"
  schedule_expression = "cron(0 2 1 * ? *)"
}

resource "aws_cloudwatch_event_target" "month" {
  rule     = aws_cloudwatch_event_rule.month.name
  arn      = aws_sfn_state_machine.close.arn
  role_arn = aws_iam_role.service["states"].arn
}

resource "aws_secretsmanager_secret" "partner" {
  name                    = "${local.name}/partner"
  kms_key_id              = aws_kms_key.key["secrets"].arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "partner" {
  secret_id     = aws_secretsmanager_secret.partner.id
  secret_string = jsonencode({ token = "of-a-test-only" })
}

resource "aws_ssm_parameter" "setting" {
  for_each = { currency = "CAD", rounding = "bank" }
  name     = "/${local.name}/${each.key}"
  type     = "String"
  value    = each.value
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each            = local.functions
  alarm_name          = "${local.name}-${each.key}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.function[each.key].function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
}

output "url" {
  value = aws_api_gateway_stage.live.invoke_url
}
