provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "cdn"
  region = "us-east-1"
}

resource "aws_db_instance" "main" {
  identifier              = "shop-dev"
  backup_retention_period = 1
}

terraform {
  backend "s3" {
    bucket = "states"
    key    = "dev"
    region = "us-west-2"
  }
}
