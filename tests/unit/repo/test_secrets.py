"""Secrets of forty kinds planted in two hundred places never reach any output of discovery."""

from __future__ import annotations

import base64
import json
import random
import string

import pytest

from launchbook.redact import HELD, names_secret, without_secrets
from launchbook.repo import Discovery, discover
from launchbook.repo.as_json import as_json
from launchbook.repo.as_text import as_text
from launchbook.report.discovery_html import render

DRAW = random.Random(7)
MIXED = string.ascii_letters + string.digits


def chars(count: int, of: str = MIXED) -> str:
    return "".join(DRAW.choice(of) for _ in range(count - 3)) + "aZ7"


def hexes(count: int) -> str:
    return "".join(DRAW.choice("0123456789abcdef") for _ in range(count))


#: Kind to a made-up secret; put together here, so that no file holds anything that looks like one.
KINDS = {
    "aws access key": "AKIA"
    + "".join(DRAW.choice(string.ascii_uppercase + string.digits) for _ in range(16)),
    "aws session key": "ASIA"
    + "".join(DRAW.choice(string.ascii_uppercase + string.digits) for _ in range(16)),
    "aws secret key": chars(40, MIXED + "+/"),
    "github token": "ghp_" + chars(36),
    "github fine-grained": "github_pat_" + chars(60),
    "gitlab token": "glpat-" + chars(20),
    "slack bot": "xoxb-" + "1" * 11 + "-" + chars(24),
    "slack webhook": "https://hooks.slack.com/services/T" + chars(8) + "/B" + chars(8) + "/" + chars(24),
    "discord webhook": "https://discord.com/api/webhooks/" + "9" * 18 + "/" + chars(60),
    "stripe live": "sk_live_" + chars(24),
    "stripe restricted": "rk_live_" + chars(24),
    "stripe webhook": "whsec_" + chars(32),
    "openai": "sk-proj-" + chars(40),
    "anthropic": "sk-ant-" + chars(40),
    "google api": "AIza" + chars(35),
    "google oauth": "GOCSPX-" + chars(28),
    "sendgrid": "SG." + chars(22) + "." + chars(43),
    "mailgun": "key-" + hexes(32),
    "twilio key": "SK" + hexes(32),
    "npm": "npm_" + chars(36),
    "pypi": "pypi-" + chars(60),
    "digitalocean": "dop_v1_" + hexes(64),
    "hugging face": "hf_" + chars(34),
    "shopify": "shpat_" + hexes(32),
    "docker hub": "dckr_pat_" + chars(27),
    "vault": "hvs." + chars(24),
    "terraform cloud": chars(14) + ".atlasv1." + chars(60),
    "atlassian": "ATATT" + chars(40),
    "databricks": "dapi" + hexes(32),
    "square": "sq0atp-" + chars(22),
    "new relic": "NRAK-" + "".join(DRAW.choice(string.ascii_uppercase + string.digits) for _ in range(27)),
    "grafana": "glsa_" + chars(32) + "_" + hexes(8),
    "linear": "lin_api_" + chars(40),
    "telegram": "123456789:AA" + chars(33),
    "jwt": "eyJhbGciOiJI" + chars(10) + ".eyJzdWIi" + chars(20) + "." + chars(40),
    "basic auth": "Basic " + base64.b64encode(b"admin:" + chars(18).encode()).decode(),
    "url password": "postgres://app:" + chars(16) + "@db.example:5432/app",
    "private key": "-----BEGIN RSA PRIVATE KEY-----" + chars(64),
    "hex key": hexes(64),
    "named password": "correct-horse-" + chars(8),
}

