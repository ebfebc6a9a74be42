"""Functions: runtime, role, and the names of their settings."""

from __future__ import annotations

from launchbook.collect.declare import Call, Row, Seen, collector


@collector(
    "aws_lambda_function",
    Call(
        "lambda",
        "ListFunctions",
        each="Functions",
        take={
            "arn": "FunctionArn",
            "function_name": "FunctionName",
            "runtime": "Runtime",
            "role": "Role",
            "timeout": "Timeout",
            "package_type": "PackageType",
            "dead_letter_arn": "DeadLetterConfig.TargetArn",
            "environment_names": "Environment.Variables{}",
        },
    ),
)
def functions(row: Row) -> Seen:
    """A function. Of its environment the names alone come in."""
    return row.seen(id="arn", name="function_name")


@collector(
    "aws_lambda_event_source_mapping",
    Call(
        "lambda",
        "ListEventSourceMappings",
        each="EventSourceMappings",
        take={
            "uuid": "UUID",
            "event_source_arn": "EventSourceArn",
            "function_name": "FunctionArn",
            "state": "State",
            "batch_size": "BatchSize",
        },
    ),
)
def event_source_mappings(row: Row) -> Seen:
    """What feeds a function."""
    return row.seen(id="uuid", name="uuid")
