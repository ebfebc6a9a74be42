include "root" { path = find_in_parent_folders() }
terraform { source = "../../modules/queue" }
inputs = { name = "orders", max_receive_count = 9 }
