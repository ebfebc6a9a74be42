"""A report to hand to others: account ids as pseudonyms, the same ones each time, so that ARNs still join."""

from __future__ import annotations

import re
from hashlib import sha256

#: Twelve digits where an account id stands: in an ARN, an address of a queue or an image, or by themselves.
_ACCOUNT = re.compile(r"(?<![\w.-])(\d{12})(?![\w-])|(?<=[:/@])(\d{12})(?=[:/.])")
_LETTERS = str.maketrans("abcdef", "012345")


def pseudonym(account: str) -> str:
    """Twelve digits made of an account id: as ``launchbook commands`` makes them. It hides, it does not encrypt."""
    return sha256(f"launchbook:{account}".encode()).hexdigest().translate(_LETTERS)[:12]


def pseudonymous(text: str) -> str:
    """``text`` with every account id replaced."""
    return _ACCOUNT.sub(lambda match: pseudonym(match[0]), text)
