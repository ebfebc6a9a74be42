"""Which resources a request is about, and which action on each: what policies are asked about."""

from __future__ import annotations

import base64
import contextlib
import html
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from launchbook.local.calls import Call, Request
from launchbook.local.plane import ACCOUNT

#: Parameter → resource, after the service's part of the ARN.
_NAMED: dict[str, dict[str, str]] = {
    "sqs": {"QueueUrl": "{}", "QueueName": "{}"},
    "ssm": {"Name": "parameter/{}", "Names": "parameter/{}", "Path": "parameter/{}"},
    "logs": {"logGroupName": "log-group:{}:*"},
    "dynamodb": {"TableName": "table/{}"},
    "rds": {"DBInstanceIdentifier": "db:{}", "DBSnapshotIdentifier": "snapshot:{}"},
    "cloudwatch": {"AlarmName": "alarm:{}", "AlarmNames": "alarm:{}"},
    "backup": {"BackupVaultName": "backup-vault:{}"},
    "events": {"Rule": "rule/{}", "Name": "rule/{}"},
    "lambda": {"FunctionName": "function:{}"},
    "ecr": {"repositoryName": "repository/{}", "repositoryNames": "repository/{}"},
}
#: Characters of a key's id, with which what it encrypted begins.
_KEY_ID = 36
_KEY = re.compile(r"<Key>([^<]*)</Key>")
#: What a part of a transaction is called → the action that it needs.
_TRANSACTED = {
    "Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem", "Get": "dynamodb:GetItem",
}  # fmt: skip


def asked(call: Call, request: Request, given: Mapping[str, Any], action: str) -> list[tuple[str, str]]:
    """``(action, resource)`` of everything that a call needs; the resource is ``*`` where it names none."""
    if call.service == "apigateway":  # its actions are the methods of HTTP, its resources the paths
        path = request.path.removeprefix("/v2")
        return [(f"apigateway:{request.method}", f"arn:aws:apigateway:{call.region}::{unquote(path)}")]
    if call.service == "dynamodb" and isinstance(given.get("TransactItems"), list):
        return list(_transacted(call, given["TransactItems"])) or [(action, "*")]
    return [(action, resource) for resource in resources_of(call, request, given)]


def resources_of(call: Call, request: Request, given: Mapping[str, Any]) -> list[str]:
    """The ARNs that a call names; ``["*"]`` where it names none."""
    if call.service == "s3":
        return _s3(call, request)
    if call.service == "secretsmanager":
        return _secret(call, str(given.get("SecretId") or given.get("Name") or ""))
    by_service = {"ecs": _ecs, "iam": _iam, "kms": _kms}.get(call.service)
    if by_service is not None:
        return list(by_service(call, given)) or ["*"]
    if call.service == "dynamodb" and isinstance(given.get("RequestItems"), Mapping):
        return [_table(call, str(name)) for name in given["RequestItems"]] or ["*"]
    if call.service == "sns" and call.operation == "CreateTopic":
        return [_arn(call, str(given.get("Name", "")))]
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
        yield ecs_arn(call, "service", f"{cluster}/{str(name).rpartition('/')[2]}")
    tasks = given.get("tasks") or given.get("task") or []
    for name in tasks if isinstance(tasks, list) else [tasks]:
        yield ecs_arn(call, "task", f"{cluster}/{str(name).rpartition('/')[2]}")
    if call.operation in ("RunTask", "StartTask", "DescribeTaskDefinition", "DeregisterTaskDefinition"):
        yield ecs_arn(call, "task-definition", _revision(call, str(given.get("taskDefinition", ""))))
    elif call.operation in ("DescribeClusters", "DeleteCluster", "UpdateCluster"):
        clusters = given.get("clusters") or [cluster]
        yield from (ecs_arn(call, "cluster", str(each).rpartition("/")[2]) for each in clusters)


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


def ecs_arn(call: Call, kind: str, name: str) -> str:
    """The ARN of something of ECS that was given by name or ARN."""
    return name if name.startswith("arn:") else f"arn:aws:ecs:{call.region}:{ACCOUNT}:{kind}/{name}"


def _transacted(call: Call, items: list[Any]) -> Iterator[tuple[str, str]]:
    for item in items:
        for name, part in item.items() if isinstance(item, Mapping) else ():
            if name in _TRANSACTED and isinstance(part, Mapping):
                yield _TRANSACTED[name], _table(call, str(part.get("TableName", "")))


def _table(call: Call, name: str) -> str:
    return name if name.startswith("arn:") else _arn(call, f"table/{name}")


def _iam(call: Call, given: Mapping[str, Any]) -> Iterator[str]:
    """Roles, users, groups, profiles and policies with their paths: as they are, or as they are to be made."""
    from moto.backends import get_backend

    backend: Any = get_backend("iam")[ACCOUNT]["aws"]
    kinds = {
        "InstanceProfileName": (
            "instance-profile",
            {profile.name: profile.arn for profile in list(backend.instance_profiles.values())},
        ),
        "GroupName": ("group", {group.name: group.arn for group in list(backend.groups.values())}),
        "RoleName": ("role", {role.name: role.arn for role in list(backend.roles.values())}),
        "UserName": ("user", {user.name: user.arn for user in list(backend.users.values())}),
    }
    if call.operation == "CreatePolicy":
        kinds["PolicyName"] = ("policy", {})
    path = str(given.get("Path") or "/")
    for parameter, (kind, known) in kinds.items():
        name = given.get(parameter)
        if isinstance(name, str):
            # One alone: who is put into a group, and which policy is attached, are conditions.
            yield known.get(name) or f"arn:aws:iam::{ACCOUNT}:{kind}{path}{name}"
            return
    for value in given.values():
        if isinstance(value, str) and value.startswith("arn:aws:iam:"):
            yield value


def _kms(call: Call, given: Mapping[str, Any]) -> Iterator[str]:
    """Keys by id or ARN, or by an alias that stands for one; operations on an alias name both."""
    from moto.backends import get_backend

    backend: Any = get_backend("kms")[ACCOUNT][call.region]
    aliases = call.operation in ("CreateAlias", "DeleteAlias", "UpdateAlias")
    for parameter in ("KeyId", "TargetKeyId", "AliasName", "SourceKeyId", "DestinationKeyId"):
        name = given.get(parameter)
        if not isinstance(name, str):
            continue
        if parameter == "AliasName" and aliases:
            yield _arn(call, backend.get_alias_name(name))
        alias = backend.get_alias_name(name)
        key = backend.get_key_id_from_alias(alias) if alias.startswith("alias/") else name
        if key:
            yield _arn(call, f"key/{backend.get_key_id(key)}")
    if call.operation in ("Decrypt", "ReEncrypt") and isinstance(given.get("CiphertextBlob"), str):
        # What was encrypted here begins with the key's id.
        with contextlib.suppress(ValueError):
            head = base64.b64decode(given["CiphertextBlob"])[:_KEY_ID].decode("ascii")
            yield _arn(call, f"key/{head}")
