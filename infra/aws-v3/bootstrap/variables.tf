variable "region" {
  description = "Region of the state bucket and the lock table; the same as the stack's."
  type        = string
  default     = "eu-west-1"
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

variable "state_bucket" {
  description = "Name of the state bucket. Names are shared by every AWS account: choose your own, and write the same into ../stack/backend.hcl."
  type        = string
  default     = "order-platform-v3-tfstate"
}

variable "require_tls" {
  description = "Refuse requests to the state bucket that do not use TLS."
  type        = bool
  default     = true
}

variable "run_id" {
  description = "Id of the launchbook run that made this; a tag by which a sweep finds leftovers. Empty: none."
  type        = string
  default     = ""
}
