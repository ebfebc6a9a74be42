# The database, and each of the cache's two nodes: ElastiCache publishes by node.

resource "aws_cloudwatch_metric_alarm" "database_cpu" {
  alarm_name          = "huntaze-database-cpu"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#database"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.main.identifier
  }
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "huntaze-database-storage"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#database"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 10737418240
  comparison_operator = "LessThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.main.identifier
  }
}

resource "aws_cloudwatch_metric_alarm" "database_connections" {
  alarm_name          = "huntaze-database-connections"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#database"
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 320
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.main.identifier
  }
}

resource "aws_cloudwatch_metric_alarm" "database_read_latency" {
  alarm_name          = "huntaze-database-read-latency"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#database"
  namespace           = "AWS/RDS"
  metric_name         = "ReadLatency"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 0.05
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.main.identifier
  }
}

resource "aws_cloudwatch_metric_alarm" "database_write_latency" {
  alarm_name          = "huntaze-database-write-latency"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#database"
  namespace           = "AWS/RDS"
  metric_name         = "WriteLatency"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 0.05
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.main.identifier
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_1_cpu" {
  alarm_name          = "huntaze-redis-1-cpu"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "EngineCPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-001"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_1_memory" {
  alarm_name          = "huntaze-redis-1-memory"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "DatabaseMemoryUsagePercentage"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-001"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_1_evictions" {
  alarm_name          = "huntaze-redis-1-evictions"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "Evictions"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 100
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-001"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_1_connections" {
  alarm_name          = "huntaze-redis-1-connections"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "CurrConnections"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 500
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-001"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_2_cpu" {
  alarm_name          = "huntaze-redis-2-cpu"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "EngineCPUUtilization"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-002"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_2_memory" {
  alarm_name          = "huntaze-redis-2-memory"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "DatabaseMemoryUsagePercentage"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  threshold           = 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-002"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_2_evictions" {
  alarm_name          = "huntaze-redis-2-evictions"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "Evictions"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 100
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-002"
  }
}

resource "aws_cloudwatch_metric_alarm" "redis_2_connections" {
  alarm_name          = "huntaze-redis-2-connections"
  alarm_description   = "Runbook: docs/runbooks/cloudwatch-alarms.md#redis"
  namespace           = "AWS/ElastiCache"
  metric_name         = "CurrConnections"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 500
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  dimensions = {
    CacheClusterId = "${aws_elasticache_replication_group.main.id}-002"
  }
}
