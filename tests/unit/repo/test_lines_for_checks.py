"""What checks show as evidence stands at the right line: what a condition took away, outputs, made-up values."""

from __future__ import annotations

from pathlib import Path

from launchbook.model import Fact, Unread
from launchbook.repo import discover

TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Conditions:
  Told: !Equals [a, b]
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: Errors
      AlarmActions: !If [Told, [topic], !Ref "AWS::NoValue"]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Condition: Told
    Properties:
      Protocol: HTTPS
  Subnet:
    Type: AWS::EC2::Subnet
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: worker
          Environment:
            - { Name: JOB_TIMEOUT_SECONDS, Value: "900" }
            - { Name: GREETING, Value: "900" }
            - { Name: TOKEN_TIMEOUT_SECONDS, Value: "not-a-number" }
Outputs:
  PrivateSubnets:
    Value: !Join [",", [!Ref Subnet]]
    Export: { Name: shop-PrivateSubnets }
"""
ROUTE = """export async function GET() {
  if (!process.env.DATABASE_URL) {
    return Response.json({}, { status: 503 });
  }
  return Response.json({ latency: Math.random() });
}
"""


def one(root: Path, kind: str) -> Fact:
    (found,) = [fact for fact in discover(root).facts.all if fact.type == kind]
    return found


def test_a_property_that_a_condition_took_away_keeps_its_line(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    assert one(tmp_path, "aws_cloudwatch_metric_alarm").at("alarm_actions").source == "stack.yaml:9"
    assert one(tmp_path, "aws_lb_listener").source("condition") == "stack.yaml:12"


def test_an_output_is_a_fact_under_the_name_of_its_export(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    output = one(tmp_path, "cloudformation_output")
    assert (output.name, output.source("value")) == ("shop-PrivateSubnets", "stack.yaml:28")
    value = output.attributes["value"]
    assert isinstance(value, Unread)
    assert [ref.to for ref in value.refs] == ["stack.yaml#Subnet"]


def test_of_an_environment_only_a_time_in_seconds_is_kept(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    task = one(tmp_path, "aws_ecs_task_definition")
    values = [task.attributes["container_definitions"][0]["environment"][n]["value"] for n in range(3)]  # type: ignore[index,call-overload]
    assert values[0] == "900"
    assert isinstance(values[1], Unread)
    assert isinstance(values[2], Unread)


def test_made_up_values_and_failing_statuses_have_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "app/api/metrics/route.ts"
    path.parent.mkdir(parents=True)
    path.write_text(ROUTE)
    endpoint = one(tmp_path, "endpoint")
    assert endpoint.source("statuses") == "app/api/metrics/route.ts:3"
    assert endpoint.source("simulated") == "app/api/metrics/route.ts:5"
