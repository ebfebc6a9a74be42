terraform {
  source = "${get_repo_root()}/modules/queue"
}
inputs = {
  visibility = 45
}
