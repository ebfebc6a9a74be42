"""Ids in the shape of AWS's, made fast: random ones for what they name, numbered ones for requests."""

from __future__ import annotations

import itertools
import os

_requests = itertools.count(1)
_process = os.urandom(10).hex()
_PREFIX = f"{_process[:8]}-{_process[8:12]}-4{_process[12:15]}-a{_process[15:18]}-"


def unique() -> str:
    """A random UUID, version 4."""
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def request_id() -> str:
    """The id of a request: different for each of this process, and from those of others."""
    return f"{_PREFIX}{next(_requests):012x}"
