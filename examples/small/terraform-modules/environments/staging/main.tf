terraform {
  required_version = ">= 1.5"

  # The rest comes from backend.hcl: terraform init -backend-config=backend.hcl
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region
}

module "platform" {
  source = "../../modules/platform"

  environment        = "staging"
  region             = var.region
  desired_count      = var.desired_count
  log_retention_days = var.log_retention_days
  queues             = var.queues
  alarm_email        = var.alarm_email
}
