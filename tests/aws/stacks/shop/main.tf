# A shop without servers: site, API, functions, tables. Two regions, one for what must be in us-east-1.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "edge"
  region = "us-east-1"
}

data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}

locals {
  name   = "lantern"
  domain = "lantern.example.com"
  jobs   = { invoice = 256, resize = 512, digest = 128 }
}

resource "aws_kms_key" "data" {
  description             = "Data of the shop"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.name}-data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_s3_bucket" "bucket" {
  for_each      = toset(["site", "uploads", "logs"])
  bucket        = "${local.name}-${each.key}-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.bucket["logs"].id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.bucket["logs"].id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {
      prefix = ""
    }
    expiration {
      days = 90
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "uploads" {
  bucket = aws_s3_bucket.bucket["uploads"].id
  cors_rule {
    allowed_methods = ["PUT"]
    allowed_origins = ["https://${local.domain}"]
    allowed_headers = ["*"]
    max_age_seconds = 300
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
  bucket = aws_s3_bucket.bucket["uploads"].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  for_each                = aws_s3_bucket.bucket
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.bucket["site"].arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.site.arn]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.bucket["site"].id
  policy = data.aws_iam_policy_document.site.json
}

resource "aws_s3_object" "page" {
  for_each     = { "index.html" = "<h1>Lantern</h1>", "robots.txt" = "User-agent: *" }
  bucket       = aws_s3_bucket.bucket["site"].id
  key          = each.key
  content      = each.value
  content_type = each.key == "index.html" ? "text/html" : "text/plain"
  etag         = md5(each.value)
}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = local.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "site" {
  enabled             = true
  default_root_object = "index.html"
  aliases             = [local.domain]
  price_class         = "PriceClass_100"
  origin {
    domain_name              = aws_s3_bucket.bucket["site"].bucket_regional_domain_name
    origin_id                = "site"
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    compress               = true
    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.edge.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_acm_certificate" "edge" {
  provider          = aws.edge
  domain_name       = local.domain
  validation_method = "DNS"
}

resource "aws_route53_zone" "main" {
  name          = local.domain
  force_destroy = true
}

resource "aws_route53_record" "site" {
  for_each = toset(["A", "AAAA"])
  zone_id  = aws_route53_zone.main.zone_id
  name     = local.domain
  type     = each.key
  alias {
    name                   = aws_cloudfront_distribution.site.domain_name
    zone_id                = aws_cloudfront_distribution.site.hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.main.zone_id
  name    = local.domain
  type    = "TXT"
  ttl     = 300
  records = ["v=spf1 include:amazonses.com -all"]
}

resource "aws_route53_health_check" "site" {
  fqdn              = local.domain
  type              = "HTTPS"
  port              = 443
  resource_path     = "/"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_ses_domain_identity" "mail" {
  domain = local.domain
}

resource "aws_ses_domain_dkim" "mail" {
  domain = aws_ses_domain_identity.mail.domain
}

resource "aws_dynamodb_table" "table" {
  for_each                    = { orders = "customer", carts = "session" }
  name                        = "${local.name}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = false
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
    projection_type = "ALL"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}

data "aws_iam_policy_document" "functions" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "job" {
  for_each           = local.jobs
  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.functions.json
}

resource "aws_iam_role_policy_attachment" "job" {
  for_each   = aws_iam_role.job
  role       = each.value.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "job" {
  for_each          = local.jobs
  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = 7
}

resource "aws_lambda_function" "job" {
  for_each         = local.jobs
  function_name    = "${local.name}-${each.key}"
  role             = aws_iam_role.job[each.key].arn
  runtime          = "python3.12"
  handler          = "main.handler"
  filename         = "${path.module}/function.zip"
  source_code_hash = filebase64sha256("${path.module}/function.zip")
  memory_size      = each.value
  timeout          = 30
  environment {
    variables = {
      TABLE = aws_dynamodb_table.table["orders"].name
    }
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }
  depends_on = [aws_cloudwatch_log_group.job]
}

resource "aws_sqs_queue" "failed" {
  name                              = "${local.name}-failed"
  kms_master_key_id                 = aws_kms_key.data.id
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_sqs_queue" "jobs" {
  name                       = "${local.name}-jobs"
  visibility_timeout_seconds = 180
}

resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.job["invoice"].arn
  batch_size       = 5
}

resource "aws_cloudwatch_event_rule" "digest" {
  name                = "${local.name}-digest"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "digest" {
  rule = aws_cloudwatch_event_rule.digest.name
  arn  = aws_lambda_function.job["digest"].arn
}

resource "aws_lambda_permission" "digest" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.job["digest"].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.digest.arn
}

resource "aws_apigatewayv2_api" "http" {
  name          = local.name
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_integration" "job" {
  for_each               = aws_lambda_function.job
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = each.value.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "job" {
  for_each  = aws_apigatewayv2_integration.job
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "POST /${each.key}"
  target    = "integrations/${each.value.id}"
}

resource "aws_cognito_user_pool" "customers" {
  name = local.name
}

resource "aws_cognito_user_pool_client" "site" {
  name         = "site"
  user_pool_id = aws_cognito_user_pool.customers.id
}

resource "aws_ssm_parameter" "setting" {
  for_each = { currency = "EUR", locale = "de-DE" }
  name     = "/${local.name}/${each.key}"
  type     = "String"
  value    = each.value
}

resource "aws_ssm_parameter" "token" {
  name   = "/${local.name}/token"
  type   = "SecureString"
  key_id = aws_kms_key.data.arn
  value  = "not-a-real-token"
}

resource "aws_sns_topic" "alerts" {
  provider = aws.edge
  name     = "${local.name}-alerts"
}

resource "aws_cloudwatch_metric_alarm" "health" {
  provider            = aws.edge
  alarm_name          = "${local.name}-site-down"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.site.id }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}
