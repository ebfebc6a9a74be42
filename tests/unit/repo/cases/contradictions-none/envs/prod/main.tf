provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "cdn"
  region = "us-east-1"
}

resource "aws_db_instance" "main" {
  identifier              = "shop-prod"
  backup_retention_period = 30
}

terraform {
  backend "s3" {
    bucket = "states"
    key    = "prod"
    region = "us-west-2"
  }
}
