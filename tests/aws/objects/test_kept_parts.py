"""What a stack gives of a certificate, a distribution, an alarm or a log group, and moto dropped: it is told again."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Clients


def test_a_certificate_has_the_key_it_was_asked_for_with(aws: Clients) -> None:
    acm = aws("acm")
    made = acm.request_certificate(DomainName="keys.example", KeyAlgorithm="EC_prime256v1")["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=made)["Certificate"]["KeyAlgorithm"] == "EC_prime256v1"
    with pytest.raises(ClientError, match="not supported"):
        acm.request_certificate(DomainName="keys.example", KeyAlgorithm="ROT13")
    acm.delete_certificate(CertificateArn=made)


def test_public_keys_and_groups_of_them(aws: Clients) -> None:
    front = aws("cloudfront")
    config = {"CallerReference": uuid4().hex, "Name": "signer", "EncodedKey": "x\n", "Comment": "a"}
    made = front.create_public_key(PublicKeyConfig=config)
    key = made["PublicKey"]["Id"]
    assert front.get_public_key(Id=key)["PublicKey"]["PublicKeyConfig"] == config
    assert [each["Name"] for each in front.list_public_keys()["PublicKeyList"]["Items"]] == ["signer"]
    group = front.create_key_group(KeyGroupConfig={"Name": "signers", "Items": [key]})
    name = group["KeyGroup"]["Id"]
    changed = front.update_key_group(
        Id=name, IfMatch=group["ETag"], KeyGroupConfig={"Name": "signers", "Items": [key], "Comment": "b"}
    )
    assert front.get_key_group(Id=name)["KeyGroup"]["KeyGroupConfig"]["Comment"] == "b"
    (listed,) = front.list_key_groups()["KeyGroupList"]["Items"]
    assert listed["KeyGroup"]["Id"] == name
    front.delete_key_group(Id=name, IfMatch=changed["ETag"])
    with pytest.raises(ClientError, match="NoSuch"):
        front.get_key_group(Id=name)
    front.delete_public_key(Id=key, IfMatch=made["ETag"])
    assert not front.list_public_keys()["PublicKeyList"].get("Items")


def test_a_distribution_may_send_to_a_group_of_origins(aws: Clients) -> None:
    front = aws("cloudfront")
    names = ("first", "second")
    ports: dict[str, Any] = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origins = [{"Id": each, "DomainName": f"{each}.example", "CustomOriginConfig": ports} for each in names]
    group = {
        "Id": "both",
        "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [503]}},
        "Members": {"Quantity": 2, "Items": [{"OriginId": each} for each in names]},
    }
    behaviour = {"TargetOriginId": "both", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "x"}
    made = front.create_distribution(
        DistributionConfig={
            "CallerReference": uuid4().hex,
            "Comment": "",
            "Enabled": False,
            "Origins": {"Quantity": 2, "Items": origins},
            "OriginGroups": {"Quantity": 1, "Items": [group]},
            "DefaultCacheBehavior": behaviour,
        }
    )
    told = front.get_distribution_config(Id=made["Distribution"]["Id"])
    config = told["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["TargetOriginId"] == "both"
    assert config["OriginGroups"]["Items"][0]["Members"]["Items"] == [{"OriginId": each} for each in names]
    front.delete_distribution(Id=made["Distribution"]["Id"], IfMatch=told["ETag"])


def test_a_composite_alarm_tells_its_suppressor(aws: Clients) -> None:
    watch = aws("cloudwatch")
    watch.put_composite_alarm(
        AlarmName="quiet", AlarmRule="FALSE", ActionsSuppressor="works", ActionsSuppressorWaitPeriod=20,
        ActionsSuppressorExtensionPeriod=10,
    )  # fmt: skip
    (told,) = watch.describe_alarms(AlarmNames=["quiet"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (told["ActionsSuppressor"], told["ActionsSuppressorWaitPeriod"]) == ("works", 20)
    watch.put_composite_alarm(AlarmName="quiet", AlarmRule="FALSE")
    (told,) = watch.describe_alarms(AlarmNames=["quiet"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert "ActionsSuppressor" not in told
    watch.delete_alarms(AlarmNames=["quiet"])


def test_a_log_group_has_a_class(aws: Clients) -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName="kept/plain")
    logs.create_log_group(logGroupName="kept/rare", logGroupClass="INFREQUENT_ACCESS")
    told = logs.describe_log_groups(logGroupNamePrefix="kept/")["logGroups"]
    assert [each["logGroupClass"] for each in told] == ["STANDARD", "INFREQUENT_ACCESS"]
    for each in told:
        logs.delete_log_group(logGroupName=each["logGroupName"])


def test_parameters_of_aws_are_read_by_name_and_listed_by_nobody(aws: Clients) -> None:
    parameters = aws("ssm")
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    assert parameters.get_parameter(Name=name)["Parameter"]["Value"].startswith("ami-")
    listed = parameters.get_paginator("describe_parameters").paginate().build_full_result()["Parameters"]
    assert not [each for each in listed if each["Name"].startswith("/aws/")]
