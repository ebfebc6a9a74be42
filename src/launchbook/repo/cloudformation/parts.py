"""What CloudFormation nests and Terraform keeps apart: rules' targets, topics' subscriptions, events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from launchbook.model import Fact, Ref
from launchbook.repo.cloudformation.convert import attributes_of, converted
from launchbook.repo.cloudformation.sam_events import Part, events, lined
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.lined import Map, as_list, as_map, line_of


def parts_of(kind: str, name: str, properties: Any, fact: Fact) -> Iterator[Part]:
    """The parts of one resource; ``properties`` are resolved, ``fact`` is what the resource became."""
    split = _PARTS.get(kind)
    if split and isinstance(properties, Map):
        yield from split(name, properties, fact)


def _rule(name: str, properties: Map, fact: Fact) -> Iterator[Part]:
    for number, target in enumerate(as_list(properties.get("Targets"))):
        line = line_of(properties, "Targets", number)
        values = {attribute_name(key): (value, line_of(target, key)) for key, value in as_map(target).items()}
        label = str(as_map(target).get("Id", number))
        values["target_id"] = values.pop("id", (label, line))
        attributes = lined(line, rule=(Ref(fact.id, "name"), line), **values)
        yield Part("aws_cloudwatch_event_target", f"{name}.Targets.{number}", label, line, attributes)


def _topic(name: str, properties: Map, fact: Fact) -> Iterator[Part]:
    for number, item in enumerate(as_list(properties.get("Subscription"))):
        line = line_of(properties, "Subscription", number)
        values = {key.lower(): (value, line_of(item, key)) for key, value in as_map(item).items()}
        attributes = lined(line, topic_arn=(Ref(fact.id, "arn"), line), **values)
        address = f"{name}.Subscription.{number}"
        yield Part("aws_sns_topic_subscription", address, address, line, attributes)


#: Properties of a bucket that are resources of their own in Terraform, with the block that holds them.
_BUCKET = {
    "VersioningConfiguration": ("aws_s3_bucket_versioning", "versioning_configuration"),
    "LifecycleConfiguration": ("aws_s3_bucket_lifecycle_configuration", ""),
    "PublicAccessBlockConfiguration": ("aws_s3_bucket_public_access_block", ""),
    "BucketEncryption": ("aws_s3_bucket_server_side_encryption_configuration", ""),
    "LoggingConfiguration": ("aws_s3_bucket_logging", ""),
}


def _bucket(name: str, properties: Map, fact: Fact) -> Iterator[Part]:
    for key, (kind, block) in _BUCKET.items():
        value = properties.get(key)
        if not isinstance(value, Map):
            continue
        line = line_of(properties, key)
        inside = converted(value)
        values = (
            {block: (inside, line)}
            if block
            else {k: (v, line_of(inside[0], k)) for k, v in inside[0].items()}
        )
        spelled = {_BLOCKS.get(key, key): held for key, held in values.items()}
        attributes = lined(line, bucket=(Ref(fact.id), line), **spelled)
        yield Part(kind, f"{name}.{key}", fact.name, line, attributes)


def _function(name: str, properties: Map, fact: Fact) -> Iterator[Part]:
    """Its events, and the address that SAM gives it, with who may call that."""
    yield from events(name, properties, fact)
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, Map):
        line = line_of(properties, "FunctionUrlConfig")
        values = lined(
            line,
            function_name=(Ref(fact.id, "arn"), line),
            authorization_type=(url.get("AuthType"), line_of(url, "AuthType")),
        )
        yield Part("aws_lambda_function_url", f"{name}.FunctionUrlConfig", fact.name, line, values)


def _records(name: str, properties: Map, _: Fact) -> Iterator[Part]:
    """The records of a group, each in the group's zone."""
    zone = {
        key: (properties[key], line_of(properties, key))
        for key in ("HostedZoneId", "HostedZoneName")
        if key in properties
    }
    for number, record in enumerate(as_list(properties.get("RecordSets"))):
        line = line_of(properties, "RecordSets", number)
        own = {key: (value, line_of(record, key)) for key, value in as_map(record).items()}
        whole = lined(line, **{**zone, **own})
        attributes = attributes_of("aws_route53_record", whole)
        address = f"{name}.RecordSets.{number}"
        called = attributes.get("name")
        label = called if isinstance(called, str) else address
        yield Part("aws_route53_record", address, label, line, attributes)


_BLOCKS = {"rules": "rule", "server_side_encryption_configuration": "rule"}

_PARTS: dict[str, Callable[[str, Map, Fact], Iterator[Part]]] = {
    "AWS::Events::Rule": _rule,
    "AWS::Route53::RecordSetGroup": _records,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::StateMachine": events,
}
