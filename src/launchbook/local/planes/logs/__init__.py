"""CloudWatch Logs: metric filters that emit."""
