variable "environment" {
  type    = string
  default = "production"
}

variable "aws_region" {
  type        = string
  default     = "us-east-1"
  description = "config/regions.yaml says which region is right"
}

variable "image_tag" {
  type        = string
  description = "Commit that the router runs"
  default     = "0000000000000000000000000000000000000000"
}

variable "app_base_url" {
  type        = string
  description = "Where the application answers, without a trailing slash"
}

variable "domain" {
  type    = string
  default = "huntaze.example"
}

variable "cron_secret" {
  type        = string
  sensitive   = true
  description = "Given as TF_VAR_cron_secret by whoever applies, never in a file"
}

variable "app_vpc_id" {
  type        = string
  description = "VPC of aws-infrastructure.yaml"
}

variable "app_vpc_cidr" {
  type    = string
  default = "10.20.0.0/16"
}

variable "app_private_route_table_ids" {
  type        = list(string)
  description = "Route tables of the application's private subnets"
}

variable "pager_endpoint" {
  type        = string
  description = "HTTPS endpoint of the pager"
}

variable "ops_email" {
  type        = string
  description = "Second way to reach the people on call"
}

variable "monthly_budget_usd" {
  type    = number
  default = 1500
}
