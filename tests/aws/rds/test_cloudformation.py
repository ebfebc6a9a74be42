"""A CloudFormation stack with a load balancer and a database is as real as Terraform's."""

import json

from tests.aws.alb.conftest import until
from tests.aws.alb.test_routing import says
from tests.aws.conftest import Clients
from tests.aws.rds.conftest import PASSWORD, Databases

FIXED = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "from a stack"}
RESOURCES = {
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Name": "of-a-stack", "Subnets": {"Ref": "Subnets"}, "SecurityGroups": []},
    },
    "Listener": {
        "Type": "AWS::ElasticLoadBalancingV2::Listener",
        "Properties": {
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": FIXED}],
        },
    },
    "Database": {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "DBInstanceIdentifier": "of-a-stack",
            "Engine": "postgres",
            "EngineVersion": "16.3",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": "20",
            "MasterUsername": "keeper",
            "MasterUserPassword": PASSWORD,
            "DBName": "shop",
            "BackupRetentionPeriod": 0,
        },
    },
}
PARAMETERS = {"Subnets": {"Type": "CommaDelimitedList"}}


def test_a_stack_has_a_listener_that_answers_and_a_database_that_opens(aws: Clients) -> None:
    cloudformation, databases = aws("cloudformation"), Databases(aws("rds"))
    subnets = [each["SubnetId"] for each in aws("ec2").describe_subnets()["Subnets"][:2]]
    template = json.dumps({"Parameters": PARAMETERS, "Resources": RESOURCES})
    given = [{"ParameterKey": "Subnets", "ParameterValue": ",".join(subnets)}]
    cloudformation.create_stack(StackName="real", TemplateBody=template, Parameters=given)
    try:
        balancer = aws("elbv2").describe_load_balancers(Names=["of-a-stack"])["LoadBalancers"][0]
        until(lambda: says(balancer, "from a stack"))
        databases.until("of-a-stack", "available")
        assert databases.sql("of-a-stack", "SELECT 1") == [(1,)]
    finally:
        cloudformation.delete_stack(StackName="real")
    until(lambda: databases.gone("of-a-stack"))
    until(lambda: not says(balancer))
