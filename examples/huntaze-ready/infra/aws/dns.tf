# The public names, their certificate, and a health check on each.

resource "aws_route53_zone" "main" {
  name = var.domain
}

resource "aws_acm_certificate" "main" {
  domain_name       = "router.${var.domain}"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  zone_id = aws_route53_zone.main.zone_id
  name    = tolist(aws_acm_certificate.main.domain_validation_options)[0].resource_record_name
  type    = tolist(aws_acm_certificate.main.domain_validation_options)[0].resource_record_type
  records = [tolist(aws_acm_certificate.main.domain_validation_options)[0].resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "main" {
  certificate_arn         = aws_acm_certificate.main.arn
  validation_record_fqdns = [aws_route53_record.certificate.fqdn]
}

resource "aws_route53_record" "router" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "router.${var.domain}"
  type    = "A"

  alias {
    name                   = aws_lb.router.dns_name
    zone_id                = aws_lb.router.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_health_check" "router" {
  fqdn              = "router.${var.domain}"
  type              = "HTTPS"
  port              = 443
  resource_path     = "/health"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_health_check" "app" {
  fqdn              = "app.${var.domain}"
  type              = "HTTPS"
  port              = 443
  resource_path     = "/api/health"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_health_check" "www" {
  fqdn              = "www.${var.domain}"
  type              = "HTTPS"
  port              = 443
  resource_path     = "/api/health"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_cloudwatch_metric_alarm" "health_router" {
  alarm_name          = "huntaze-public-router"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#public-names"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    HealthCheckId = aws_route53_health_check.router.id
  }
}

resource "aws_cloudwatch_metric_alarm" "health_app" {
  alarm_name          = "huntaze-public-app"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#public-names"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    HealthCheckId = aws_route53_health_check.app.id
  }
}

resource "aws_cloudwatch_metric_alarm" "health_www" {
  alarm_name          = "huntaze-public-www"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#public-names"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    HealthCheckId = aws_route53_health_check.www.id
  }
}
