terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" {
  type = string
}

provider "aws" {
  region = var.region
  default_tags { tags = { Project = "small" } }
}

resource "aws_s3_bucket" "state" {
  bucket = "small-state"
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_dynamodb_table" "lock" {
  name         = "small-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"
  attribute {
    name = "LockID"
    type = "S"
  }
}

output "backend_hcl" {
  value = <<-EOT
    bucket         = "${aws_s3_bucket.state.bucket}"
    key            = "stack/terraform.tfstate"
    region         = "${var.region}"
    dynamodb_table = "${aws_dynamodb_table.lock.name}"
  EOT
}
