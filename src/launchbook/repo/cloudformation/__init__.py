"""CloudFormation's own rules: parameters, conditions, intrinsic functions, and its property names as Terraform's."""
