variable "queues" {
  type = map(object({
    delay = optional(number, 5)
    dead  = optional(object({ count = optional(number, 3) }), {})
    tag   = optional(string)
  }))
  default = { mail = {}, audit = { delay = 30 } }
}
resource "aws_sqs_queue" "each" {
  for_each       = var.queues
  name           = each.key
  delay_seconds  = each.value.delay
  receive_wait_time_seconds = each.value.dead.count
  policy         = each.value.tag
}
