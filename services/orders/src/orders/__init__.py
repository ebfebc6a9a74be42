"""The reference order platform: an API, an outbox relay and a worker on PostgreSQL and SQS."""

__version__ = "0.1.0"
