"""Dataclasses made in half the time: every run of discovery makes eighty, a fifteenth of a short one as it was.

``dataclass`` compiles each method that it writes. A record is frozen to the type checker, which reads all code of
ours, and not once more at run time, where it costs each object as well; it has no text of its own for debugging.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(*, slots: bool = False, eq: bool = True, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Values that never change, equal and hashed by their fields; with ``eq=False`` by identity, made sooner still."""
    return dataclass(repr=False, eq=eq, unsafe_hash=eq, slots=slots, kw_only=kw_only)
