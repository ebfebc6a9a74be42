terraform {
  required_version = ">= 1.5"

  # Bucket and lock table are made by infra/bootstrap.
  backend "s3" {
    bucket         = "huntaze-terraform-state-production"
    key            = "huntaze/production.tfstate"
    region         = "us-east-1"
    encrypt        = true
    dynamodb_table = "huntaze-terraform-locks"
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = {
      system      = "huntaze"
      environment = var.environment
    }
  }
}
