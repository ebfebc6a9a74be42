locals {
  account_vars = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  region_vars  = read_terragrunt_config(find_in_parent_folders("region.hcl"))
  aws_region   = local.region_vars.locals.aws_region
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<EOF
provider "aws" {
  region = "${local.aws_region}"
}
EOF
}
remote_state {
  backend = "s3"
  config = {
    encrypt = true
    bucket  = "acme-tf-${local.account_vars.locals.account_name}"
    key     = "${path_relative_to_include()}/terraform.tfstate"
    region  = local.aws_region
    dynamodb_table = "locks"
  }
  generate = { path = "backend.tf", if_exists = "overwrite_terragrunt" }
}
