"""Secrets that only their place gives away: a header, an argument, a line for a file of settings."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from launchbook.redact import HELD, shown
from launchbook.repo import discover
from launchbook.repo.as_json import as_json
from launchbook.repo.as_text import as_text
from launchbook.repo.command_secrets import arguments_without_secrets, without_arguments

#: Places whose name tells nothing: what may be seen of each is the text around ``%s``, which stands in quotes.
UNNAMED = {
    "main.tf": """
variable "db_pass" { default = "%s" }
resource "aws_ssm_parameter" "p" {
  name = "/x"
  type = "SecureString"
  value = "%s"
}
resource "aws_cloudwatch_event_connection" "c" {
  name = "c"
  auth_parameters {
    api_key {
      key = "x-api-key"
      value = "%s"
    }
  }
}
resource "aws_cloudfront_distribution" "cf" {
  origin {
    custom_header {
      name = "X-Origin-Verify"
      value = "%s"
    }
  }
}
resource "aws_cloudwatch_event_target" "t" {
  rule = "r"
  http_target {
    header_parameters = { "X-Cron" = "%s" }
    query_string_parameters = { "key" = "%s" }
  }
}
resource "aws_api_gateway_api_key" "k" {
  name = "k"
  value = "%s"
}
resource "aws_ecs_task_definition" "t" {
  family = "f"
  container_definitions = jsonencode([{
    name = "a", image = "x", command = ["--api-token", "%s", "--requirepass", "%s"],
    healthCheck = { command = ["CMD-SHELL", "curl -H 'X-Key: %s' -u x:%s -d '%s' localhost/health"] }
  }])
}
""",
    "template.yaml": """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  ApiTok: { Type: String, Default: '%s' }
  Pass: { Type: String, Default: '%s', AllowedValues: ['%s'] }
Resources:
  F: { Type: AWS::Lambda::Function, Properties: { Code: { ZipFile: "k='%s'" } } }
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: a, OriginCustomHeaders: [{ HeaderName: X-Verify, HeaderValue: '%s' }] }]
  R:
    Type: AWS::Events::Rule
    Properties:
      Targets: [{ Id: a, Arn: x, HttpParameters: { HeaderParameters: { X-Cron: '%s' } } }]
""",
    "Dockerfile": """FROM node:22
HEALTHCHECK CMD curl -H "k: %s" http://localhost/health
CMD ["node", "--key=%s", "--token", "%s"]
""",
    "docker-compose.yml": """services:
  a:
    image: x
    command: ["--requirepass", "%s"]
    healthcheck: { test: "curl -u x:%s localhost" }
  b:
    image: x
    command: node --api-key %s
    healthcheck: { test: ["CMD", "curl", "-H", "X-Key: %s", "localhost"] }
""",
    "buildspec.yml": """version: 0.2
phases:
  build:
    commands:
      - export B=%s
      - echo %s | docker login --username AWS --password-stdin registry.example
      - docker login --password-stdin registry.example <<< "%s"
      - sh -c "curl -H \\"X-Key: %s\\" h"
""",
    "amplify.yml": """version: 1
frontend:
  phases:
    build:
      commands:
        - echo API=%s >> .env
        - printf 'A=%s' > .env.production
        - "curl -H 'x: %s' h"
        - curl --data-raw '{"k":"%s"}' h
""",
    "k8s.yaml": """apiVersion: batch/v1
kind: CronJob
metadata:
  name: c
  annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"x":"%s"}' }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - { name: x, image: curl, args: ["curl", "-H", "x-cron: %s", "-u", "a:%s", "-d", '{"k":"%s"}', h] }
