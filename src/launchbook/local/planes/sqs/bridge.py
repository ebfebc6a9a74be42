"""moto's view of our queues, for what moto serves itself: SNS, events, S3 notifications, CloudFormation, tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import ParseResult

from moto.sqs import models
from moto.sqs.exceptions import QueueDoesNotExist, SQSException

from launchbook.local.plane import ACCOUNT
from launchbook.local.planes.sqs import attributes, messages
from launchbook.local.planes.sqs.errors import SqsError
from launchbook.local.planes.sqs.queue import Queue
from launchbook.local.planes.sqs.store import Store


class QueueView:
    """One of our queues with the names that moto uses."""

    def __init__(self, queue: Queue, region: str) -> None:
        self.ours = queue
        self.region = region
        self.account_id = ACCOUNT
        self.lambda_event_source_mappings: dict[str, Any] = {}

    name = property(lambda self: self.ours.name)
    queue_arn = property(lambda self: self.ours.arn)
    fifo_queue = property(lambda self: self.ours.fifo)
    tags = property(lambda self: self.ours.tags)
    policy = property(lambda self: self.ours.attributes.get("Policy") or None)
    physical_resource_id = property(lambda self: self.ours.url)

    def url(self, request_url: ParseResult) -> str:
        """The queue's URL, whoever asks."""
        return self.ours.url

    def is_created(self) -> bool:
        """CloudFormation waits for what is not; a queue is there at once."""
        return True

    def delete(self, account_id: str, region_name: str) -> None:
        """End it with its stack."""
        models.sqs_backends[account_id][region_name].delete_queue(self.ours.name)

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether CloudFormation's Fn::GetAtt knows it."""
        return attr in ("Arn", "QueueName", "QueueUrl")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """What Fn::GetAtt answers."""
        return {"Arn": self.ours.arn, "QueueName": self.ours.name, "QueueUrl": self.ours.url}[attribute_name]


class SQSBackend(models.SQSBackend):
    """moto's backend of SQS with our queues behind it."""

    store: Store

    @property
    def _url_module(self) -> Any:
        from moto.sqs import urls

        return urls

    def __init__(self, region_name: str, account_id: str) -> None:
        self._views: dict[str, QueueView] = {}
        super().__init__(region_name, account_id)

    @property
    def queues(self) -> Any:
        """The region's queues by name."""
        ours = self.store.queues(self.region_name)
        for name, queue in list(ours.items()):
            if name not in self._views or self._views[name].ours is not queue:
                self._views[name] = QueueView(queue, self.region_name)
        return {name: self._views[name] for name in list(ours) if name in self._views}

    @queues.setter
    def queues(self, value: Any) -> None:
        """moto's constructor sets an empty dict; ours are in the store."""

    def get_queue(self, queue_name: str) -> Any:
        """The queue of that name. Raises moto's QueueDoesNotExist."""
        found = self.queues.get(queue_name)
        if found is None:
            raise QueueDoesNotExist()
        return found

    def create_queue(self, name: str, tags: Mapping[str, str] | None = None, **given: Any) -> Any:
        """Make a queue (CloudFormation does it here)."""
        wanted = {key: _text(value) for key, value in given.items() if key != "region" and value is not None}
        wanted.pop("QueueName", None)
        try:
            self.store.create(self.region_name, name, wanted, tags or {})
        except SqsError as error:
            raise SQSException(error.code, error.message) from error
        return self.get_queue(name)

    def delete_queue(self, queue_name: str) -> None:
        """Remove a queue."""
        self.store.delete(self.region_name, self.get_queue(queue_name).ours)

    def get_queue_attributes(self, queue_name: str, attribute_names: list[str]) -> dict[str, str]:
        """Attributes as strings."""
        import time

        return attributes.described(self.get_queue(queue_name).ours, attribute_names, time.time())

    def send_message(
        self,
        queue_name: str,
        message_body: str,
        message_attributes: Mapping[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        group_id: str | None = None,
        system_attributes: Mapping[str, Any] | None = None,
        validate_group_id: bool = True,
    ) -> Any:
        """Send one message from inside this process. Raises moto's SQSException for what SQS refuses."""
        view = self.get_queue(queue_name)
        given = {
            "MessageBody": message_body,
            "MessageAttributes": message_attributes or {},
            "MessageSystemAttributes": system_attributes or {},
            "MessageGroupId": group_id,
            "MessageDeduplicationId": deduplication_id if view.ours.fifo else None,
        }
        try:
            return self.store.put(view.ours, messages.made(view.ours, given), delay_seconds)
        except SqsError as error:
            raise SQSException(error.code, error.message) from error


def install(store: Store) -> None:
    """Put our backend in the place of moto's."""
    SQSBackend.store = store
    models.sqs_backends.backend = SQSBackend
    for regions in models.sqs_backends.values():
        regions.backend = SQSBackend
        regions.clear()


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
