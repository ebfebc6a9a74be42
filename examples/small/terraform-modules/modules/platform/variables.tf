variable "environment" {
  type = string
}

variable "region" {
  type = string
}

variable "desired_count" {
  type = number
}

variable "log_retention_days" {
  type = number
}

variable "queues" {
  type = map(object({ visibility_timeout = number }))
}

variable "alarm_email" {
  type = string
}
