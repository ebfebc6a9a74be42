"""A table of a settings file, read key by key; what is wrong with it goes to one list of mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Table:
    """One table, ``where`` as people write it (``[platform]``); every read key is remembered."""

    def __init__(self, data: Mapping[str, Any], where: str, mistakes: list[str]) -> None:
        self._data, self._where, self._mistakes = data, where, mistakes
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def mistake(self, key: str, what: str) -> None:
        """Note what is wrong with a key."""
        self._mistakes.append(f"{self._where} {key}: {what}".strip())

    def any(self, key: str) -> Any:
        """The value, None when there is none."""
        self._read.add(key)
        return self._data.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a ``default`` it must be there and not empty."""
        value = self.any(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and (value or default is not None):
            return value
        self.mistake(key, "is required" if value is None else "must be a text")
        return default or ""

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        value = self.any(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.mistake(key, "must be a whole number")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when there is none."""
        value = self.any(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.mistake(key, "must be a list of texts")
        return ()

    def template(self, key: str) -> str | tuple[str, ...]:
        """A text or a list of texts that must be there."""
        return self.texts(key) if isinstance(self._data.get(key), list) else self.text(key)

    def map(self, key: str) -> dict[str, Any]:
        """A table as it is, empty when there is none."""
        value = self.any(key)
        if value is None or isinstance(value, dict):
            return dict(value or {})
        self.mistake(key, "must be a table")
        return {}

    def table(self, key: str, *, required: bool = False) -> Table:
        """A table below this one."""
        if required and key not in self._data:
            self._mistakes.append(f"[{self._below(key)}]: is required")
        return Table(self.map(key), f"[{self._below(key)}]", self._mistakes)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """The tables of a list."""
        value = self.any(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            self.mistake(
                key, f"write each as [[{self._below(key)}]]" if value else "at least one is required"
            )
            return []
        return [
            Table(one, f"[[{self._below(key)}]] {number}", self._mistakes)
            for number, one in enumerate(value, 1)
        ]

    def no_others(self) -> None:
        """Call every key a mistake that nobody read."""
        for key in sorted(self._data.keys() - self._read):
            self.mistake(key, "no such setting")

    def _below(self, key: str) -> str:
        return f"{self._where.strip('[]')}.{key}" if self._where else key
