terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-north-1"
}

resource "aws_ecr_repository" "shop" {
  name = "shop"
  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_db_instance" "shop" {
  identifier              = "shop"
  engine                  = "postgres"
  engine_version          = "12.19"
  instance_class          = "db.t4g.micro"
  allocated_storage       = 20
  username                = "shop"
  publicly_accessible     = true
  backup_retention_period = 0
  skip_final_snapshot     = true

  manage_master_user_password = true
}

resource "aws_security_group" "database" {
  name = "shop-database"

  ingress {
    from_port        = 5432
    to_port          = 5432
    protocol         = "tcp"
    ipv6_cidr_blocks = ["::/0"]
  }
}
