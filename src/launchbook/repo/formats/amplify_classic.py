"""Amplify Gen 1: the backend's categories, the environments with their stacks and regions, and its models."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.environments import canonical
from launchbook.repo.lined import as_map, dig, line_of
from launchbook.repo.reader import File, Found, reader

_OF_BACKENDS = (
    "aws_cognito_*",
    "aws_appsync_*",
    "aws_dynamodb_table",
    "aws_s3_bucket*",
    "aws_lambda_*",
    "aws_iam_*",
    "aws_api_gateway_*",
)
#: What the main part of each service is by Terraform's name; a service that is not here is told by the gap alone.
_MAKES = {
    "Cognito": "aws_cognito_user_pool",
    "AppSync": "aws_appsync_graphql_api",
    "API Gateway": "aws_api_gateway_rest_api",
    "Lambda": "aws_lambda_function",
    "S3": "aws_s3_bucket",
    "DynamoDB": "aws_dynamodb_table",
    "Kinesis": "aws_kinesis_stream",
    "Pinpoint": "aws_pinpoint_app",
}
_MODEL = regex(r"^type\s+(?P<name>\w{1,80})\s[^{]{0,2000}@model\b", re.M)


@reader("Amplify backend", "**/amplify/backend/backend-config.json", hides=_OF_BACKENDS)
def backend(file: File, found: Found) -> None:
    """Each resource of each category. Its own template is read where it is in the repository, else it is a gap."""
    document = file.json
    found.document(file, "amplify-classic", file.path, 1)
    unseen = []
    for category, resources in as_map(document).items():
        for name in as_map(resources):
            if _has_template(file, found, category, name):
                continue
            service = str(dig(resources, name, "service") or "")
            line = line_of(document, category, name)
            if service in _MAKES:
                address = f"{category}.{name}"
                found.fact(file, _MAKES[service], address, name=name, line=line, whole=False)
            unseen.append(f"{category} {name} ({service or 'no service'})")
    if unseen:
        what = f"Amplify makes these when it is pushed, with roles and policies of their own: {', '.join(unseen[:8])}"
        more = f" and {len(unseen) - 8} more" if len(unseen) > 8 else ""
        found.gap(file, what + more, "amplify push, then its templates from CloudFormation", 1)


def _has_template(file: File, found: Found, category: str, name: str) -> bool:
    """Whether the repository has the template of a resource: then that is what is read."""
    folder = f"{file.folder}/{category}/{name}"
    inside = found.tree.by_folder.get(folder, ()), found.tree.by_folder.get(f"{folder}/build", ())
    return any(
        "template" in one.name and one.name.endswith((".json", ".yml", ".yaml"))
        for part in inside
        for one in part
    )


@reader("Amplify environments", "**/amplify/team-provider-info.json", hides=("aws_cloudformation_stack",))
def environments(file: File, found: Found) -> None:
    """The root stack of each environment, with its region."""
    document = file.json
    for name in as_map(document):
        given = dig(document, name, "awscloudformation")
        region, stack = dig(given, "Region"), dig(given, "StackName")
        attributes: dict[str, Value] = {"environment": canonical(name)}
        attributes |= {"name": stack} if isinstance(stack, str) else {}
        found.fact(
            file,
            "aws_cloudformation_stack",
            f"environment.{name}",
            name=stack if isinstance(stack, str) else name,
            line=line_of(document, name),
            attributes=attributes,
            lines={"name": line_of(given, "StackName"), "environment": line_of(document, name)},
            region=region if isinstance(region, str) else "",
            whole=False,
        )


@reader("Amplify models", "**/amplify/backend/api/**/*.graphql", hides=("aws_dynamodb_table",))
def models(file: File, found: Found) -> None:
    """The table that Amplify makes of each model."""
    for match in _MODEL.finditer(file.text):
        line = file.text.count("\n", 0, match.start()) + 1
        address = f"model.{match['name']}"
        found.fact(file, "aws_dynamodb_table", address, name=match["name"], line=line, whole=False)
