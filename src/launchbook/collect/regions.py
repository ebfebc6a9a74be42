"""Which regions there are, as botocore's own table of them says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

import botocore
from botocore.loaders import Loader

from launchbook.errors import UsageError
from launchbook.redact import shown

_SHAPE = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")


@cache
def known_regions() -> frozenset[str]:
    """Every region of every partition that this botocore knows."""
    partitions = Loader().load_data("partitions")["partitions"]
    return frozenset(name for one in partitions for name in one["regions"] if not name.endswith("-global"))


def check_regions(asked: Iterable[str], new: Iterable[str] = ()) -> None:
    """Raises UsageError for a region that is in no partition, unless it is said to be ``new`` and called like one."""
    for name in (*asked, *new):
        if name in known_regions() or (name in new and _SHAPE.fullmatch(name)):
            continue
        near = get_close_matches(name.lower(), sorted(known_regions()), 3, 0.75)
        meant = f"--region {' or '.join(near)}" if near else "--region eu-west-1"
        hint = f"{meant}   (one that AWS opened after botocore {botocore.__version__}: --new-region NAME)"
        raise UsageError(f"{shown(name)} is no region", "AWS has none of that name", hint=hint)
