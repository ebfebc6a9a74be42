"""A report to hand to others: account ids as pseudonyms, the same ones each time, so that ARNs still join."""

from __future__ import annotations

import re

from launchbook.redact import pseudonym

#: Twelve digits where an account id stands: in an ARN, an address of a queue or an image, or by themselves.
_ACCOUNT = re.compile(r"(?<![\w.-])(\d{12})(?![\w-])|(?<=[:/@])(\d{12})(?=[:/.])")


def pseudonymous(text: str) -> str:
    """``text`` with every account id replaced."""
    return _ACCOUNT.sub(lambda match: pseudonym(match[0]), text)
