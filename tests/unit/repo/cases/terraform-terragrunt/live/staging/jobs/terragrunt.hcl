terraform {
  source = "../../../modules/queue"
}

inputs = {
  name = "jobs-staging"
  days = 14
}