""",
}


@pytest.mark.parametrize("path", UNNAMED)
def test_a_secret_that_only_its_place_gives_away_is_in_no_output(tmp_path: Path, path: str) -> None:
    pieces = UNNAMED[path].split("%s")
    planted = [f"quiet{number}word" for number in range(len(pieces) - 1)]
    text = "".join(piece + word for piece, word in zip(pieces, [*planted, ""], strict=True))
    (tmp_path / path).write_text(text)
    discovery = discover(tmp_path)
    output = json.dumps(as_json(discovery)) + as_text(discovery, everything=True) + repr(discovery.facts.all)
    assert planted
    assert len(discovery.facts) > 0
    assert [word for word in planted if word in output] == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "curl -fsS http://localhost:8080/health || exit 1",
            "curl -fsS http://localhost:8080/health || exit 1",
        ),
        ("curl -H 'X-Key: hush' h/health", f"curl -H 'X-Key: {HELD}' h/health"),
        ("curl -H 'Accept: text/html' h", "curl -H 'Accept: text/html' h"),
        ("curl -u a:hush h", f"curl -u {HELD} h"),
        ("python -u -m app", "python -u -m app"),
        ("python -u worker.py", "python -u worker.py"),
        ("next start -H 0.0.0.0", "next start -H 0.0.0.0"),
        ("if [ -d .next/cache ]; then ls", "if [ -d .next/cache ]; then ls"),
        ("echo API=hush >> .env", f"echo API={HELD} >> .env"),
        ("echo KEY=$KEY >> .env", "echo KEY=$KEY >> .env"),
        ('echo "KEY=${KEY}" >> .env', 'echo "KEY=${KEY}" >> .env'),
        ("echo Build started", "echo Build started"),
        ("export B=hush && make", f"export B={HELD} && make"),
        ("export PATH=$HOME", "export PATH=$HOME"),
        ("docker login --password-stdin registry", "docker login --password-stdin registry"),
        ("aws x --secret-id prod/db", "aws x --secret-id prod/db"),
        ("env | grep -e NEXT_ >> .env.production", "env | grep -e NEXT_ >> .env.production"),
        ("nvm use 18", "nvm use 18"),
        ("redis-cli --requirepass 'a b", f"redis-cli --requirepass {HELD}"),
        ('["node", "--token", "hush"]', f'["node", "--token", "{HELD}"]'),
    ],
)
def test_a_command_keeps_all_but_the_arguments_that_are_secrets(text: str, kept: str) -> None:
    assert without_arguments(text) == kept


def test_a_list_of_arguments_keeps_its_length_and_its_flags() -> None:
    given = ["curl", "-u", "a:hush", "-H", "X-Key: hush", "--api-token", "hush", "-d", "hush", "h/health"]
    assert arguments_without_secrets(given) == [
        *("curl", "-u", HELD, "-H", f"X-Key: {HELD}", "--api-token", HELD, "-d", HELD, "h/health")
    ]


def test_annotations_that_only_set_a_load_balancer_are_kept(tmp_path: Path) -> None:
    (tmp_path / "ingress.yaml").write_text(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n  annotations:\n"
        "    alb.ingress.kubernetes.io/healthcheck-path: /ready\n    note: hush\n"
    )
    output = json.dumps(as_json(discover(tmp_path)))
    assert "/ready" in output
    assert "note" in output
    assert "hush" not in output


@pytest.mark.parametrize(
    "piece", ["echo ", "docker login ", "redis-cli ", "mysql -p ", "--key", "export A=b "]
)
def test_a_hostile_command_is_read_in_time(piece: str) -> None:
    started = time.process_time()
    without_arguments(piece * (40_000 // len(piece)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        (
            'echo "AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID" >> .env',
            'echo "AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID" >> .env',
        ),
        ('echo "API_TOKEN=planted" >> .env', f'echo "API_TOKEN={HELD}" >> .env'),
        ("export TOKEN=planted; run", f"export TOKEN={HELD}; run"),
        ("echo planted | docker login -p planted", f"echo {HELD} | docker login -p {HELD}"),
        ("mysql -u root -pplanted shop", f"mysql -u root -p{HELD} shop"),
        ('sh -c "PORT=1 TOKEN=planted run" next', f'sh -c "PORT=1 TOKEN={HELD} run" next'),
        ('TOKEN="planted==" run', f"TOKEN={HELD} run"),
        ('TOKEN=/"planted==" run', f"TOKEN={HELD} run"),
        ('DATABASE_URL="host=planted user=x" run', f"DATABASE_URL={HELD} run"),
        ('bash -c "echo \\"TOKEN=planted\\" >> f"', f'bash -c "echo \\"TOKEN={HELD}\\" >> f"'),
    ],
)
def test_what_is_held_back_once_reads_the_same_when_it_is_looked_at_again(command: str, seen: str) -> None:
    assert without_arguments(command) == seen
    assert without_arguments(seen) == seen
    assert shown(seen) == seen
