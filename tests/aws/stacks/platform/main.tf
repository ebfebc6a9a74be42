# Every resource type of a small production platform: what the lifecycle runbook provisions, plus HTTPS,
# path rules and a FIFO queue. Nothing in it knows that it runs on an embedded AWS.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "name" {
  type    = string
  default = "harbour"
}

provider "aws" {
  region = var.region
  default_tags {
    tags = {
      platform = var.name
      expires  = "2027-01-01"
    }
  }
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_availability_zones" "all" {
  state = "available"
}

locals {
  zones   = slice(data.aws_availability_zones.all.names, 0, 2)
  account = data.aws_caller_identity.me.account_id
}
