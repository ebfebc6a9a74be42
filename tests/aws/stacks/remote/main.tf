# State in S3 with a lock in DynamoDB, as teams have it; the bucket is given with -backend-config.
terraform {
  backend "s3" {
    key     = "stack/terraform.tfstate"
    encrypt = true
  }
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}

resource "aws_ssm_parameter" "one" {
  name  = "/remote/one"
  type  = "String"
  value = "1"
}

output "name" {
  value = aws_ssm_parameter.one.name
}
