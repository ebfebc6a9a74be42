"""Checklists: requirement, why it matters, the checks that settle it, and how to settle what they cannot.

A checklist is data: ``launchbook/checklists/<name>.toml``, or a file of the user's own of the same shape::

    title = "Launch readiness"

    [[line]]
    id = "iam"
    title = "IAM: nobody shares credentials"
    title_fr = "IAM (credentials user-specific, pas partagés)"
    why = "…"
    checks = ["access-key-in-settings", "user-without-mfa"]
    settle = ["aws iam list-users"]
    may_not_apply = false
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from launchbook.errors import UsageError


@dataclass(frozen=True)
class Line:
    """One requirement. ``titles`` has its words in other languages (``fr``); ``settle`` are commands or deeds."""

    id: str
    title: str
    why: str
    checks: tuple[str, ...]
    settle: tuple[str, ...] = ()
    may_not_apply: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checklist:
    """A named list of requirements, in the order in which they are shown."""

    name: str
    title: str
    lines: tuple[Line, ...]


def built_in() -> list[str]:
    """The names of the checklists that come along."""
    folder = files("launchbook.checklists")
    return sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))


def load(name: str) -> Checklist:
    """A built-in checklist by name, or one from a ``.toml`` file. Raises UsageError for neither, or a wrong shape.

    ``NAME-platform`` is ``platform``, for whoever calls a platform's checklist by the platform's name.
    """
    if name.endswith("-platform"):
        name = "platform"
    if name.endswith(".toml"):
        path = Path(name)
        text = _text(path) if path.is_file() else None
    else:
        text = (
            files("launchbook.checklists").joinpath(f"{name}.toml").read_text("utf-8")
            if name in built_in()
            else None
        )
    if text is None:
        hint = f"use one of {', '.join(built_in())}, or the path of a .toml file"
        raise UsageError(f"there is no checklist {name}", "no built-in one has that name", hint=hint)
    try:
        data = tomllib.loads(text)
        lines = tuple(_line(one) for one in data["line"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UsageError(
            f"cannot read the checklist {name}", f"{error}", hint="docs/reference/checklists.md"
        ) from None
    return Checklist(Path(name).stem, str(data.get("title", name)), lines)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}", str(error), hint="make the file readable") from None


def _line(data: Mapping[str, Any]) -> Line:
    return Line(
        id=str(data["id"]),
        title=str(data["title"]),
        why=str(data["why"]),
        checks=tuple(str(one) for one in data["checks"]),
        settle=tuple(str(one) for one in data.get("settle", ())),
        may_not_apply=data.get("may_not_apply", False) is True,
        titles={
            key.removeprefix("title_"): str(value) for key, value in data.items() if key.startswith("title_")
        },
    )
