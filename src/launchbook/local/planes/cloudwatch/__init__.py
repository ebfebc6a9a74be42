"""CloudWatch: a bounded metric store, alarms that are evaluated and act."""
