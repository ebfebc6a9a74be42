"""Values that stand for no secret at all, told at the door: what is kept is that they do, never the value."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.patterns import regex

#: What a local stand-in of AWS and a test are given where a client insists on a key, and the forms of AWS's own
#: examples. A longer value that merely ends so may be a key.
_DUMMY = regex(
    r"(?:tests?|testing|dummy|fake|mock|mocked|local)(?:[-_]?(?:access[-_]?)?(?:key|secret|id))?"
    r"|foo|bar|foobar|moto|localstack|none|x{1,8}|example|A[KS]IA\w{9}EXAMPLE|\S{30}EXAMPLEKEY",
    re.I,
)


def dummy(value: object) -> dict[str, Value]:
    """What to keep of a setting's value: that it stands for no secret, where a literal word says so."""
    said = isinstance(value, str) and _DUMMY.fullmatch(value.strip()) is not None
    return {"dummy": True} if said else {}
