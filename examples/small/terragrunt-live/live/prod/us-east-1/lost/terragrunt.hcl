include "root" {
  path = find_in_parent_folders("absent.hcl")
}
terraform {
  source = "git::https://git.example/modules.git//lost"
}
inputs = { name = "lost", max_receive = 3 }
