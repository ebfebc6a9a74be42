terraform {
  required_version = ">= 1.6, < 2.0"

  # The rest stands in backend.hcl: terraform init -backend-config=backend.hcl
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80, < 6.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge(
      {
        Project     = var.name_prefix
        Environment = var.environment
        ManagedBy   = "terraform"
        Root        = "infra/aws-v3/stack"
      },
      var.expires_on == "" ? {} : { ExpiresOn = var.expires_on },
      var.run_id == "" ? {} : { LaunchbookRun = var.run_id },
    )
  }
}
