"""SNS: topic policies honoured, delivery to queues and to loopback HTTP, nowhere else."""
