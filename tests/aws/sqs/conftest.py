"""Queues that are gone after their test."""

import uuid

import pytest


@pytest.fixture
def sqs(aws):
    """A client of the shared embedded AWS."""
    return aws("sqs")


@pytest.fixture
def make(sqs):
    """Make a queue with a name of its own: ``make(".fifo", FifoQueue="true")``; returns its URL."""
    urls = []

    def make(suffix="", **attributes):
        name = f"q-{uuid.uuid4().hex[:10]}{suffix}"
        urls.append(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])
        return urls[-1]

    yield make
    for url in urls:
        try:
            sqs.delete_queue(QueueUrl=url)
        except sqs.exceptions.QueueDoesNotExist:
            continue
