"""SQS errors: the type that the JSON protocol names, the code that the query protocol names, the message."""

from __future__ import annotations

_OLD = "AWS.SimpleQueueService."
#: JSON error type → the code of the query protocol, where they differ.
_CODES = {
    "QueueDoesNotExist": _OLD + "NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    "PurgeQueueInProgress": _OLD + "PurgeQueueInProgress",
    "EmptyBatchRequest": _OLD + "EmptyBatchRequest",
    "TooManyEntriesInBatchRequest": _OLD + "TooManyEntriesInBatchRequest",
    "BatchEntryIdsNotDistinct": _OLD + "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong": _OLD + "BatchRequestTooLong",
    "InvalidBatchEntryId": _OLD + "InvalidBatchEntryId",
    "UnsupportedOperation": _OLD + "UnsupportedOperation",
}


class SqsError(Exception):
    """An answer of SQS that is an error; ``kind`` is its type in the JSON protocol."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message

    @property
    def code(self) -> str:
        """The code that SDKs show and the query protocol sends."""
        return _CODES.get(self.kind, self.kind)


def invalid(value: object, parameter: str, reason: str) -> SqsError:
    """``InvalidParameterValue`` in the words of SQS."""
    return SqsError(
        "InvalidParameterValue", f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
    )


def no_such_queue() -> SqsError:
    """The error for a queue that is not there."""
    return SqsError("QueueDoesNotExist", "The specified queue does not exist.")
