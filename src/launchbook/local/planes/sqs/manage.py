"""The operations on queues: made, found, set, tagged, opened to others, emptied, removed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from launchbook.local.planes.sqs import attributes
from launchbook.local.planes.sqs.errors import SqsError, invalid
from launchbook.local.planes.sqs.store import Store

Parameters = dict[str, Any]
Operation = Callable[[Store, str, Parameters], dict[str, Any]]


def create_queue(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """CreateQueue."""
    tags = given.get("tags") or given.get("Tags") or {}
    return {"QueueUrl": store.create(region, given.get("QueueName"), given.get("Attributes") or {}, tags).url}


def delete_queue(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """DeleteQueue."""
    store.delete(region, store.find(region, given.get("QueueUrl")))
    return {}


def get_queue_url(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """GetQueueUrl."""
    return {"QueueUrl": store.find(region, given.get("QueueName")).url}


def list_queues(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ListQueues: by name, in pages only when MaxResults asks for them."""
    prefix = given.get("QueueNamePrefix") or ""
    names = sorted(name for name in store.queues(region) if name.startswith(prefix))
    return _page("QueueUrls", [store.queues(region)[name].url for name in names], given)


def list_dead_letter_source_queues(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ListDeadLetterSourceQueues."""
    sources = store.sources_of(store.find(region, given.get("QueueUrl")))
    return _page("queueUrls", sorted(queue.url for queue in sources), given, always=True)


def get_queue_attributes(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """GetQueueAttributes."""
    queue = store.find(region, given.get("QueueUrl"))
    with store.lock:
        found = attributes.described(queue, given.get("AttributeNames") or [], time.time())
    return {"Attributes": found} if found else {}


def set_queue_attributes(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """SetQueueAttributes."""
    store.change(store.find(region, given.get("QueueUrl")), given.get("Attributes") or {})
    return {}


def purge_queue(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """PurgeQueue."""
    queue = store.find(region, given.get("QueueUrl"))
    with store.lock:
        queue.purge(time.time())
    return {}


def tag_queue(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """TagQueue."""
    queue = store.find(region, given.get("QueueUrl"))
    tags = given.get("Tags") or {}
    if len({**queue.tags, **tags}) > 50:
        raise SqsError("InvalidParameterValue", f"Too many tags added for queue {queue.name}.")
    queue.tags.update(tags)
    return {}


def untag_queue(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """UntagQueue."""
    queue = store.find(region, given.get("QueueUrl"))
    for key in given.get("TagKeys") or []:
        queue.tags.pop(key, None)
    return {}


def list_queue_tags(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """ListQueueTags."""
    tags = store.find(region, given.get("QueueUrl")).tags
    return {"Tags": dict(tags)} if tags else {}


def add_permission(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """AddPermission: a statement of the queue's policy."""
    queue = store.find(region, given.get("QueueUrl"))
    label = given.get("Label")
    policy = json.loads(queue.attributes.get("Policy") or '{"Version":"2012-10-17","Statement":[]}')
    if any(statement.get("Sid") == label for statement in policy["Statement"]):
        raise invalid(label, "Label", "Already exists.")
    accounts = [f"arn:aws:iam::{account}:root" for account in given.get("AWSAccountIds") or []]
    actions = [f"SQS:{action}" for action in given.get("Actions") or []]
    if not accounts or not actions:
        raise SqsError(
            "MissingParameter", "The request must contain the parameters AWSAccountIds and Actions."
        )
    statement = {"Sid": label, "Effect": "Allow", "Principal": {"AWS": accounts}, "Action": actions}
    policy["Statement"].append({**statement, "Resource": queue.arn})
    store.change(queue, {"Policy": json.dumps(policy)})
    return {}


def remove_permission(store: Store, region: str, given: Parameters) -> dict[str, Any]:
    """RemovePermission."""
    queue = store.find(region, given.get("QueueUrl"))
    label = given.get("Label")
    policy = json.loads(queue.attributes.get("Policy") or '{"Statement":[]}')
    kept = [statement for statement in policy["Statement"] if statement.get("Sid") != label]
    if len(kept) == len(policy["Statement"]):
        raise invalid(label, "Label", "can't find label on existing policy.")
    store.change(queue, {"Policy": json.dumps({**policy, "Statement": kept}) if kept else ""})
    return {}


def _page(key: str, urls: list[str], given: Parameters, *, always: bool = False) -> dict[str, Any]:
    most = given.get("MaxResults")
    start = int(given.get("NextToken") or 0)
    end = start + int(most or 1000)
    result: dict[str, Any] = {key: urls[start:end]} if urls or always else {}
    if most and end < len(urls):
        result["NextToken"] = str(end)
    return result


OPERATIONS: dict[str, Operation] = {
    "AddPermission": add_permission,
    "CreateQueue": create_queue,
    "DeleteQueue": delete_queue,
    "GetQueueAttributes": get_queue_attributes,
    "GetQueueUrl": get_queue_url,
    "ListDeadLetterSourceQueues": list_dead_letter_source_queues,
    "ListQueueTags": list_queue_tags,
    "ListQueues": list_queues,
    "PurgeQueue": purge_queue,
    "RemovePermission": remove_permission,
    "SetQueueAttributes": set_queue_attributes,
    "TagQueue": tag_queue,
    "UntagQueue": untag_queue,
}
