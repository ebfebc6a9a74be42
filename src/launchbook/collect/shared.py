"""One session asks each call once: collectors that begin with the same listing share its answer."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchbook.collect.declare import Call, Collector
from launchbook.collect.reader import Reader, ReadFailed


@dataclass
class _Held:
    """The answer of one call, or as much of it as there was, and why there is no more."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    pages: list[Any] = field(default_factory=list)
    failed: ReadFailed | None = None


class Shared:
    """A reader that keeps what more than one collector asks, for one collection and no longer.

    What is kept is cut to what all of them declare together; each gets what it declares itself.
    """

    def __init__(self, reader: Reader, collectors: Iterable[Collector]) -> None:
        self._reader = reader
        self._making = threading.Lock()
        self._held: dict[tuple[str, str, str, str], _Held] = {}
        calls = [call for one in collectors for call in one.calls]
        asked = Counter((call.service, call.operation) for call in calls if not call.one_page)
        self._together = {key: _together(calls, *key) for key, times in asked.items() if times > 1}

    def read(self, call: Call, region: str, parameters: Mapping[str, Any]) -> Iterator[Any]:
        """Each page of an operation's answer, cut to the fields that the call declares. Raises ReadFailed."""
        together = self._together.get((call.service, call.operation))
        if together is None or call.one_page:
            yield from self._reader.read(call, region, parameters)
            return
        held = self._asked(together, region, parameters)
        for page in held.pages:
            yield call.tree.cut(page)
        if held.failed is not None:
            raise ReadFailed(call, held.failed.code, held.failed.why, held.failed.settle)

    def _asked(self, call: Call, region: str, parameters: Mapping[str, Any]) -> _Held:
        key = (call.service, call.operation, region, json.dumps(parameters, sort_keys=True, default=str))
        with self._making:
            held = self._held.setdefault(key, _Held())
        with held.lock:
            if not held.done:
                try:
                    for page in self._reader.read(call, region, parameters):
                        held.pages.append(page)
                except ReadFailed as failure:
                    held.failed = failure
                held.done = True
        return held


def _together(calls: Iterable[Call], service: str, operation: str) -> Call:
    """One call that keeps what all calls of an operation keep."""
    paths = dict.fromkeys(
        ".".join(part for part in (f"{call.each}[]" if call.each else "", path) if part)
        for call in calls
        if (call.service, call.operation) == (service, operation)
        for path in ([*call.take.values(), *call.keep] or [""])
    )
    return Call(service, operation, keep=list(paths))
