variable "region" {
  type = string
}

variable "desired_count" {
  type    = number
  default = 1
}

variable "log_retention_days" {
  type    = number
  default = 7
}

variable "queues" {
  type = map(object({ visibility_timeout = number }))
}

variable "alarm_email" {
  type    = string
  default = null
}
