"""The nouns: Fact, Evidence, Gap, Relation, Facts, Finding. The standard library alone, no IO."""

from launchbook.model import aws as _aws  # registers the fact classes
from launchbook.model.fact import LEVELS, Evidence, Fact, Level, Origin, Where, attribute, make_fact
from launchbook.model.facts import Facts, Gap, Relation, kinds
from launchbook.model.file_kinds import IN_FILES_ALONE
from launchbook.model.finding import Finding, Severity, Status, Verdict, verdict
from launchbook.model.report import LineStatus, Report, Requirement
from launchbook.model.repository import Document, Endpoint, Setting
from launchbook.model.values import UNKNOWN_UNTIL_APPLY, NotKnown, Ref, Unread, Value, plain

__all__ = [
    "IN_FILES_ALONE",
    "LEVELS",
    "UNKNOWN_UNTIL_APPLY",
    "Document",
    "Endpoint",
    "Evidence",
    "Fact",
    "Facts",
    "Finding",
    "Gap",
    "Level",
    "LineStatus",
    "NotKnown",
    "Origin",
    "Ref",
    "Relation",
    "Report",
    "Requirement",
    "Setting",
    "Severity",
    "Status",
    "Unread",
    "Value",
    "Verdict",
    "Where",
    "attribute",
    "kinds",
    "make_fact",
    "plain",
    "verdict",
]

del _aws
