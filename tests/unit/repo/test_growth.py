"""One large file costs in proportion to what it declares: what is counted is calls, not seconds.

A service with thousands of queues in one template is rare; a program that writes such a template is not.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

import pytest

from launchbook.repo import discover
from launchbook.repo.as_text import as_text

#: Things declared in the smaller file, and how many times as many in the larger one.
FEW, TIMES = 50, 8

TEMPLATE = """  Queue{n}:
    Type: AWS::SQS::Queue
    Properties: {{QueueName: jobs{n}, RedrivePolicy: {{deadLetterTargetArn: !GetAtt Dead{n}.Arn}}}}
  Dead{n}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: dead{n}}}}}
  Topic{n}: {{Type: AWS::SNS::Topic, Properties: {{TopicName: told{n}}}}}
  Alarm{n}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [!Ref Topic{n}]
      Dimensions: [{{Name: QueueName, Value: !GetAtt Queue{n}.QueueName}}]
"""
FUNCTION = """  Function{n}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler{n}
      Events:
        Read: {{Type: Api, Properties: {{Path: /v{n}, Method: get}}}}
        Write: {{Type: HttpApi, Properties: {{Path: '/w{n}/{{id}}', Method: post}}}}
        Often: {{Type: Schedule, Properties: {{Schedule: rate(1 hour)}}}}
"""
MANIFEST = """---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web{n}}}
spec:
  template:
    spec:
      containers:
      - name: web
        image: example/web{n}:1
        envFrom: [{{configMapRef: {{name: settings{n}}}}}]
        livenessProbe: {{httpGet: {{path: /live{n}, port: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web{n}}}
spec: {{ports: [{{port: 80}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings{n}}}
data: {{LIMIT: "1"}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: often{n}}}
spec:
  schedule: "*/5 * * * *"
  jobTemplate: {{spec: {{template: {{spec: {{containers: [
    {{name: call, image: curl, args: [curl, "http://web{n}/live{n}"]}}]}}}}}}}}
"""
HCL = """resource "aws_sqs_queue" "jobs{n}" {{
  name           = "jobs{n}"
  redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.dead{n}.arn }})
}}
resource "aws_sqs_queue" "dead{n}" {{ name = "dead{n}" }}
resource "aws_sns_topic" "told{n}" {{ name = "told{n}" }}
resource "aws_cloudwatch_metric_alarm" "late{n}" {{
  alarm_actions = [aws_sns_topic.told{n}.arn]
  dimensions    = {{ QueueName = aws_sqs_queue.jobs{n}.name }}
}}
"""
SERVERLESS = """  f{n}:
    handler: src/app.f{n}
    events: [{{httpApi: 'GET /f{n}'}}, {{schedule: rate(5 minutes)}}]
"""


def repeated(text: str, count: int) -> str:
    return "".join(text.format(n=number) for number in range(count))


def as_json(count: int) -> str:
    queue = '"Q%d": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q%d"}}'
    return '{"Resources": {' + ",\n".join(queue % (number, number) for number in range(count)) + "}}"


def terraform_json(count: int) -> str:
    queues = ",\n".join(f'"q{number}": {{"name": "q{number}"}}' for number in range(count))
    return '{"resource": {"aws_sqs_queue": {' + queues + "}}}"


SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "CloudFormation": ("stack.yaml", lambda count: "Resources:\n" + repeated(TEMPLATE, count)),
    "CloudFormation as JSON": ("stack.json", as_json),
    "SAM": (
        "template.yaml",
        lambda count: "Transform: AWS::Serverless-2016-10-31\nResources:\n" + repeated(FUNCTION, count),
    ),
    "Kubernetes": ("all.yaml", lambda count: repeated(MANIFEST, count)),
    "Terraform": ("main.tf", lambda count: repeated(HCL, count)),
    "Terraform as JSON": ("main.tf.json", terraform_json),
    "Serverless Framework": (
        "serverless.yml",
        lambda count: "service: s\nprovider: {name: aws}\nfunctions:\n" + repeated(SERVERLESS, count),
    ),
}


def cost(root: Path, name: str, text: str) -> tuple[int, int]:
    """Calls that discovery makes for a repository of one file, and the facts it gives."""
    root.mkdir()
    (root / name).write_text(text)
    profile = cProfile.Profile()
    found = profile.runcall(discover, root)
    profile.runcall(as_text, found)
    return int(pstats.Stats(profile).total_calls), len(found.facts.all)  # type: ignore[attr-defined]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_of_eight_times_as_much_costs_eight_times_as_much(tmp_path: Path, shape: str) -> None:
    name, text = SHAPES[shape]
    cost(tmp_path / "first", name, text(1))  # what is imported and compiled once

    few, facts = cost(tmp_path / "few", name, text(FEW))
    many, more = cost(tmp_path / "many", name, text(FEW * TIMES))

    assert more > facts * (TIMES - 1)
    assert many < few * TIMES * 1.3
