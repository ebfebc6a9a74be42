"""Launchbook turns AWS runbooks into programs that run, prove their result and undo themselves.

The names below are the public API; everything else may change between releases.
"""

from launchbook.errors import (
    LaunchbookError,
    MissingTool,
    RunFailed,
    UnreadableInput,
    UsageError,
    WriteRefused,
)
from launchbook.model import Evidence, Fact, Facts, Finding, Gap, NotKnown, Relation, Where

__all__ = [
    "Evidence",
    "Fact",
    "Facts",
    "Finding",
    "Gap",
    "LaunchbookError",
    "MissingTool",
    "NotKnown",
    "Relation",
    "RunFailed",
    "UnreadableInput",
    "UsageError",
    "Where",
    "WriteRefused",
]
