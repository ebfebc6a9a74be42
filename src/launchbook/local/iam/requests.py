"""What a request says: its action in IAM's words, its parameters, and its condition keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from launchbook.local.calls import Call, Request
from launchbook.local.iam.resources import ecs_arn

_ACTIONS = {
    "s3:ListObjects": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket", "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions", "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:HeadObject": "s3:GetObject", "s3:CopyObject": "s3:PutObject", "s3:UploadPart": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject", "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject", "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging", "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:PutBucketAccelerateConfiguration": "s3:PutAccelerateConfiguration",
    "s3:UploadPartCopy": "s3:PutObject", "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "sqs:SendMessageBatch": "sqs:SendMessage", "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility", "sns:PublishBatch": "sns:Publish",
    "lambda:Invoke": "lambda:InvokeFunction",
    "budgets:DescribeBudget": "budgets:ViewBudget", "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:CreateBudget": "budgets:ModifyBudget", "budgets:UpdateBudget": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget", "budgets:CreateNotification": "budgets:ModifyBudget",
}  # fmt: skip

_INDEX = re.compile(r"^(.+?)(?:\.member|\.entry)?\.\d+(?:\..*)?$")


def action_of(call: Call) -> str:
    """The action that IAM checks for a call, such as ``s3:ListBucket``."""
    return _ACTIONS.get(str(call), str(call))


def parameters_of(request: Request) -> dict[str, Any]:
    """The top-level parameters: of the JSON body, of the form, or of the query; lists of forms joined."""
    if request.body[:1] == b"{":
        try:
            found = json.loads(request.body)
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}
    flat = parse_qsl(request.query, keep_blank_values=True)
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        flat += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    found = {}
    for name, value in flat:
        listed = _INDEX.match(name)
        if listed:
            found.setdefault(listed[1], []).append(value)
        else:
            found[name] = value
    return found


def context_of(call: Call, request: Request, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The condition keys that a request carries, in lower case."""
    now = datetime.now(UTC)
    found = {
        "aws:requestedregion": [call.region],
        "aws:sourceip": ["127.0.0.1"],
        # Loopback is as private as TLS: policies that demand TLS hold here.
        "aws:securetransport": ["true"],
        "aws:currenttime": [now.strftime("%Y-%m-%dT%H:%M:%SZ")],
        "aws:epochtime": [str(int(now.timestamp()))],
        "aws:useragent": [request.headers.get("user-agent", "")],
    }
    for key, value in _tags(given):
        found[f"aws:requesttag/{key.lower()}"] = [value]
        found.setdefault("aws:tagkeys", []).append(key)
    for name, key in _KEYS.items():
        if isinstance(given.get(name), str):
            found[key] = [given[name]]
    if call.service == "ecs" and "cluster" in given:
        found["ecs:cluster"] = [ecs_arn(call, "cluster", str(given["cluster"]))]
    return found


_KEYS = {
    "ExternalId": "sts:externalid",
    "PolicyArn": "iam:policyarn",
    "PermissionsBoundary": "iam:permissionsboundary",
    "RoleSessionName": "sts:rolesessionname",
    "prefix": "s3:prefix",
    "delimiter": "s3:delimiter",
}


def _tags(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tags = given.get("Tags") or given.get("tags") or {}
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
        return
    for tag in tags:
        if isinstance(tag, Mapping):
            yield str(tag.get("Key", tag.get("key", ""))), str(tag.get("Value", tag.get("value", "")))
