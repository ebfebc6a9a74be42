"""The gate of ``--enforce-iam``: a call passes, or gets the refusal that AWS would give."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from launchbook.local.answers import Answer, denied, expired, unknown_key, unsigned
from launchbook.local.calls import Call, Request, operation_of
from launchbook.local.iam import principals, requests, resources
from launchbook.local.iam.policy import Ask, Document, Effect, evaluate
from launchbook.local.iam.principals import ANONYMOUS, KeyRefused, Principal
from launchbook.local.names import named
from launchbook.local.plane import ACCOUNT

_ALWAYS = frozenset({"sts:GetCallerIdentity"})
_BY_TRUST = frozenset({"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"})


def check(call: Call, request: Request) -> Answer | None:
    """None when the caller may make the call; else the answer that refuses it.

    An access key that IAM never made acts as the account's root user, whom nothing restricts. Who has no key
    may do what the policy of a bucket gives to everybody.
    """
    given = requests.parameters_of(request)
    action = requests.action_of(call)
    if action in _BY_TRUST:
        return None if _federated(action, given) else denied(call, f"Not authorized to perform {action}")
    principal: Principal | None = ANONYMOUS
    if call.access_key:
        try:
            principal = principals.find(call.access_key)
        except KeyRefused as refused:
            return expired(call) if refused.expired else unknown_key(call)
    elif request.method == "OPTIONS":  # a browser asks before it signs
        return None
    elif call.service or not _rest(request):
        return unsigned(call)
    else:
        call = named(replace(call, service="s3", region="us-east-1"), request)
        action = requests.action_of(call)
    return _judge(call, request, given, action, principal)


def _rest(request: Request) -> bool:
    # What names no service and no operation is S3's: a path alone.
    return " " in operation_of(request)


def _judge(
    call: Call, request: Request, given: Mapping[str, Any], action: str, principal: Principal | None
) -> Answer | None:
    if principal is None or action in _ALWAYS:
        return None
    context: dict[str, Sequence[str]] = {**requests.context_of(call, request, given), **principal.context}
    asks = [
        Ask(needed, resource, context, principal.names)
        for needed, resource in resources.asked(call, request, given, action)
    ]
    asks += [
        Ask("iam:PassRole", role, {**context, "iam:passedtoservice": [service]}, principal.names)
        for role, service in _passed(call, given)
    ]
    source = resources.copied(call, request)
    if source:
        asks.append(Ask(*source, context, principal.names))
    for ask in asks:
        why = _refusal(principal, ask)
        if why:
            who = f"User: {principal.arn} is not authorized to perform: {ask.action}"
            return denied(call, f"{who} on resource: {ask.resource} {why}")
    return None


def _refusal(principal: Principal, ask: Ask) -> str:
    """Why IAM refuses; empty when it does not."""
    own = evaluate(principal.policies, ask)
    resource = evaluate(_resource_policies(ask), ask, principal=True)
    limits = {"a permissions boundary": principal.boundary, "a session policy": principal.session}
    verdicts = {name: evaluate(documents, ask) for name, documents in limits.items() if documents is not None}
    for name, verdict in {
        "an identity-based policy": own,
        "a resource-based policy": resource,
        **verdicts,
    }.items():
        if verdict is Effect.DENY:
            return f"with an explicit deny in {name}"
    if ask.action == "sts:AssumeRole" and resource is not Effect.ALLOW:
        return "because no trust policy of the role allows it"
    for name, verdict in verdicts.items():
        if verdict is not Effect.ALLOW:
            return f"because no {name.removeprefix('a ')} allows the {ask.action} action"
    by_account = ask.action == "sts:AssumeRole" and not _names_caller(principal, ask)
    if own is Effect.ALLOW or (resource is Effect.ALLOW and not by_account):
        return ""
    return f"because no identity-based policy allows the {ask.action} action"


def _names_caller(principal: Principal, ask: Ask) -> bool:
    # A policy that trusts the account leaves it to the account to say who; one that names the caller doesn't.
    own = principal.names - {ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"}
    narrowed = Ask(ask.action, ask.resource, ask.context, own)
    return evaluate(_resource_policies(ask), narrowed, principal=True) is Effect.ALLOW


def _resource_policies(ask: Ask) -> list[Document]:
    parts = ask.resource.split(":", 5)
    if ask.action == "sts:AssumeRole":
        trust = principals.trust_policy(ask.resource)
        return [trust] if trust else []
    if len(parts) < 6 or parts[2] not in ("sqs", "sns", "s3"):
        return []
    text = _policy_text(parts[2], parts[3], parts[5])
    try:
        document = json.loads(text) if text else None
    except ValueError:
        return []
    return [document] if isinstance(document, dict) else []


def _policy_text(service: str, region: str, name: str) -> Any:
    from moto.backends import get_backend

    if service == "s3":
        bucket = get_backend("s3")[ACCOUNT]["aws"].buckets.get(name.partition("/")[0])
        policy = bucket.policy if bucket else None
        return policy.decode() if isinstance(policy, bytes) else policy
    backend: Any = get_backend(service)[ACCOUNT][region]  # type: ignore[call-overload]
    if service == "sqs":
        queue = backend.queues.get(name)
        return queue.policy if queue else None
    topic = backend.topics.get(f"arn:aws:sns:{region}:{ACCOUNT}:{name}")
    return topic.policy if topic else None


def _federated(action: str, given: Mapping[str, Any]) -> bool:
    trust = principals.trust_policy(str(given.get("RoleArn", "")))
    if trust is None:
        return False
    context: dict[str, Sequence[str]] = {}
    names = {str(given.get("PrincipalArn", ""))}
    try:
        payload = str(given.get("WebIdentityToken", "")).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issuer = str(claims["iss"]).removeprefix("https://")
    except (IndexError, KeyError, ValueError):
        claims, issuer = {}, ""
    for claim, value in claims.items():
        context[f"{issuer}:{claim}".lower()] = value if isinstance(value, list) else [str(value)]
    names |= {issuer, f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    ask = Ask(action, str(given.get("RoleArn", "")), context, frozenset(names))
    return evaluate([trust], ask, principal=True) is Effect.ALLOW


def _passed(call: Call, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if str(call) in ("ecs:RegisterTaskDefinition", "ecs:RunTask"):
        overrides = given.get("overrides") or {}
        for holder in (given, overrides if isinstance(overrides, Mapping) else {}):
            for key in ("taskRoleArn", "executionRoleArn"):
                if holder.get(key):
                    yield str(holder[key]), "ecs-tasks.amazonaws.com"
    elif call.service == "lambda" and given.get("Role"):
        yield str(given["Role"]), "lambda.amazonaws.com"
