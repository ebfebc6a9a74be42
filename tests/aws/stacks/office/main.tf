# Containers from other people's registries behind one load balancer, with a cache, a shared disk and backups.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "us-west-2"
  default_tags {
    tags = { Team = "office" }
  }
}

data "aws_availability_zones" "all" {}

locals {
  name = "office"
  services = {
    wiki  = { image = "docker.io/requarks/wiki:2", port = 3000, path = "/wiki/*", priority = 100 }
    chat  = { image = "public.ecr.aws/docker/library/nginx:1.27", port = 80, path = "/chat/*", priority = 110 }
    mail  = { image = "ghcr.io/example/mail@sha256:0000000000000000000000000000000000000000000000000000000000000000", port = 8025, path = "/mail/*", priority = 120 }
    queue = { image = "rabbitmq:3-management", port = 15672, path = "/queue/*", priority = 130 }
  }
}

resource "aws_vpc" "main" {
  cidr_block = "172.20.0.0/16"
  tags       = { Name = local.name }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "zone" {
  count             = 3
  vpc_id            = aws_vpc.main.id
  cidr_block        = "172.20.${count.index}.0/24"
  availability_zone = data.aws_availability_zones.all.names[count.index]
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.main.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route_table_association" "zone" {
  count          = 3
  subnet_id      = aws_subnet.zone[count.index].id
  route_table_id = aws_route_table.main.id
}

resource "aws_network_acl" "main" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = aws_subnet.zone[*].id
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_security_group" "open" {
  name   = "${local.name}-open"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "main" {
  name            = local.name
  subnets         = aws_subnet.zone[*].id
  security_groups = [aws_security_group.open.id]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "nothing here"
      status_code  = "404"
    }
  }
}

resource "aws_ecs_cluster" "main" {
  name = local.name
}

resource "aws_iam_role" "execution" {
  name = "${local.name}-execution"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"]
}

module "service" {
  source         = "./modules/service"
  for_each       = local.services
  name           = each.key
  image          = each.value.image
  port           = each.value.port
  path           = each.value.path
  priority       = each.value.priority
  cluster        = aws_ecs_cluster.main.name
  cluster_arn    = aws_ecs_cluster.main.arn
  vpc            = aws_vpc.main.id
  subnets        = aws_subnet.zone[*].id
  security_group = aws_security_group.open.id
  listener       = aws_lb_listener.http.arn
  execution_role = aws_iam_role.execution.arn
  file_system    = aws_efs_file_system.shared.id
}

resource "aws_efs_file_system" "shared" {
  encrypted       = true
  throughput_mode = "elastic"
  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }
  tags = { Name = local.name }
}

resource "aws_efs_mount_target" "zone" {
  count           = 3
  file_system_id  = aws_efs_file_system.shared.id
  subnet_id       = aws_subnet.zone[count.index].id
  security_groups = [aws_security_group.open.id]
}

resource "aws_elasticache_subnet_group" "main" {
  name       = local.name
  subnet_ids = aws_subnet.zone[*].id
}

resource "aws_elasticache_parameter_group" "main" {
  name   = local.name
  family = "redis7"
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}

resource "aws_elasticache_cluster" "pages" {
  cluster_id         = "${local.name}-pages"
  engine             = "memcached"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 2
  subnet_group_name  = aws_elasticache_subnet_group.main.name
  security_group_ids = [aws_security_group.open.id]
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id       = local.name
  description                = "Sessions"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.t4g.micro"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  snapshot_retention_limit   = 5
  parameter_group_name       = aws_elasticache_parameter_group.main.name
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.open.id]
}

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = aws_subnet.zone[*].id
}

resource "aws_db_instance" "wiki" {
  identifier              = "${local.name}-wiki"
  engine                  = "mysql"
  engine_version          = "8.0"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  db_name                 = "wiki"
  username                = "wiki"
  password                = "not-a-real-password"
  db_subnet_group_name    = aws_db_subnet_group.main.name
  vpc_security_group_ids  = [aws_security_group.open.id]
  backup_retention_period = 3
  skip_final_snapshot     = true
}

resource "aws_kms_key" "backup" {
  description             = "Backups"
  deletion_window_in_days = 7
}

resource "aws_backup_vault" "main" {
  name        = local.name
  kms_key_arn = aws_kms_key.backup.arn
}

resource "aws_backup_plan" "main" {
  name = local.name
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_iam_role" "backup" {
  name = "${local.name}-backup"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }]
  })
}

resource "aws_backup_selection" "main" {
  name         = local.name
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_efs_file_system.shared.arn, aws_db_instance.wiki.arn]
}

resource "aws_route53_zone" "private" {
  name = "office.internal"
  vpc {
    vpc_id = aws_vpc.main.id
  }
}

resource "aws_route53_record" "cache" {
  zone_id = aws_route53_zone.private.zone_id
  name    = "cache.office.internal"
  type    = "CNAME"
  ttl     = 60
  records = [aws_elasticache_replication_group.main.primary_endpoint_address]
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "tasks.internal"
  vpc  = aws_vpc.main.id
}

resource "aws_iam_user" "mailer" {
  name = "${local.name}-mailer"
}

resource "aws_iam_user_policy" "mailer" {
  name = "send"
  user = aws_iam_user.mailer.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ses:SendEmail", Resource = "*" }]
  })
}

resource "aws_iam_group" "admins" {
  name = "${local.name}-admins"
}

resource "aws_iam_user_group_membership" "mailer" {
  user   = aws_iam_user.mailer.name
  groups = [aws_iam_group.admins.name]
}
