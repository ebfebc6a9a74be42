"""botocore's service models, cut to the declared operations and kept in the user's cache.

A whole model holds every operation of a service with its documentation; loading one costs more than the calls that an
audit makes with it. The first audit writes what it needs of each service into a folder of its own. Without a cache that
can be written the whole models are used, and so is whatever was not cut (signing in may need another service).

Some lists come in pages and botocore does not know it: it would give the first page for the whole. Theirs are added.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import botocore
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

#: Grows when what is written changes.
_FORMAT = "3"
_PROSE = ("documentation", "documentationUrl")
_TYPES = ("service-2", "endpoint-rule-set-1", "paginators-1")
#: Service -> operation -> where its pages are: what takes and gives a token, and has no paginator in botocore.
UNKNOWN_PAGES: Mapping[str, Mapping[str, str]] = {
    "backup": {"ListTags": "Tags"},
    "events": {"ListEventBuses": "EventBuses"},
    "sesv2": {"ListEmailIdentities": "EmailIdentities"},
    "wafv2": {"ListWebACLs": "WebACLs"},
}
#: What a service calls its token, where it is no NextToken.
_TOKENS = {"wafv2": "NextMarker"}
#: Seconds after which models of another version of botocore are removed.
_STALE = 30 * 24 * 3600


class CutLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """Loads the cut models of some services, and everything else as botocore does; all pages of every list."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        super().__init__()
        self._folders = folders
        self._held: dict[tuple[str, str], Any] = {}

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """A service's model of a type (``service-2``, ``paginators-1``)."""
        found = self._found(service_name, type_name, api_version)
        if type_name != "paginators-1" or service_name not in UNKNOWN_PAGES:
            return found
        return {**found, "pagination": _pages(service_name) | found["pagination"]}

    def _found(self, service_name: str, type_name: str, api_version: str | None) -> Any:
        folder = self._folders.get(service_name)
        if folder is None or type_name not in _TYPES:
            return super().load_service_model(service_name, type_name, api_version)
        if (service_name, type_name) not in self._held:
            try:
                text = (folder / f"{type_name}.json").read_text("utf-8")
                self._held[service_name, type_name] = json.loads(text)
            except (OSError, ValueError):  # somebody emptied the cache
                return super().load_service_model(service_name, type_name, api_version)
        return self._held[service_name, type_name]


def _pages(service: str) -> dict[str, Any]:
    name = _TOKENS.get(service, "NextToken")
    token = {"input_token": name, "output_token": name}
    return {operation: {**token, "result_key": path} for operation, path in UNKNOWN_PAGES[service].items()}


def cut_loader(calls: Iterable[tuple[str, str]]) -> CutLoader:
    """A loader of models cut to these operations; of whole ones where they can't be kept."""
    wanted: dict[str, set[str]] = {}
    for service, operation in calls:
        wanted.setdefault(service, set()).add(operation)
    home = _cache() / f"{botocore.__version__}-{_FORMAT}"
    try:
        if not home.exists():
            home.mkdir(parents=True, mode=0o700)
            _drop_stale(home)
        folders = {service: _folder(home, service, operations) for service, operations in wanted.items()}
    except (OSError, KeyError, DataNotFoundError, UnknownServiceError):
        folders = {}
    return CutLoader(folders)


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "launchbook/models"


def _drop_stale(home: Path) -> None:
    for other in home.parent.iterdir():
        if other != home and time.time() - other.stat().st_mtime > _STALE:
            shutil.rmtree(other, ignore_errors=True)


def _folder(home: Path, service: str, operations: set[str]) -> Path:
    """The folder of a service's cut models, written if it is not there: whole under its name, or not at all."""
    digest = sha256(" ".join(sorted(operations)).encode()).hexdigest()[:12]
    folder = home / f"{service}-{digest}"
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(dir=home))
        try:
            _write(fresh, service, operations)
            fresh.rename(folder)
        except OSError:
            if not folder.exists():  # another audit may have been first
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _write(folder: Path, service: str, operations: set[str]) -> None:
    whole = Loader()
    for name in _TYPES:
        try:
            data = whole.load_service_model(service, name)
        except DataNotFoundError:  # a service whose answers have no pages
            data = {"pagination": {}}
        if name == "service-2":
            data = _cut(data, operations)
        elif name == "paginators-1":
            pages = data["pagination"]
            data = {"pagination": {one: pages[one] for one in sorted(operations) if one in pages}}
        (folder / f"{name}.json").write_text(json.dumps(data, separators=(",", ":")), "utf-8")


def _cut(model: Mapping[str, Any], operations: set[str]) -> dict[str, Any]:
    """The model with these operations and the shapes that they reach. Raises KeyError for one that is not there."""
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes: dict[str, Any] = {}
    waiting = [name for operation in kept.values() for name in _shapes_in(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _shapes_in(shapes[name])
    # Prose goes here alone: of a service's own parameters botocore wants it.
    return {**model, "operations": _without_prose(kept), "shapes": _without_prose(shapes)}


def _shapes_in(node: Any) -> Iterator[str]:
    """Every shape that a part of a model refers to."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _shapes_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from _shapes_in(item)


def _without_prose(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            key: _without_prose(value)
            for key, value in node.items()
            if not (key in _PROSE and isinstance(value, str))
        }
    return [_without_prose(item) for item in node] if isinstance(node, list) else node
