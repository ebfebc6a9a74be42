include "root" {
  path = find_in_parent_folders("root.hcl")
}
include "envcommon" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/../_envcommon/queue.hcl"
  expose = true
}
locals {
  env = "prod"
}
inputs = {
  name = "jobs-${local.env}"
  max_receive = 3
}
