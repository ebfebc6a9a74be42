"""CloudFront's settings: told as they were given."""

import pytest
from botocore.exceptions import ClientError

_KEY = {
    "EnableAcceptEncodingGzip": True,
    "CookiesConfig": {"CookieBehavior": "none"},
    "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Accept"]}},
    "QueryStringsConfig": {"QueryStringBehavior": "all"},
}


@pytest.fixture
def cloudfront(aws):
    return aws("cloudfront", region="us-east-1")


def test_a_policy_lives_through_create_update_and_delete(cloudfront):
    config = {"Name": "ours", "MinTTL": 1, "MaxTTL": 600, "ParametersInCacheKeyAndForwardedToOrigin": _KEY}
    made = cloudfront.create_cache_policy(CachePolicyConfig=config)
    name = made["CachePolicy"]["Id"]
    assert cloudfront.get_cache_policy(Id=name)["CachePolicy"]["CachePolicyConfig"] == config
    changed = cloudfront.update_cache_policy(
        Id=name, IfMatch=made["ETag"], CachePolicyConfig=config | {"MaxTTL": 60}
    )
    assert cloudfront.get_cache_policy_config(Id=name)["CachePolicyConfig"]["MaxTTL"] == 60
    with pytest.raises(ClientError) as stale:
        cloudfront.delete_cache_policy(Id=name, IfMatch=made["ETag"])
    assert stale.value.response["Error"]["Code"] == "PreconditionFailed"
    cloudfront.delete_cache_policy(Id=name, IfMatch=changed["ETag"])
    with pytest.raises(ClientError) as gone:
        cloudfront.get_cache_policy(Id=name)
    assert gone.value.response["Error"]["Code"] == "NoSuchCachePolicy"
    assert cloudfront.list_cache_policies(Type="custom")["CachePolicyList"]["Quantity"] == 0


def test_the_policies_of_aws_are_found_by_their_names(cloudfront):
    listed = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
    names = {each["CachePolicy"]["CachePolicyConfig"]["Name"]: each["CachePolicy"]["Id"] for each in listed}
    assert names["Managed-CachingOptimized"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"


def test_an_access_identity_is_kept(cloudfront):
    config = {"CallerReference": "one", "Comment": "of a test"}
    made = cloudfront.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=config)
    name = made["CloudFrontOriginAccessIdentity"]["Id"]
    told = cloudfront.get_cloud_front_origin_access_identity(Id=name)["CloudFrontOriginAccessIdentity"]
    assert told["CloudFrontOriginAccessIdentityConfig"] == config
    assert told["S3CanonicalUserId"]
    cloudfront.delete_cloud_front_origin_access_identity(Id=name, IfMatch=made["ETag"])


def test_a_function_is_live_when_it_was_published_and_stays_so(cloudfront):
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name="edge", FunctionConfig=config, FunctionCode=b"one")
    with pytest.raises(ClientError):
        cloudfront.describe_function(Name="edge", Stage="LIVE")
    cloudfront.publish_function(Name="edge", IfMatch=made["ETag"])
    changed = cloudfront.update_function(
        Name="edge", IfMatch=made["ETag"], FunctionConfig=config, FunctionCode=b"two"
    )
    code = {stage: cloudfront.get_function(Name="edge", Stage=stage) for stage in ("LIVE", "DEVELOPMENT")}
    assert {stage: told["FunctionCode"].read() for stage, told in code.items()} == {
        "LIVE": b"one", "DEVELOPMENT": b"two",
    }  # fmt: skip
    live = cloudfront.describe_function(Name="edge", Stage="LIVE")["FunctionSummary"]
    assert live["FunctionMetadata"]["Stage"] == "LIVE"
    cloudfront.delete_function(Name="edge", IfMatch=changed["ETag"])


_ORIGIN = {
    "Id": "api",
    "DomainName": "api.example.com",
    "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Key", "HeaderValue": "v"}]},
    "CustomOriginConfig": {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        "OriginReadTimeout": 45,
        "OriginKeepaliveTimeout": 5,
    },
}
_FUNCTION = {"FunctionARN": "arn:aws:cloudfront::123456789012:function/a", "EventType": "viewer-request"}
_BEHAVIOUR = {
    "TargetOriginId": "api",
    "ViewerProtocolPolicy": "https-only",
    "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "ResponseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "FunctionAssociations": {"Quantity": 1, "Items": [_FUNCTION]},
}


def test_a_distribution_is_told_whole(cloudfront):
    wanted = {
        "CallerReference": "whole",
        "Comment": "",
        "Enabled": False,
        "Origins": {"Quantity": 1, "Items": [_ORIGIN]},
        "DefaultCacheBehavior": _BEHAVIOUR,
        "CacheBehaviors": {"Quantity": 1, "Items": [{**_BEHAVIOUR, "PathPattern": "/api/*"}]},
        "CustomErrorResponses": {
            "Quantity": 1, "Items": [{"ErrorCode": 404, "ResponsePagePath": "/a", "ResponseCode": "200"}],
        },
    }  # fmt: skip
    made = cloudfront.create_distribution(DistributionConfig=wanted)
    name = made["Distribution"]["Id"]
    told = cloudfront.get_distribution_config(Id=name)["DistributionConfig"]
    assert _BEHAVIOUR.items() <= told["DefaultCacheBehavior"].items()
    assert "ForwardedValues" not in told["DefaultCacheBehavior"]
    assert told["CacheBehaviors"]["Items"][0]["PathPattern"] == "/api/*"
    assert _ORIGIN.items() <= told["Origins"]["Items"][0].items()
    assert told["CustomErrorResponses"]["Items"][0]["ResponseCode"] == "200"
    cloudfront.delete_distribution(Id=name, IfMatch=made["ETag"])
