"""What an attribute may hold besides a plain value: a reference, or the reason why it is not known.

An attribute that nobody could read is never a default. It is an :class:`Unread` with its reason, and touching it
through a fact raises :class:`NotKnown`, so that no comparison can take it for a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that is another fact's attribute, known by identity before it is known by value.

    ``aws_sns_topic.ops.arn`` in Terraform and ``!GetAtt Jobs.Arn`` in CloudFormation both become a ``Ref`` to
    the fact's ``id``; an ARN read from an account stays a string. :meth:`launchbook.model.Facts.find` takes either.
    """

    to: str
    attribute: str = "id"


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that was not read, and why (``variable "region" has no default``).

    ``settle`` names what would settle it: an IAM action, a command; empty where nothing simple would. ``refs`` are
    the facts that it is known to be made of (``"https://${aws_lb.web.dns_name}/health"``).
    """

    reason: str
    settle: str = ""
    refs: tuple[Ref, ...] = ()


#: Terraform decides the value on apply; a plan or a file can only refer to it.
UNKNOWN_UNTIL_APPLY = Unread("known only after apply")


#: JSON-like, with references and unread parts at any depth.
Value: TypeAlias = "None | bool | int | float | str | Ref | Unread | list[Value] | dict[str, Value]"


class NotKnown(Exception):
    """Something that a check needed was not read. Only ``evaluate`` catches this.

    ``settle`` names what would settle it: an IAM action, a command, a file.
    """

    def __init__(self, what: str, reason: str, settle: str = "") -> None:
        self.what, self.reason, self.settle = what, reason, settle
        super().__init__(f"{what}: {reason}")


def plain(value: Value) -> object:
    """``value`` as JSON: a reference becomes ``{"ref", "attribute"}``, an unread part ``{"unread": reason}``."""
    match value:
        case Ref(to, attribute):
            return {"ref": to, "attribute": attribute}
        case Unread(reason=reason):
            return {"unread": reason}
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case _:
            return value
