"""Regular expressions that are compiled when they are first used.

Readers declare hundreds of them and one repository needs a few: compiling all took a quarter of a short run.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile(pattern, flags)``, put off until the first use. Raises re.error then."""
    return cast("re.Pattern[AnyStr]", Late(pattern, flags))


class Late:
    """Stands for a compiled pattern: each attribute is the pattern's own, kept here so that it is looked up once."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = pattern, flags
        self.pattern = pattern  # known without compiling anything

    def __getattr__(self, name: str) -> Any:
        if "_compiled" not in self.__dict__:
            self._compiled = re.compile(*self._given)
        found = getattr(self._compiled, name)
        self.__dict__[name] = found
        return found
