"""What stacks for the web keep here: domain names, documents, sampling rules, logging and rotation settings."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients


def test_a_document_with_a_mock_integration_is_taken(aws: Clients) -> None:
    api = aws("apigateway")
    made = api.create_rest_api(name="mock")["id"]
    added = [{"op": "add", "path": "/binaryMediaTypes/image~1png"}]
    assert api.update_rest_api(restApiId=made, patchOperations=added)["binaryMediaTypes"] == ["image/png"]
    gone = [{"op": "remove", "path": "/binaryMediaTypes/image~1png"}]
    assert not api.update_rest_api(restApiId=made, patchOperations=gone).get("binaryMediaTypes")
    mock = {"type": "MOCK", "httpMethod": "GET", "responses": {"default": {"statusCode": "200"}}}
    get = {"x-amazon-apigateway-integration": mock, "responses": {"200": {"description": "ok"}}}
    document = {"openapi": "3.0.1", "info": {"title": "mock", "version": "1"}, "paths": {"/x": {"get": get}}}
    api.put_rest_api(restApiId=made, mode="overwrite", body=json.dumps(document).encode())
    resources = {each["path"]: each["id"] for each in api.get_resources(restApiId=made)["items"]}
    told = api.get_integration(restApiId=made, resourceId=resources["/x"], httpMethod="GET")
    assert told["type"] == "MOCK"
    proxied = {"type": "HTTP_PROXY", "uri": "https://shop.example/", "integrationHttpMethod": "GET"}
    api.put_integration(restApiId=made, resourceId=resources["/x"], httpMethod="GET", **proxied)
    told = api.get_integration(restApiId=made, resourceId=resources["/x"], httpMethod="GET")
    assert (told["type"], told["uri"]) == ("HTTP_PROXY", "https://shop.example/")
    api.delete_rest_api(restApiId=made)


def test_a_domain_name_becomes_available_and_changes(aws: Clients) -> None:
    api, name = aws("apigatewayv2"), "api.meadow.example"
    config = {
        "CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/one",
        "EndpointType": "REGIONAL",
    }
    api.create_domain_name(DomainName=name, DomainNameConfigurations=[config])
    told = api.get_domain_name(DomainName=name)
    (first,) = told["DomainNameConfigurations"]
    assert first["DomainNameStatus"] == "AVAILABLE"
    assert first["ApiGatewayDomainName"].endswith(".execute-api.eu-west-1.amazonaws.com")
    assert "MutualTlsAuthentication" not in told
    other = {**config, "CertificateArn": config["CertificateArn"].replace("one", "two")}
    api.update_domain_name(DomainName=name, DomainNameConfigurations=[other])
    (changed,) = api.get_domain_name(DomainName=name)["DomainNameConfigurations"]
    assert changed["CertificateArn"] == other["CertificateArn"]
    api.delete_domain_name(DomainName=name)


def test_an_athena_work_group_without_tags_has_none(aws: Clients) -> None:
    athena = aws("athena")
    athena.create_work_group(Name="bare")
    arn = "arn:aws:athena:eu-west-1:123456789012:workgroup/"
    assert athena.list_tags_for_resource(ResourceARN=f"{arn}bare")["Tags"] == []
    with pytest.raises(ClientError, match="Does Not Exist"):
        athena.list_tags_for_resource(ResourceARN=f"{arn}other")
    athena.delete_work_group(WorkGroup="bare")


def test_a_sampling_rule_is_kept(aws: Clients) -> None:
    xray = aws("xray")
    rule = {
        "RuleName": "meadow", "ResourceARN": "*", "Priority": 1000, "FixedRate": 0.05, "ReservoirSize": 1,
        "ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1,
    }  # fmt: skip
    made = xray.create_sampling_rule(SamplingRule=rule, Tags=[{"Key": "a", "Value": "b"}])
    arn = made["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "meadow", "FixedRate": 0.5})
    held = {
        each["SamplingRule"]["RuleName"]: each["SamplingRule"]
        for each in xray.get_sampling_rules()["SamplingRuleRecords"]
    }
    assert held["meadow"]["FixedRate"] == 0.5
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    xray.delete_sampling_rule(RuleName="meadow")
    with pytest.raises(ClientError, match="does not exist"):
        xray.delete_sampling_rule(RuleName="meadow")


def test_logging_and_rotation_settings_are_kept(aws: Clients) -> None:
    s3, kms = aws("s3"), aws("kms")
    names = [f"{kind}-{uuid.uuid4().hex[:8]}" for kind in ("site", "target")]
    for name in names:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    wanted = {"TargetBucket": names[1], "TargetPrefix": "log/"}
    s3.put_bucket_logging(Bucket=names[0], BucketLoggingStatus={"LoggingEnabled": wanted})
    assert s3.get_bucket_logging(Bucket=names[0])["LoggingEnabled"] == wanted
    for name in names:
        s3.delete_bucket(Bucket=name)

    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180


def test_a_resource_server_can_be_deleted(aws: Clients) -> None:
    cognito = aws("cognito-idp")
    pool = cognito.create_user_pool(PoolName="meadow")["UserPool"]["Id"]
    whose = {"UserPoolId": pool, "Identifier": "https://api.meadow.example"}
    cognito.create_resource_server(**whose, Name="api")
    cognito.delete_resource_server(**whose)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cognito.delete_resource_server(**whose)
    cognito.delete_user_pool(UserPoolId=pool)
