"""The checks, by topic: pure functions over facts. A module here is found by being here."""

from __future__ import annotations

import importlib
import pkgutil

from launchbook.check import CHECKS, Check


def checks() -> dict[str, Check]:
    """Every check, by id."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
    return dict(CHECKS)
