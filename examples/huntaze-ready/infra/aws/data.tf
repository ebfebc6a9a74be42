# PostgreSQL and Redis, both over two zones, encrypted, backed up, and reachable from inside alone.

resource "aws_security_group" "database" {
  name   = "huntaze-database-${var.environment}"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.tasks.id]
    cidr_blocks     = [var.app_vpc_cidr]
  }
}

resource "aws_security_group" "redis" {
  name   = "huntaze-redis-${var.environment}"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = [aws_security_group.tasks.id]
    cidr_blocks     = [var.app_vpc_cidr]
  }
}

resource "aws_db_subnet_group" "main" {
  name       = "huntaze-${var.environment}"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_instance" "main" {
  identifier     = "huntaze-${var.environment}"
  engine         = "postgres"
  engine_version = "17.6"
  instance_class = "db.t4g.large"
  db_name        = "huntaze"
  username       = "huntaze"

  manage_master_user_password = true

  allocated_storage     = 100
  max_allocated_storage = 500
  storage_type          = "gp3"
  storage_encrypted     = true

  multi_az               = true
  publicly_accessible    = false
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]

  backup_retention_period = 30
  backup_window           = "03:00-04:00"
  copy_tags_to_snapshot   = true

  auto_minor_version_upgrade = true
  maintenance_window         = "sun:05:00-sun:06:00"

  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "huntaze-${var.environment}-final"

  enabled_cloudwatch_logs_exports = ["postgresql"]
}

resource "aws_elasticache_subnet_group" "main" {
  name       = "huntaze-${var.environment}"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id = "huntaze-${var.environment}"
  description          = "Sessions and rate limits"
  engine               = "redis"
  engine_version       = "7.1"
  node_type            = "cache.t4g.small"
  num_cache_clusters   = 2

  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true

  snapshot_retention_limit = 7
  snapshot_window          = "04:00-05:00"

  auto_minor_version_upgrade = true
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.redis.id]
}

# Their values are put in by hand, once; Terraform knows the names alone.
resource "aws_secretsmanager_secret" "database_url" {
  name = "huntaze/${var.environment}/database-url"
}

resource "aws_secretsmanager_secret" "nextauth" {
  name = "huntaze/${var.environment}/nextauth-secret"
}

resource "aws_secretsmanager_secret" "cron" {
  name = "huntaze/${var.environment}/cron-secret"
}

resource "aws_secretsmanager_secret" "outbox" {
  name = "huntaze/${var.environment}/outbox-secret"
}
