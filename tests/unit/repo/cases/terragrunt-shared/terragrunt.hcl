remote_state {
  backend = "s3"
  config = { bucket = "states", key = "${path_relative_to_include()}/terraform.tfstate", region = "eu-west-1" }
}
generate "provider" {
  path = "provider.tf"
  if_exists = "overwrite"
  contents = <<EOF
provider "aws" { region = "eu-north-1" }
EOF
}
