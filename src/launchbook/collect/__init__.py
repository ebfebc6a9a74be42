"""What an account has: declared reads, one file per service, through a door that cannot write.

Adding a collector takes one file here and one data case; every module of this package is found and imported.
"""

from __future__ import annotations

import importlib
import pkgutil

from launchbook.collect.declare import COLLECTORS, Call, Collector, Row, Seen, collector
from launchbook.collect.engine import Asked, collect
from launchbook.collect.reader import Reader, ReadFailed, Target

__all__ = [
    "Asked",
    "Call",
    "Collector",
    "ReadFailed",
    "Reader",
    "Row",
    "Seen",
    "Target",
    "collect",
    "collector",
    "collectors",
]


def collectors() -> dict[str, Collector]:
    """Every declared read, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(COLLECTORS)
