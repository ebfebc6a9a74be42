locals {
  a = read_terragrunt_config("${get_terragrunt_dir()}/terragrunt.hcl")
  b = read_terragrunt_config("${get_terragrunt_dir()}/terragrunt.hcl")
  c = local.c
}
terraform {
  source = "git::https://git.example/modules.git//queue?ref=v1"
}
