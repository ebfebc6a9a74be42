region = "eu-west-1"
queues = {
  mail = { visibility_timeout = 60 }
}