#: Path to the text around a secret. ``%s`` is the secret in quotes that the format needs anyway, or bare.
PLACES = {
    "tf/{n}/main.tf": 'resource "aws_db_instance" "d" {\n  identifier = "d"\n  password = "%s"\n}\n'
    'resource "aws_ssm_parameter" "p" {\n  name = "p"\n  type = "SecureString"\n  secret_value = "%s"\n}\n'
    'variable "db_password" { default = "%s" }\nlocals { token = "%s" }\n'
    'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  environment {\n'
    '    variables = { PLAIN = "%s" }\n  }\n}\n'
    'output "db_password" { value = "%s" }\nresource "aws_instance" "i" {\n  user_data = "export A=%s"\n}\n',
    "tf/{n}/terraform.tfvars": 'db_password = "%s"\n',
    "cfn/{n}.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n"
    "  DbPassword: {{ Type: String, Default: '%s' }}\n"
    "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n"
    "      Environment: {{ Variables: {{ ANY: '%s' }} }}\n"
    "  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {{ Name: s, SecretString: '%s' }}\n"
    "  D:\n    Type: AWS::RDS::DBInstance\n    Properties: {{ MasterUserPassword: '%s' }}\n",
    "k8s/{n}.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {{ name: s }}\nstringData: {{ a: '%s' }}\n---\n"
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c }}\ndata: {{ API_TOKEN: '%s' }}\n---\n"
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: d }}\nspec:\n  template:\n    spec:\n"
    "      containers:\n"
    "        - name: c\n          image: i\n          env: [{{ name: ANY, value: '%s' }}]\n",
    "ecs/{n}.json": '{{"family": "f", "containerDefinitions": [{{"name": "c", "environment": [{{"name": "ANY", '
    '"value": "%s"}}], "command": ["--token=%s"]}}]}}',
    "state/{n}.tfstate": '{{"version": 4, "resources": [{{"mode": "managed", "type": "aws_db_instance", "name": "d", '
    '"instances": [{{"attributes": {{"identifier": "d", "password": "%s"}}}}]}}], '
    '"outputs": {{"p": {{"value": "%s"}}}}}}',
    "app{n}/.env": "API_TOKEN=%s\nexport OTHER_SECRET='%s'\n",
    "app{n}/Dockerfile": "FROM node:20\nENV API_TOKEN=%s\nARG NPM_TOKEN=%s\n",
    "app{n}/docker-compose.yml": "services:\n  a:\n    image: a\n    environment:\n      - API_TOKEN=%s\n",
    "app{n}/buildspec.yml": "version: 0.2\nenv: {{ variables: {{ API_TOKEN: '%s' }} }}\n"
    "phases: {{ build: {{ commands: ['x'] }} }}\n",
    ".github/workflows/{n}.yml": "name: w\non: push\nenv: {{ API_TOKEN: '%s' }}\n"
    "jobs: {{ j: {{ steps: [{{ run: 'x' }}] }} }}\n",
    "src/{n}.ts": "const apiKey = '%s';\nexport const url = process.env.API_URL;\n",
    "docs/{n}.md": "# Page\n\nThe token is `%s`; kept for 3 days.\n",
    "broken/{n}.json": '{{"apiVersion": "v1", "AWSTemplateFormatVersion": "%s", oops "%s"',
    "broken/{n}.tf": 'resource "aws_sqs_queue" "q" {\n  name = = "%s"\n}}}\n',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Discovery, int, str]:
    root = tmp_path_factory.mktemp("planted")
    planted = 0
    for number, secret in enumerate(KINDS.values()):
        for path, template in PLACES.items():
            text = template.replace("{{", "{").replace("}}", "}") if "tf/" not in path else template
            target = root / path.format(n=number)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("%s", secret))
            planted += text.count("%s")
    discovery = discover(root)
    page = render("planted", discovery.facts, discovery.contradictions, discovery.skipped)
    outputs = (
        json.dumps(as_json(discovery)),
        as_text(discovery, everything=True),
        repr(discovery.facts.all),
        page,
    )
    return discovery, planted, "\n".join(outputs)


def parts(secret: str) -> list[str]:
    """What of a secret may not be seen: a URL's host may, its password may not."""
    if secret.startswith("postgres://"):
        return [secret.split(":")[2].split("@")[0]]
    return [secret.removeprefix("Basic ").removeprefix("-----BEGIN RSA PRIVATE KEY-----")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_secret_is_in_no_output(found: tuple[Discovery, int, str], kind: str) -> None:
    seen = [part for part in parts(KINDS[kind]) if part in found[2]]
    assert seen == []


def test_forty_kinds_in_over_two_hundred_places_were_planted_and_read(
    found: tuple[Discovery, int, str],
) -> None:
    discovery, planted, output = found
    assert len(KINDS) == 40
    assert planted > 200
    assert len(discovery.facts) > 1000
    assert HELD in output


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "apiKey", "STRIPE_SECRET_KEY", "DATABASE_URL", "AWS_ACCESS_KEY_ID", "masterUserPassword"],
)
def test_names_that_only_a_secret_would_have(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize("name", ["db_pass", "ApiTok", "Pass"])
def test_short_names_that_only_a_secret_would_have(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("secret_arn", "SecretName", "token_ttl", "PASSWORD_LENGTH", "NODE_ENV", "keynote", "AWS_REGION"),
        *("pass_role", "passthrough_behavior", "bypass"),
    ],
)
def test_names_that_hold_no_secret(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::123456789012:role/order-platform-execution-role-production",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:huntaze/production/database-url-AbCdEf",
        "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:huntaze/production/database-url",
        "HTTPCode_Target_5XX_Count",
        "huntaze-video-processing-dlq-production",
        "infra/aws/video-processor/cloudformation.yaml:28",
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "main.d33l77zi1h78ce.amplifyapp.com",
        "sha256:" + "ab12" * 16,
        "ApproximateNumberOfMessagesVisible",
        "TLSv1.2_2021",
        "AWSEBV2LoadBalancerTargetGroup",
        "PrivateSubnet1ARouteTableAssociation",
        "BackendServiceTaskDefTaskRoleD5E5E3A1",
    ],
)
def test_what_is_no_secret_is_kept(text: str) -> None:
    assert without_secrets(text) == text


def test_the_id_of_a_hosted_zone_is_no_secret() -> None:
    zone = (
        "/hostedzone/"
        + "Z0"
        + "".join(DRAW.choice(string.ascii_uppercase + string.digits) for _ in range(19))
    )
    assert without_secrets(zone) == zone
    assert HELD in without_secrets("/hostedzone/" + chars(30))
