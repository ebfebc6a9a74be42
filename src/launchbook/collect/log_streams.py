"""When the containers of each service last wrote a line: of their log group the newest stream."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector
from launchbook.collect.documents import objects
from launchbook.model import Value

STREAMS = "DescribeLogStreams"
DEFINITION = "DescribeTaskDefinition"


@collector(
    "aws_cloudwatch_log_stream",
    Call("ecs", "ListClusters", each="clusterArns"),
    Call("ecs", "ListServices", each="serviceArns", given={"cluster": "$ListClusters"}),
    Call(
        "ecs",
        "DescribeServices",
        each="services",
        given={"cluster": "$ListClusters", "services": ["$ListServices"]},
        take={"service": "serviceArn"},
        keep=["taskDefinition"],
    ),
    Call(
        "ecs",
        DEFINITION,
        each="taskDefinition.containerDefinitions",
        given={"taskDefinition": "$DescribeServices.taskDefinition"},
        take={"container": "name", "log_group_name": "logConfiguration.options.awslogs-group"},
    ),
    Call(
        "logs",
        STREAMS,
        given={
            "logGroupName": "$DescribeTaskDefinition.logConfiguration.options.awslogs-group",
            "orderBy": "LastEventTime",
            "descending": True,
            "limit": 1,
        },
        keep=["logStreams[].logStreamName", "logStreams[].lastEventTimestamp"],
        one_page=True,
    ),
)
def newest_streams(row: Row) -> Seen | None:
    """The newest stream of a service's container. AWS says the time of its last event up to an hour late."""
    group = row.get(DEFINITION, "logConfiguration.options.awslogs-group")
    if not isinstance(group, str):
        return None
    found = row.get(STREAMS, "logStreams")
    newest = objects(found)[0] if objects(found) else {}
    unread: Value = found if not isinstance(found, list) else None
    more: dict[str, Value] = {
        "name": unread or newest.get("logStreamName"),
        "last_event_at": unread or newest.get("lastEventTimestamp"),
        "late": True,
    }
    seen = row.seen(id="container", name="container", DescribeLogStreams=more)
    service = str(row.get("DescribeServices", "serviceArn")).rpartition("/")[2]
    return Seen(f"{group}#{service}/{seen.name}", f"{service}/{seen.name}", seen.attributes)
