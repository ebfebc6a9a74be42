"""Who may do what, and under which names: roles, policies, keys, secrets, certificates, zones."""

from __future__ import annotations

from launchbook.lifecycle.inventory.declare import Listing, Values, called, listing, named

_SERVICE_ROLES = ("/aws-service-role/", "/aws-reserved/")


def _role(row: Values) -> str:
    return "made for an AWS service" if str(row.get("path")).startswith(_SERVICE_ROLES) else ""


def _key(row: Values) -> str:
    return "an AWS managed key" if row.get("manager") == "AWS" else ""


LISTINGS: tuple[Listing, ...] = (
    listing(
        "aws_iam_role",
        called(
            "iam", "ListRoles", "Roles", id="RoleName", name="RoleName", arn="Arn", path="Path", created="CreateDate",
        ),
        scope="global",
        of_aws=_role,
        tags=called("iam", "ListRoleTags", given={"RoleName": "$id"}, pairs="Tags"),
    ),
    listing(
        "aws_iam_policy",
        called(
            "iam", "ListPolicies", "Policies", given={"Scope": "Local"}, id="Arn", name="PolicyName", arn="Arn",
            created="CreateDate",
        ),
        scope="global",
        tags=called("iam", "ListPolicyTags", given={"PolicyArn": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_iam_user",
        called("iam", "ListUsers", "Users", id="UserName", name="UserName", arn="Arn", created="CreateDate"),
        scope="global",
        tags=called("iam", "ListUserTags", given={"UserName": "$id"}, pairs="Tags"),
    ),
    listing(
        "aws_iam_group",
        called("iam", "ListGroups", "Groups", id="GroupName", name="GroupName", arn="Arn", created="CreateDate"),
        scope="global",
    ),
    listing(
        "aws_iam_instance_profile",
        called(
            "iam", "ListInstanceProfiles", "InstanceProfiles", id="InstanceProfileName", arn="Arn",
            name="InstanceProfileName", created="CreateDate",
        ),
        scope="global",
    ),
    listing(
        "aws_iam_openid_connect_provider",
        called("iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList", id="Arn", arn="Arn"),
        scope="global",
        tags=called(
            "iam", "ListOpenIDConnectProviderTags", given={"OpenIDConnectProviderArn": "$arn"}, pairs="Tags",
        ),
    ),
    listing(
        "aws_secretsmanager_secret",
        called(
            "secretsmanager", "ListSecrets", "SecretList", given={"IncludePlannedDeletion": True}, pairs="Tags",
            id="ARN", name="Name", arn="ARN", deleted="DeletedDate", created="CreatedDate",
            owner="OwningService",
        ),
    ),
    listing(
        "aws_ssm_parameter",
        called(
            "ssm", "DescribeParameters", "Parameters", id="Name", name="Name", tier="Tier",
            created="LastModifiedDate",
        ),
        tags=called(
            "ssm", "ListTagsForResource", given={"ResourceType": "Parameter", "ResourceId": "$id"},
            pairs="TagList",
        ),
    ),
    listing(
        "aws_kms_key",
        called("kms", "ListKeys", "Keys", key_id="KeyId"),
        called(
            "kms", "DescribeKey", given={"KeyId": "$ListKeys.KeyId"}, id="KeyMetadata.KeyId",
            arn="KeyMetadata.Arn", key_state="KeyMetadata.KeyState", manager="KeyMetadata.KeyManager",
            deleted="KeyMetadata.DeletionDate", created="KeyMetadata.CreationDate",
        ),
        of_aws=_key,
        tags=called("kms", "ListResourceTags", given={"KeyId": "$id"}, pairs="Tags"),
    ),
    listing(
        "aws_kms_alias",
        called(
            "kms", "ListAliases", "Aliases", id="AliasName", name="AliasName", arn="AliasArn", key="TargetKeyId",
        ),
        of_aws=named("alias/aws/"),
    ),
    listing(
        "aws_acm_certificate",
        called(
            "acm", "ListCertificates", "CertificateSummaryList", id="CertificateArn", arn="CertificateArn",
            name="DomainName", created="CreatedAt",
        ),
        tags=called("acm", "ListTagsForCertificate", given={"CertificateArn": "$arn"}, pairs="Tags"),
    ),
    listing(
        "aws_route53_zone",
        called("route53", "ListHostedZones", "HostedZones", id="Id", name="Name"),
        scope="global",
        shape=lambda row: {"id": str(row["id"]).rsplit("/", 1)[-1]},
    ),
    listing(
        "aws_route53_health_check",
        called("route53", "ListHealthChecks", "HealthChecks", id="Id"),
        scope="global",
    ),
    listing(
        "aws_cloudfront_distribution",
        called(
            "cloudfront", "ListDistributions", "DistributionList.Items", id="Id", arn="ARN", name="DomainName",
            state="Status",
        ),
        scope="global",
    ),
    listing(
        "aws_api_gateway_rest_api",
        called(
            "apigateway", "GetRestApis", "items", may_be_empty=True, id="id", name="name", created="createdDate",
            tags="tags*",
        ),
    ),
    listing(
        "aws_apigatewayv2_api",
        called(
            "apigatewayv2", "GetApis", "Items", may_be_empty=True, id="ApiId", name="Name", created="CreatedDate",
            tags="Tags*",
        ),
    ),
)  # fmt: skip
