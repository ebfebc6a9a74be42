"""SST: the components of its configuration and of its stacks, by the main resource of each; the program is not run."""

from __future__ import annotations

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.reader import File, Found, reader

_SITES = (
    "Nextjs NextjsSite StaticSite Router Remix RemixSite Astro AstroSite SvelteKit SvelteKitSite SolidStart"
)
_SITES += " SolidStartSite React Nuxt Analog TanStackStart"
#: Terraform's type to the components that make it first of all, of the third version and of the second.
_KINDS = {
    "aws_lambda_function": "Function",
    "aws_s3_bucket": "Bucket",
    "aws_sqs_queue": "Queue",
    "aws_sns_topic": "SnsTopic Topic",
    "aws_dynamodb_table": "Dynamo Table",
    "aws_apigatewayv2_api": "ApiGatewayV2 ApiGatewayWebSocket Api WebSocketApi",
    "aws_api_gateway_rest_api": "ApiGatewayV1",
    "aws_appsync_graphql_api": "AppSync AppSyncApi",
    "aws_cloudwatch_event_rule": "Cron",
    "aws_cloudwatch_event_bus": "Bus EventBus",
    "aws_vpc": "Vpc",
    "aws_ecs_cluster": "Cluster",
    "aws_ecs_service": "Service",
    "aws_ecs_task_definition": "Task",
    "aws_db_instance": "Postgres Mysql",
    "aws_rds_cluster": "Aurora RDS",
    "aws_elasticache_replication_group": "Redis",
    "aws_opensearch_domain": "OpenSearch",
    "aws_efs_file_system": "Efs",
    "aws_cloudfront_distribution": _SITES,
    "aws_sesv2_email_identity": "Email",
    "aws_cognito_user_pool": "CognitoUserPool Cognito",
    "aws_kinesis_stream": "KinesisStream",
    "aws_sfn_state_machine": "StepFunctions",
    "aws_iot_authorizer": "Realtime",
}
_COMPONENTS = {name: kind for kind, names in _KINDS.items() for name in names.split()}
#: ``new sst.aws.Queue("Jobs")`` of the third version, ``new Queue(stack, "Jobs")`` of the second.
_COMPONENT = regex(
    r"\bnew\s+sst\.aws\.(?P<kind>\w{1,60})\(\s*[\"'](?P<name>[\w-]{1,100})[\"']"
    r"|\bnew\s+(?P<old>[A-Z]\w{1,60})\(\s*(?:stack|this)\s*,\s*[\"'](?P<id>[\w-]{1,100})[\"']"
)
_ROUTE = regex(r"[\"'](?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|ANY) (?P<path>/[^\"'\s]{0,200})[\"']\s*[:,]")
_REGION = regex(r"(?:\baws\s*:\s*\{[^}]{0,400}?)?\bregion\s*:\s*[\"'](?P<region>[a-z]{2}-[a-z]+-\d)[\"']")


@reader(
    "SST",
    "sst.config.ts",
    "*.ts",
    sniff=rb"new sst\.aws\.|defineConfig|sst/constructs|SSTConfig|\$config\(",
    hides=("*",),
)
def sst(file: File, found: Found) -> None:
    """Each component by its name and main resource, each route of its APIs; what else it makes is a gap."""
    text = file.text
    own, old = file.name == "sst.config.ts", "sst/constructs" in text
    parts = [part for part in _COMPONENT.finditer(text) if part["kind"] or old]
    if not own and not parts and not old:
        return
    written = _REGION.search(text) if own else None
    region = written["region"] if written else ""
    if own:
        found.document(file, "sst", file.path, 1, regions=[region] if region else [])
    unknown: list[str] = []
    for part in parts:
        kind, name = part["kind"] or part["old"], part["name"] or part["id"]
        if kind not in _COMPONENTS:
            unknown.append(f"{kind} {name}")
            continue
        attributes: dict[str, Value] = {"component": kind}
        line = text.count("\n", 0, part.start()) + 1
        found.fact(
            file,
            _COMPONENTS[kind],
            name,
            name=name,
            line=line,
            attributes=attributes,
            region=region,
            whole=False,
        )
    for route in _ROUTE.finditer(text) if parts else ():
        line = text.count("\n", 0, route.start()) + 1
        path = route["path"]
        found.endpoint(file, route["method"], path, line, kind=kind_of(path), event="api")
    more = f"; not read at all: {', '.join(unknown[:10])}" if unknown else ""
    what = "SST makes more than its components' names say: their settings, roles and permissions are not read"
    found.gap(file, what + more, "sst diff --stage NAME", 1)
