"""Roles, policies, the OIDC provider, secrets."""

from __future__ import annotations

from typing import Any

from launchbook.model import Fact
from tests.support.estate.builder import Estate, document, maker


@maker("aws_iam_openid_connect_provider")
def provider(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("iam", region).create_open_id_connect_provider(
        Url=given["url"], ClientIDList=given["client_id_list"], ThumbprintList=["0" * 40]
    )
    return {"arn": made["OpenIDConnectProviderArn"]}


@maker("aws_secretsmanager_secret")
def secret(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    made = estate.client("secretsmanager", region).create_secret(Name=given["name"], SecretString="value")
    return {"arn": made["ARN"], "id": made["ARN"]}


@maker("aws_iam_role")
def role(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    iam = estate.client("iam", region)
    name = given.get("name") or f"huntaze-{fact.where.file.rpartition('/')[2].partition('.')[0]}-{fact.name}"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(given["assume_role_policy"]))
    for one in given.get("managed_policy_arns") or []:
        iam.attach_role_policy(RoleName=name, PolicyArn=one)
    # A template's inline policies may name what is made later: they are put when all else is there.
    return {"id": name, "name": name, "arn": made["Role"]["Arn"]}


@maker("aws_iam_role_policy_attachment")
def role_attachment(estate: Estate, fact: Fact, given: dict[str, Any], region: str) -> dict[str, Any]:
    arn = given["policy_arn"]
    estate.client("iam", region).attach_role_policy(RoleName=_role(given["role"]), PolicyArn=arn)
    return {}


def policies(estate: Estate) -> None:
    """Every policy that stands in a role, once all that it names is there."""
    for fact in estate.facts.seen("aws_iam_role_policy"):
        if fact.origin == "source" and fact.where.file:
            given = estate.value(dict(fact.attributes), estate.region_of(fact))
            _put(estate, _role(given["role"]), given["name"], given["policy"])
    for fact in estate.facts.seen("aws_iam_role"):
        given = estate.value(fact.attributes.get("policies") or [], estate.region_of(fact))
        for one in given if fact.id in estate.made else []:
            _put(estate, estate.made[fact.id]["name"], one["policy_name"], one["policy_document"])


def _put(estate: Estate, name: str, policy: str, value: Any) -> None:
    iam = estate.client("iam", "us-east-1")
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document(_whole(value)))


def _whole(value: Any) -> Any:
    """A policy document without the parts that only a deployment fills in."""
    if isinstance(value, dict):
        return {key: "arn:aws:s3:::huntaze-*" if one is None else _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value


def _role(value: str) -> str:
    return value.rpartition("/")[2]
