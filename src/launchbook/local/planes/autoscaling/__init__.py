"""Application Auto Scaling: policies that act on alarms, target tracking that makes its own."""
