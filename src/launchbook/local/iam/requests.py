"""What a request is about: its action in IAM's words, the resources it names, and its condition keys."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, unquote

from launchbook.local.calls import Call, Request
from launchbook.local.plane import ACCOUNT

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
}  # fmt: skip

#: Parameter → resource, after the service's part of the ARN.
_NAMED: dict[str, dict[str, str]] = {
    "sqs": {"QueueUrl": "{}", "QueueName": "{}"},
    "ssm": {"Name": "parameter/{}", "Names": "parameter/{}", "Path": "parameter/{}"},
    "logs": {"logGroupName": "log-group:{}:*"},
    "dynamodb": {"TableName": "table/{}"},
    "rds": {"DBInstanceIdentifier": "db:{}", "DBSnapshotIdentifier": "snapshot:{}"},
    "iam": {"RoleName": ":role/{}", "UserName": ":user/{}", "GroupName": ":group/{}"},
    "kms": {"KeyId": "key/{}"},
    "cloudwatch": {"AlarmName": "alarm:{}", "AlarmNames": "alarm:{}"},
    "backup": {"BackupVaultName": "backup-vault:{}"},
    "events": {"Rule": "rule/{}", "Name": "rule/{}"},
    "lambda": {"FunctionName": "function:{}"},
    "ecr": {"repositoryName": "repository/{}", "repositoryNames": "repository/{}"},
}
_KEY = re.compile(r"<Key>([^<]*)</Key>")
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


def resources_of(call: Call, request: Request, given: Mapping[str, Any]) -> list[str]:
    """The ARNs that a call names; ``["*"]`` where it names none."""
    if call.service == "s3":
        return _s3(call, request)
    if call.service == "secretsmanager":
        return _secret(call, str(given.get("SecretId") or given.get("Name") or ""))
    if call.service == "ecs":
        return list(_ecs(call, given)) or ["*"]
    if call.service == "logs" and isinstance(given.get("logStreamName"), str) and given.get("logGroupName"):
        return [_arn(call, f"log-group:{given['logGroupName']}:log-stream:{given['logStreamName']}")]
    prefix = f"arn:aws:{'iam' if call.service == 'sts' else call.service}:"
    named = _NAMED.get(call.service, {})
    found: list[str] = []
    for name, value in given.items():
        for text in value if isinstance(value, list) else [value]:
            if not isinstance(text, str):
                continue
            if text.startswith(prefix):
                found.append(text)
            elif name in named:
                found.append(_arn(call, named[name].format(_last(call.service, text))))
    if call.service in ("backup", "lambda", "amplify") and not found:
        found = _rest(call, request)
    return found or ["*"]


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
        found["ecs:cluster"] = [_ecs_arn(call, "cluster", str(given["cluster"]))]
    return found


_KEYS = {
    "ExternalId": "sts:externalid",
    "RoleSessionName": "sts:rolesessionname",
    "prefix": "s3:prefix",
    "delimiter": "s3:delimiter",
}


def _arn(call: Call, rest: str) -> str:
    if rest.startswith(":"):  # a global service
        return f"arn:aws:{call.service}::{ACCOUNT}{rest}"
    return f"arn:aws:{call.service}:{call.region}:{ACCOUNT}:{rest}"


def _last(service: str, text: str) -> str:
    # A parameter's leading slash is the one of ``parameter/``; a log group's belongs to its name.
    return text.rpartition("/")[2] if service == "sqs" else text.lstrip("/") if service == "ssm" else text


def _s3(call: Call, request: Request) -> list[str]:
    path = unquote(request.path).lstrip("/")
    if not path:
        return ["*"]
    bucket, _, key = path.partition("/")
    named = [f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"]
    if call.operation == "DeleteObjects":
        keys = _KEY.findall(request.body.decode("utf-8", "replace"))
        return [f"arn:aws:s3:::{bucket}/{html.unescape(each)}" for each in keys] or named
    return named


def copied(call: Call, request: Request) -> tuple[str, str] | None:
    """The action and the object of S3 that a call reads besides: the source of a copy."""
    source = request.headers.get("x-amz-copy-source")
    if call.service != "s3" or call.operation not in ("CopyObject", "UploadPartCopy") or not source:
        return None
    path, _, version = source.partition("?versionId=")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    path = unquote(path).lstrip("/")
    return action, path if path.startswith("arn:") else f"arn:aws:s3:::{path}"


def _secret(call: Call, name: str) -> list[str]:
    from moto.backends import get_backend

    if not name or name.startswith("arn:"):
        return [name or "*"]
    known = get_backend("secretsmanager")[ACCOUNT][call.region].secrets.get(name)
    return [known.arn if known else _arn(call, f"secret:{name}")]


def _rest(call: Call, request: Request) -> list[str]:
    kinds = {"backup-vaults": "backup-vault:", "functions": "function:", "apps": "apps/"}
    parts = request.path.strip("/").split("/")
    return [
        _arn(call, kinds[kind] + unquote(name)) for kind, name in pairwise(parts) if kind in kinds and name
    ][:1]


def _ecs(call: Call, given: Mapping[str, Any]) -> Iterator[str]:
    cluster = str(given.get("cluster") or "default").rpartition("/")[2]
    services = given.get("services") or given.get("service") or given.get("serviceName") or []
    for name in services if isinstance(services, list) else [services]:
        yield _ecs_arn(call, "service", f"{cluster}/{str(name).rpartition('/')[2]}")
    tasks = given.get("tasks") or given.get("task") or []
    for name in tasks if isinstance(tasks, list) else [tasks]:
        yield _ecs_arn(call, "task", f"{cluster}/{str(name).rpartition('/')[2]}")
    if call.operation in ("RunTask", "StartTask", "DescribeTaskDefinition", "DeregisterTaskDefinition"):
        yield _ecs_arn(call, "task-definition", _revision(call, str(given.get("taskDefinition", ""))))
    elif call.operation in ("DescribeClusters", "DeleteCluster", "UpdateCluster"):
        clusters = given.get("clusters") or [cluster]
        yield from (_ecs_arn(call, "cluster", str(each).rpartition("/")[2]) for each in clusters)


def _revision(call: Call, given: str) -> str:
    # A family alone means its newest revision, and that is what policies are asked about.
    from moto.backends import get_backend
    from moto.ecs.exceptions import TaskDefinitionNotFoundException

    name = given.rpartition("/")[2]
    if not name or ":" in name:
        return name
    try:
        known = get_backend("ecs")[ACCOUNT][call.region].describe_task_definition(name)
    except TaskDefinitionNotFoundException:
        return name
    return str(known.arn).rpartition("/")[2]


def _ecs_arn(call: Call, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:ecs:{call.region}:{ACCOUNT}:{kind}/{name}"


def _tags(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tags = given.get("Tags") or given.get("tags") or {}
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
        return
    for tag in tags:
        if isinstance(tag, Mapping):
            yield str(tag.get("Key", tag.get("key", ""))), str(tag.get("Value", tag.get("value", "")))
