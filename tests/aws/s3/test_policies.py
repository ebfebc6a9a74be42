"""Bucket policies: a condition decides whether a statement concerns a request."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError


def policy(bucket: str, condition: dict) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_bucket_that_refuses_requests_without_tls_can_be_used(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="tls-only", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_policy(
        Bucket="tls-only", Policy=policy("tls-only", {"Bool": {"aws:SecureTransport": "false"}})
    )
    s3.put_object(Bucket="tls-only", Key="k", Body=b"v")
    assert s3.get_object(Bucket="tls-only", Key="k")["Body"].read() == b"v"


def test_a_denial_whose_condition_holds_denies(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="closed", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_policy(Bucket="closed", Policy=policy("closed", {"Bool": {"aws:SecureTransport": "true"}}))
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket="closed", Key="k", Body=b"v")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
