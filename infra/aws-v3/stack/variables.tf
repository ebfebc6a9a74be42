variable "region" {
  description = "Region of everything."
  type        = string
  default     = "eu-west-1"
}

variable "zones" {
  description = "Letters of the two availability zones."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = length(var.zones) >= 2
    error_message = "A load balancer needs at least two zones."
  }
}

variable "name_prefix" {
  description = "Start of every name."
  type        = string
  default     = "order-platform"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name_prefix))
    error_message = "Use 3 to 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "environment" {
  description = "Which environment this is; a tag."
  type        = string
  default     = "demo"
}

variable "posture" {
  description = "cheap: public subnets, one of each, as the runbook describes. ready: what a launch needs (no public address, HTTPS, Multi-AZ, two tasks, backups)."
  type        = string
  default     = "cheap"

  validation {
    condition     = contains(["cheap", "ready"], var.posture)
    error_message = "The posture is cheap or ready."
  }
}

variable "deletion_protection" {
  description = "Keep the database and the load balancer from being deleted, and take a final snapshot. Must be off before terraform destroy."
  type        = bool
  default     = false
}

variable "vpc_cidr" {
  description = "Address range of the VPC; at least a /20."
  type        = string
  default     = "10.20.0.0/16"
}

variable "certificate_arn" {
  description = "ACM certificate of the public name. With one, port 80 only redirects to HTTPS. The ready posture needs it."
  type        = string
  default     = ""
}

variable "public_name" {
  description = "Name that the certificate is for; point it (CNAME or alias) to the load balancer. verify and validate ask it."
  type        = string
  default     = ""
}

variable "image_tag" {
  description = "The stable tag that the task definitions name. A release moves the tag; the plan stays clean."
  type        = string
  default     = "stable"
}

variable "db_instance_class" {
  description = "Size of the database."
  type        = string
  default     = "db.t4g.micro"
}

variable "db_engine_version" {
  description = "PostgreSQL major version."
  type        = string
  default     = "15"
}

variable "worker_max_count" {
  description = "Most workers that the backlog may start."
  type        = number
  default     = 5
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
}

variable "alarm_email" {
  description = "Where alarms are mailed. Empty: the topic has no subscriber, and the audit says so."
  type        = string
  default     = ""
}

variable "pager_url" {
  description = "HTTPS endpoint of the pager or chat that alarms wake somebody through; it may hold a key. Empty: mail alone, if that."
  type        = string
  default     = ""
  sensitive   = true
}

variable "budget_usd" {
  description = "Monthly limit in US dollars; a forecast over it raises the alarm."
  type        = number
  default     = 60
}

variable "state_bucket" {
  description = "Bucket of this stack's state, as bootstrap made it: the release workflow reads the outputs there."
  type        = string
  default     = "order-platform-v3-tfstate"
}

variable "github_repository" {
  description = "owner/name of the repository that may deploy. Empty: no role for it."
  type        = string
  default     = ""
}

variable "github_branch" {
  description = "The only branch that may deploy."
  type        = string
  default     = "main"
}

variable "expires_on" {
  description = "Day (YYYY-MM-DD) after which all of this should be gone; a tag. Empty: none."
  type        = string
  default     = ""
}

variable "run_id" {
  description = "Id of the launchbook run that made this; a tag by which a sweep finds leftovers. Empty: none."
  type        = string
  default     = ""
}
