"""``launchbook.toml``: what a repository says of itself, read and checked once.

Every key is optional; without the file everything has a default. A mistake is one clear error that names them all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from launchbook.errors import UsageError

FILE = "launchbook.toml"


@dataclass(frozen=True)
class WaiverSetting:
    """A failure that its owner accepts until a day."""

    check: str
    subject: str
    owner: str
    reason: str
    expires: date


@dataclass(frozen=True)
class Settings:
    """What ``launchbook.toml`` says.

    ``account`` pins the account that an audit may read; ``regions`` are asked besides the ones that the files name;
    ``role`` is taken before it is read, with ``external_id`` where its trust policy asks for one.
    ``scope`` are parts of names that belong to this system; ``environment`` is judged unless another is asked for.
    """

    checklist: str = "launch-readiness"
    environment: str = ""
    account: str = ""
    role: str = ""
    external_id: str = ""
    regions: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    waivers: tuple[WaiverSetting, ...] = field(default=())


def load_settings(folder: Path) -> Settings:
    """The settings of a folder; defaults where it has none. Raises UsageError that lists every mistake."""
    path = folder / FILE
    if not path.is_file():
        return Settings()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}", str(error), hint="correct the file at that place") from None
    mistakes: list[str] = []
    audit = _table(data, "audit", mistakes)
    known = {"checklist", "environment", "account", "role", "external_id", "regions", "scope"}
    mistakes += [f"[audit] {key}: no such setting" for key in sorted(audit.keys() - known)]
    settings = Settings(
        checklist=_text(audit, "checklist", "launch-readiness", mistakes),
        environment=_text(audit, "environment", "", mistakes),
        account=_text(audit, "account", "", mistakes),
        role=_text(audit, "role", "", mistakes),
        external_id=_text(audit, "external_id", "", mistakes),
        regions=_texts(audit, "regions", mistakes),
        scope=_texts(audit, "scope", mistakes),
        waivers=tuple(_waivers(data, mistakes)),
    )
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise UsageError(
            f"{path} has {len(mistakes)} mistakes",
            f"\n{lines}",
            hint="docs/reference/settings.md lists every key",
        )
    return settings


def _table(data: Mapping[str, Any], name: str, mistakes: list[str]) -> Mapping[str, Any]:
    found = data.get(name, {})
    if isinstance(found, dict):
        return found
    mistakes.append(f"{name}: must be a table")
    return {}


def _text(table: Mapping[str, Any], name: str, default: str, mistakes: list[str]) -> str:
    value = table.get(name, default)
    if isinstance(value, str):
        return value
    mistakes.append(f"[audit] {name}: must be text")
    return default


def _texts(table: Mapping[str, Any], name: str, mistakes: list[str]) -> tuple[str, ...]:
    value = table.get(name, [])
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    mistakes.append(f"[audit] {name}: must be a list of texts")
    return ()


def _waivers(data: Mapping[str, Any], mistakes: list[str]) -> list[WaiverSetting]:
    found = []
    listed = data.get("waiver", [])
    for number, one in enumerate(listed if isinstance(listed, list) else [None], 1):
        if not isinstance(one, dict):
            mistakes.append("waiver: write each as [[waiver]]")
            continue
        missing = [name for name in ("check", "subject", "owner", "reason", "expires") if not one.get(name)]
        if missing:
            mistakes.append(f"[[waiver]] {number}: needs {', '.join(missing)}")
        elif not isinstance(one["expires"], date):
            mistakes.append(f"[[waiver]] {number}: expires must be a day, written 2026-01-31 without quotes")
        else:
            check, subject, owner, reason = (
                str(one[name]) for name in ("check", "subject", "owner", "reason")
            )
            found.append(WaiverSetting(check, subject, owner, reason, one["expires"]))
    return found
