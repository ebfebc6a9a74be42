"""Resource types of templates: which call makes them, which one ends them, and what ``Ref`` and ``GetAtt`` give."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.common_models import CloudFormationModel

from launchbook.local.planes.cloudformation.shapes import parameters

Given = dict[str, Any]
#: ``(service, operation, parameters)``: a call of the embedded AWS's own API.
Calls = list[tuple[str, str, Given]]


@dataclass(frozen=True)
class Kind:
    """One resource type."""

    type: str
    #: The calls that make or update it, given its properties with the name filled in.
    make: Callable[[Given], Calls]
    #: The calls that end it, given the same properties and the physical id.
    end: Callable[[Given, str], Calls]
    #: The property that names it; empty if it has no name.
    name: str = ""
    #: What ``Ref`` gives, from the properties and the answer of the last call that made it.
    ref: Callable[[Given, Given], str] = field(default=lambda _properties, _answer: "")
    attributes: Mapping[str, Callable[[Given, Given, str], str]] = field(default_factory=dict)


def _policy(service: str, operation: str, key: str, where: str, **fixed: str) -> Callable[[Given], Calls]:
    def make(given: Given) -> Calls:
        document = json.dumps(given["PolicyDocument"])
        targets = given[where] if isinstance(given[where], list) else [given[where]]
        value: Any = {"Policy": document} if service == "sqs" else document
        field_name = {"sns": "AttributeValue", "sqs": "Attributes", "s3": "Policy"}[service]
        return [(service, operation, {key: target, field_name: value, **fixed}) for target in targets]

    return make


def _scaling_target(given: Given) -> Given:
    """Which target a policy belongs to: by its parts, or by the ``Ref`` of a ScalableTarget."""
    if given.get("ScalingTargetId"):
        resource, dimension, namespace = given["ScalingTargetId"].split("|")
    else:
        resource, dimension, namespace = (
            given[name] for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")
        )
    return {"ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}


def _alarm_arn(given: Given, _answer: Given, region: str) -> str:
    return f"arn:aws:cloudwatch:{region}:123456789012:alarm:{given['AlarmName']}"


_SCALING = "application-autoscaling"

KINDS = (
    Kind(
        "AWS::CloudWatch::Alarm",
        lambda given: [("cloudwatch", "PutMetricAlarm", given)],
        lambda given, _: [("cloudwatch", "DeleteAlarms", {"AlarmNames": [given["AlarmName"]]})],
        "AlarmName",
        lambda given, _: str(given["AlarmName"]),
        {"Arn": _alarm_arn},
    ),
    Kind(
        "AWS::CloudWatch::CompositeAlarm",
        lambda given: [("cloudwatch", "PutCompositeAlarm", given)],
        lambda given, _: [("cloudwatch", "DeleteAlarms", {"AlarmNames": [given["AlarmName"]]})],
        "AlarmName",
        lambda given, _: str(given["AlarmName"]),
        {"Arn": _alarm_arn},
    ),
    Kind(
        "AWS::Logs::MetricFilter",
        lambda given: [("logs", "PutMetricFilter", given)],
        lambda given, _: [("logs", "DeleteMetricFilter", given)],
        "FilterName",
        lambda given, _: str(given["FilterName"]),
    ),
    Kind(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        lambda given: [(_SCALING, "RegisterScalableTarget", given)],
        lambda given, _: [(_SCALING, "DeregisterScalableTarget", given)],
        ref=lambda given, _: "|".join(_scaling_target(given).values()),
    ),
    Kind(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        lambda given: [(_SCALING, "PutScalingPolicy", given | _scaling_target(given))],
        lambda given, _: [(_SCALING, "DeleteScalingPolicy", given | _scaling_target(given))],
        "PolicyName",
        lambda _, answer: str(answer["PolicyARN"]),
    ),
    Kind(
        "AWS::SNS::Subscription",
        lambda given: [
            ("sns", "Subscribe", {"ReturnSubscriptionArn": True, "Attributes": _subscription(given), **given})
        ],
        lambda _, physical: [("sns", "Unsubscribe", {"SubscriptionArn": physical})],
        ref=lambda _, answer: str(answer["SubscriptionArn"]),
    ),
    Kind(
        "AWS::SNS::TopicPolicy",
        _policy("sns", "SetTopicAttributes", "TopicArn", "Topics", AttributeName="Policy"),
        lambda _given, _: [],  # CloudFormation leaves the last policy on the topic
        ref=lambda given, _: str(given["_LogicalName"]),
    ),
    Kind(
        "AWS::SQS::QueuePolicy",
        _policy("sqs", "SetQueueAttributes", "QueueUrl", "Queues"),
        lambda given, _: [
            ("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": ""}})
            for url in given["Queues"]
        ],
        ref=lambda given, _: str(given["_LogicalName"]),
    ),
    Kind(
        "AWS::S3::BucketPolicy",
        _policy("s3", "PutBucketPolicy", "Bucket", "Bucket"),
        lambda given, _: [("s3", "DeleteBucketPolicy", {"Bucket": given["Bucket"]})],
        ref=lambda given, _: str(given["Bucket"]),
    ),
)


def _subscription(given: Given) -> Given:
    names = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy", "DeliveryPolicy")
    found = {name: given[name] for name in names if name in given}
    return {n: json.dumps(v) if isinstance(v, dict) else str(v).lower() for n, v in found.items()}


class Made:
    """A resource of a stack, made by API calls. Subclasses have ``kind`` and ``endpoint``."""

    kind: Kind
    endpoint: str

    def __init__(self, properties: Given, answer: Given, region: str) -> None:
        self.properties, self.answer, self.region = properties, answer, region

    @property
    def physical_resource_id(self) -> str:
        """What ``Ref`` gives."""
        return self.kind.ref(self.properties, self.answer)

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type's name in templates."""
        return cls.kind.type

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """The property that names it."""
        return cls.kind.name

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether ``Fn::GetAtt`` knows it."""
        return attr in cls.kind.attributes

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """What ``Fn::GetAtt`` gives."""
        return self.kind.attributes[attribute_name](self.properties, self.answer, self.region)

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, _account_id: str, region_name: str, **_: Any
    ) -> Made:
        """Make it."""
        given = {cls.kind.name: resource_name} if cls.kind.name else {}
        given |= {**(cloudformation_json.get("Properties") or {}), "_LogicalName": resource_name}
        answer: Given = {}
        for call in cls.kind.make(given):
            answer = cls._call(region_name, *call)
        return cls(given, answer, region_name)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str,
        region_name: str,
    ) -> Made:  # fmt: skip
        """Make it again; end what has another name now."""
        made = cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
        if original_resource.physical_resource_id != made.physical_resource_id:
            original_resource.delete(account_id, region_name)
        return made

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """End what a template described and nothing remembers."""
        given = {cls.kind.name: resource_name} if cls.kind.name else {}
        cls(given | (cloudformation_json.get("Properties") or {}), {}, region_name).delete(
            account_id, region_name
        )

    def delete(self, account_id: str, region_name: str) -> None:
        """End it; what is gone already is no error."""
        from botocore.exceptions import ClientError

        for call in self.kind.end(self.properties, self.physical_resource_id):
            try:
                self._call(region_name, *call)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                    raise

    @classmethod
    def _call(cls, region: str, service: str, operation: str, given: Given) -> Given:
        from botocore.session import get_session

        client = get_session().create_client(
            service, region_name=region, endpoint_url=cls.endpoint, aws_access_key_id="cloudformation",
            aws_secret_access_key="cloudformation",  # noqa: S106  a dummy, as all credentials here
        )  # fmt: skip
        shape = client.meta.service_model.operation_model(operation).input_shape
        answer: Given = client._make_api_call(operation, parameters(shape, given))
        return answer


#: moto finds types among the direct subclasses of its model; they must not be collected.
_MADE: list[type] = []


def install(endpoint: str) -> None:
    """Tell moto's CloudFormation of these types."""
    from moto.cloudformation import parsing

    for kind in KINDS:
        name = kind.type.replace("AWS::", "").replace("::", "")
        body = {"kind": kind, "endpoint": endpoint, "__module__": __name__}
        _MADE.append(type(name, (Made, CloudFormationModel), body))
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()
