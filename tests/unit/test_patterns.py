"""Patterns that are compiled on their first use do what others do, and every declared one compiles."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import launchbook.repo
from launchbook import redact
from launchbook.patterns import Late, regex


def declared() -> Iterator[tuple[str, Late]]:
    names = [one.name for one in pkgutil.walk_packages(launchbook.repo.__path__, "launchbook.repo.")]
    for module in [redact, *map(importlib.import_module, names)]:
        yield from (
            (f"{module.__name__}.{name}", value)
            for name, value in vars(module).items()
            if isinstance(value, Late)
        )


def test_every_declared_pattern_compiles() -> None:
    found = dict(declared())
    assert len(found) > 100
    for name, late in found.items():
        assert isinstance(late.pattern, str | bytes), name


def test_it_does_what_a_compiled_pattern_does() -> None:
    late, compiled = regex(r"(?P<a>b+)", re.I), re.compile(r"(?P<a>b+)", re.I)
    for _ in range(2):  # the second time without compiling
        assert late.sub("x", "aBBc") == compiled.sub("x", "aBBc")
        assert late.pattern == compiled.pattern
        assert late.flags == compiled.flags


def test_a_pattern_that_is_none_says_so_when_it_is_used() -> None:
    with pytest.raises(re.error):
        regex("(").search("")
