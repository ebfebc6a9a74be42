region             = "eu-west-1"
desired_count      = 3
log_retention_days = 90
alarm_email        = "ops@parcels.example"
queues = {
  mail  = { visibility_timeout = 60 }
  label = { visibility_timeout = 300 }
}
