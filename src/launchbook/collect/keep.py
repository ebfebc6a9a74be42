"""Which fields of an answer are kept: everything else is dropped at the door, before anything can hold it.

A path is written ``services[].deployments[].rolloutState``. ``[]`` steps into a list, ``{}`` at the end keeps the names
of a map and drops its values (environment variables), ``^`` keeps of a text only whether it is an ARN (``arn:``, else
nothing), ``*`` keeps a document whole (a policy, which botocore and the AWS CLI give as data). Anything else ends in a
plain value or a list of them: what is more was not read, and says so. The same paths cut a live answer, become the
``--query`` of the printed AWS CLI command, and read its pasted output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from launchbook.model import Unread

NAMES, WHOLE, KIND = "{}", "*", "^"
_ENDS = (NAMES, WHOLE, KIND)
_ARN = "arn:"
_PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
#: Stands for what is more than the plain value that a path ends in: it is dropped, and was not read.
_OTHER_SHAPE = Unread("it was answered in another shape than expected")


@dataclass(slots=True)
class Keep:
    """A tree of fields: what to keep below each. ``many`` marks a list of what the tree describes."""

    fields: dict[str, Keep] = field(default_factory=dict)
    many: bool = False
    #: "" a plain value or a branch, NAMES, WHOLE or KIND
    ends: str = ""

    @staticmethod
    def parse(paths: Iterable[str]) -> Keep:
        """The tree of some paths. Raises ValueError for a part without a name (``Tags.*``)."""
        root = Keep()
        for path in paths:
            node = root
            for part in path.split("."):
                if not field_of(part):
                    raise ValueError(f"{path!r} has a part that names no field")
                node = node.fields.setdefault(field_of(part), Keep())
                node.many = node.many or part.endswith("[]")
                node.ends = next((end for end in _ENDS if part.endswith(end)), node.ends)
        return root

    def cut(self, answer: object) -> object:
        """A copy of ``answer`` with the kept fields only; a field that is absent stays absent."""
        if self.many and isinstance(answer, list):
            return [self._one(item) for item in answer]
        return self._one(answer)

    def _one(self, answer: object) -> object:
        if self.ends == NAMES:
            return _names(answer)
        if self.ends == KIND:
            return answer if isinstance(answer, Unread) else _ARN if str(answer).startswith(_ARN) else ""
        if self.ends == WHOLE:
            return _whole(answer)
        if not self.fields:
            return _plain(answer)
        if not isinstance(answer, Mapping):
            return answer if answer is None or isinstance(answer, Unread) else _OTHER_SHAPE
        return {name: below.cut(answer[name]) for name, below in self.fields.items() if name in answer}

    def query(self, name: str = "") -> str:
        """The JMESPath that cuts the same; ``name`` is the field that the tree stands for, none at the root."""
        if self.ends == NAMES:
            return f"keys({name} || `{{}}`)"
        if self.ends == KIND:
            return f"starts_with(not_null({name}, ''), '{_ARN}') && '{_ARN}' || ''"
        target = f"{name}[]" if self.many else name
        if not self.fields:
            return name
        inner = ", ".join(f"{quoted(key)}: {below.query(quoted(key))}" for key, below in self.fields.items())
        return f"{target}.{{{inner}}}" if target else f"{{{inner}}}"


def _names(answer: object) -> object:
    if isinstance(answer, Mapping):
        return sorted(str(name) for name in answer)
    # A pasted projection holds the names already.
    return sorted(item for item in answer if isinstance(item, str)) if isinstance(answer, list) else None


def _plain(value: object) -> object:
    nested = (Mapping, list)
    if isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(one, nested) for one in value)
    ):
        return _OTHER_SHAPE
    return [_plain(item) for item in value] if isinstance(value, list) else _whole(value)


def _whole(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def field_of(part: str) -> str:
    """The field that a part of a path names, without what it says of it."""
    name = part.removesuffix("[]")
    for end in _ENDS:
        name = name.removesuffix(end)
    return name


def quoted(name: str) -> str:
    """A field's name as JMESPath takes it."""
    return name if _PLAIN.match(name) else f'"{name}"'


def fill(node: object, path: str, reason: Unread) -> None:
    """Put ``reason`` where what a path ends in is not there, though all above it is: in each item of the lists on its
    way."""
    head, _, rest = path.partition(".")
    name = field_of(head)
    if isinstance(node, list):
        for item in node:
            fill(item, path, reason)
    elif isinstance(node, dict) and not rest:
        if node.get(name) is None:
            node[name] = reason
    elif isinstance(node, dict):
        fill(node.get(name), rest, reason)


def pick_all(answer: object, path: str) -> object:
    """The items of the list at a path. Where the path goes through a list (``Alarms[].Metrics``) those of each item;
    unread where those of one were not read."""
    found = pick(answer, path)
    if "[]" not in path or not isinstance(found, list):
        return found
    unread = next((held for held in found if isinstance(held, Unread)), None)
    return unread or [item for held in found if isinstance(held, list) for item in held]


def pick(answer: object, path: str) -> object:
    """The value at a path of an answer, ``[]`` mapping over a list; None when absent. ``""`` is the answer itself.

    Below what was not read nothing was read either.
    """
    head, _, rest = path.partition(".")
    if not head:
        return answer
    name, many = field_of(head), head.endswith("[]")
    if isinstance(answer, Mapping):
        answer = answer.get(name)
        if isinstance(answer, Unread):
            return answer
    elif isinstance(answer, list) and name.isdigit() and int(name) < len(answer):
        answer = answer[int(name)]
    else:
        return None
    if many:
        return [pick(item, rest) for item in answer] if isinstance(answer, list) else None
    return pick(answer, rest) if rest and answer is not None else answer
