terraform {
  required_version = ">= 1.6, < 2.0"

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
        Project   = var.name_prefix
        ManagedBy = "terraform"
        Root      = "infra/aws-v3/bootstrap"
      },
      var.run_id == "" ? {} : { LaunchbookRun = var.run_id },
    )
  }
}
