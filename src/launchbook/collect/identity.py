"""IAM: users and their keys, roles and their policies, the account's own settings."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import document
from launchbook.model import Value

USERS = Call("iam", "ListUsers", each="Users", keep=["UserName", "Arn"])


@collector(
    "iam_account_summary",
    Call(
        "iam",
        "GetAccountSummary",
        take={
            "root_mfa": "SummaryMap.AccountMFAEnabled",
            "root_access_keys": "SummaryMap.AccountAccessKeysPresent",
            "users": "SummaryMap.Users",
            "roles": "SummaryMap.Roles",
        },
    ),
    scope="global",
)
def account_summary(row: Row) -> Seen:
    """The root user's second factor and keys, and how much there is."""
    seen = row.seen(id="none", name="none")
    return Seen("iam-account", "account", seen.attributes)


@collector(
    "aws_iam_user",
    Call(
        "iam",
        "ListUsers",
        each="Users",
        take={"arn": "Arn", "name": "UserName", "password_last_used": "PasswordLastUsed"},
    ),
    Call(
        "iam",
        "ListMFADevices",
        given={"UserName": "$ListUsers.UserName"},
        take={"mfa_devices": "MFADevices[].SerialNumber"},
    ),
    Call(
        "iam",
        "GetLoginProfile",
        given={"UserName": "$ListUsers.UserName"},
        take={"console_since": "LoginProfile.CreateDate"},
        none_codes=("NoSuchEntity",),
    ),
    scope="global",
)
def users(row: Row) -> Seen:
    """A user, whether it has a second factor, and whether it can sign in to the console."""
    return row.seen(id="arn", name="name")


@collector(
    "aws_iam_access_key",
    USERS,
    Call(
        "iam",
        "ListAccessKeys",
        each="AccessKeyMetadata",
        given={"UserName": "$ListUsers.UserName"},
        take={"id": "AccessKeyId", "user": "UserName", "status": "Status", "create_date": "CreateDate"},
    ),
    Call(
        "iam",
        "GetAccessKeyLastUsed",
        given={"AccessKeyId": "$ListAccessKeys.AccessKeyId"},
        take={"last_used": "AccessKeyLastUsed.LastUsedDate", "last_service": "AccessKeyLastUsed.ServiceName"},
    ),
    scope="global",
)
def access_keys(row: Row) -> Seen:
    """A long-lived key: its id (not a secret), age and last use."""
    return row.seen(id="id", name="id")


@collector(
    "aws_iam_role",
    Call(
        "iam",
        "ListRoles",
        each="Roles",
        always=["AssumeRolePolicyDocument*"],
        take={"arn": "Arn", "name": "RoleName", "path": "Path"},
        keep=["AssumeRolePolicyDocument*"],
    ),
    Call(
        "iam",
        "ListRolePolicies",
        given={"RoleName": "$ListRoles.RoleName"},
        take={"inline_policies": "PolicyNames"},
    ),
    Call(
        "iam",
        "ListAttachedRolePolicies",
        given={"RoleName": "$ListRoles.RoleName"},
        take={"managed_policy_arns": "AttachedPolicies[].PolicyArn"},
    ),
    scope="global",
)
def roles(row: Row) -> Seen:
    """A role: who may take it, and which policies it has."""
    trust = document(row.get("ListRoles", "AssumeRolePolicyDocument"))
    return row.seen(id="arn", name="name", ListRoles={"assume_role_policy": trust})


@collector(
    "aws_iam_role_policy",
    Call("iam", "ListRoles", each="Roles", keep=["RoleName", "Arn"]),
    Call("iam", "ListRolePolicies", each="PolicyNames", given={"RoleName": "$ListRoles.RoleName"}),
    Call(
        "iam",
        "GetRolePolicy",
        always=["RoleName", "PolicyName", "PolicyDocument*"],
        given={"RoleName": "$ListRoles.RoleName", "PolicyName": "$ListRolePolicies"},
        take={"name": "PolicyName", "role": "RoleName"},
        keep=["PolicyDocument*"],
    ),
    scope="global",
)
def role_policies(row: Row) -> Seen:
    """A policy that stands in a role."""
    policy: Value = document(row.get("GetRolePolicy", "PolicyDocument"))
    seen = row.seen(id="none", name="name", GetRolePolicy={"policy": policy})
    return Seen(f"{row.get('ListRoles', 'Arn')}#{seen.name}", seen.name, seen.attributes)


@collector(
    "aws_iam_policy",
    Call(
        "iam",
        "ListPolicies",
        each="Policies",
        given={"Scope": "Local", "OnlyAttached": True},
        take={"arn": "Arn", "name": "PolicyName"},
        keep=["DefaultVersionId"],
    ),
    Call(
        "iam",
        "GetPolicyVersion",
        always=["PolicyVersion.Document*"],
        given={"PolicyArn": "$ListPolicies.Arn", "VersionId": "$ListPolicies.DefaultVersionId"},
        keep=["PolicyVersion.Document*"],
    ),
    scope="global",
)
def policies(row: Row) -> Seen:
    """A policy of the account's own that somebody holds."""
    policy: Value = document(row.get("GetPolicyVersion", "PolicyVersion.Document"))
    return row.seen(id="arn", name="name", GetPolicyVersion={"policy": policy})


@collector(
    "aws_iam_openid_connect_provider",
    Call("iam", "ListOpenIDConnectProviders", each="OpenIDConnectProviderList", take={"arn": "Arn"}),
    scope="global",
)
def oidc_providers(row: Row) -> Seen:
    """An OpenID Connect provider."""
    return row.seen(id="arn", name="arn")
