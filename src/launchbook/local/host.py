"""What one embedded AWS lends its planes (``plane.Host``), and the life of the planes themselves."""

from __future__ import annotations

import importlib
import itertools
import logging
import pkgutil
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launchbook.local import planes as planes_package
from launchbook.local.children import Keeper, KeptChild
from launchbook.local.plane import ACCOUNT, FastLane, Plane

log = logging.getLogger(__name__)

_RECONCILE_SECONDS = 0.2
_CLOSE_SECONDS = 12.0
#: Two services that share one address: the first request to either is a first request to both.
_TOGETHER = {"elb": ("elb", "elbv2"), "ses": ("ses", "sesv2"), "sesv2": ("ses", "sesv2")}


class LocalHost:
    """One embedded AWS as its planes see it."""

    def __init__(self, state: Path, endpoint: str, speed: float, network: str, keeper: Keeper) -> None:
        self.state = state
        self.endpoint = endpoint
        self.speed = speed
        self.network = network
        self._keeper = keeper
        self._numbers = itertools.count(1)
        self._held: set[str] = set()
        self._lock = threading.RLock()
        self._planes: dict[str, Plane] = {}
        self._begun: set[str] = set()
        self._installed: dict[str, Plane] = {}
        self._ready: set[str] = set()
        #: What went wrong in a plane, by its name: said by ``launchbook local status``.
        self.broken: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._reconcile, name="reconcile", daemon=True)

    def load(self) -> None:
        """Make every plane (none is installed yet) and start to reconcile."""
        for module in pkgutil.iter_modules(planes_package.__path__):
            if module.name.startswith("_"):
                continue
            try:
                made = importlib.import_module(f"{planes_package.__name__}.{module.name}").PLANE(self)
            except Exception:
                self._broke(module.name, "load")
                continue
            self._planes[module.name] = made
        self._thread.start()

    def install(self, service: str) -> None:
        """Install the planes of a moto service; does nothing the second time."""
        if service in self._ready:  # without the lock: loading another service may take seconds
            return
        wanted = {_plain(name) for name in _TOGETHER.get(service, (service,))}
        with self._lock:
            for name, plane in self._planes.items():
                if name not in self._begun and wanted & {_plain(each) for each in plane.services}:
                    self._begun.add(name)
                    try:
                        plane.install()
                    except Exception:
                        self._broke(name, "install")
                    self._installed[name] = plane
            if self._begun <= set(self._installed):  # else a plane in the middle of its installation asked
                self._ready.add(service)

    def plane(self, name: str) -> Plane | None:
        """The plane of that module name, installed or not; None if it could not be made."""
        return self._planes.get(name)

    def fast_lanes(self) -> dict[str, FastLane]:
        """The planes that answer a service's requests themselves, by IAM's prefix of the service."""
        return {plane.lane: plane for plane in self._planes.values() if isinstance(plane, FastLane)}

    def hush(self) -> None:
        """Let every fast lane answer those who wait: the server is about to end."""
        for lane in self.fast_lanes().values():
            lane.hush()

    def status(self) -> list[dict[str, Any]]:
        """What every installed plane really runs."""
        rows: list[dict[str, Any]] = []
        for name, plane in list(self._installed.items()):
            try:
                rows += [{"plane": name, **row} for row in plane.status()]
            except Exception:
                self._broke(name, "status")
        return rows

    def close(self) -> None:
        """Close the planes, all at once; what is still there after twelve seconds the keeper ends."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2)
        if not self._installed:
            return
        pool = ThreadPoolExecutor(len(self._installed), thread_name_prefix="close")
        done = {name: pool.submit(plane.close) for name, plane in self._installed.items()}
        deadline = time.monotonic() + _CLOSE_SECONDS
        for name, future in done.items():
            try:
                future.result(max(0.0, deadline - time.monotonic()))
            except Exception:
                self._broke(name, "close")
        pool.shutdown(wait=False, cancel_futures=True)

    # -- plane.Host ---------------------------------------------------------------------------

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path | None = None,
        user: str | None = None,
    ) -> KeptChild:
        """Start a process in its own session (see ``plane.Host``)."""
        return self._keeper.spawn(argv, env=env, cwd=cwd, log=log, user=user)

    def address(self) -> str:
        """A loopback address of this instance that nothing else holds; a released one rests as long as it can."""
        with self._lock:
            while True:
                third, fourth = divmod(next(self._numbers) % (254 * 254), 254)
                address = f"{self.network}.{third}.{fourth + 1}"
                if address not in self._held:
                    self._held.add(address)
                    return address

    def release(self, address: str) -> None:
        """Give an address back."""
        with self._lock:
            self._held.discard(address)

    def backend(self, service: str, region: str) -> Any:
        """moto's own state of a service in a region; loads the service on first use."""
        from moto.backends import get_backend

        self.install(service)
        return get_backend(service)[ACCOUNT][region]  # type: ignore[call-overload]

    def metric(
        self,
        region: str,
        namespace: str,
        name: str,
        value: float,
        *,
        dimensions: Mapping[str, str],
        unit: str = "None",
        at: datetime | None = None,
    ) -> None:
        """Record one CloudWatch sample."""
        from launchbook.local.planes.cloudwatch import record

        backend = self.backend("cloudwatch", region)
        record(backend, namespace, name, value, dimensions=dimensions, unit=unit, at=at)

    def event(
        self, region: str, source: str, detail_type: str, detail: Mapping[str, Any], resources: Sequence[str]
    ) -> None:
        """Put an EventBridge event on the default bus."""
        from launchbook.local.planes.events import put

        put(self.backend("events", region), source, detail_type, detail, resources)

    def log(self, region: str, group: str, stream: str, lines: Sequence[tuple[datetime, str]]) -> None:
        """Append lines to a CloudWatch log stream, making the stream (never the group) when it is missing."""
        backend = self.backend("logs", region)
        if group not in backend.groups:
            raise LookupError(f"no log group {group} in {region}")
        if stream not in backend.groups[group].streams:
            backend.create_log_stream(group, stream)
        events = [{"timestamp": int(at.timestamp() * 1000), "message": text} for at, text in lines]
        backend.put_log_events(group, stream, events)

    # -- inside -------------------------------------------------------------------------------

    def _reconcile(self) -> None:
        while not self._stopping.wait(_RECONCILE_SECONDS):
            for name, plane in list(self._installed.items()):
                try:
                    plane.reconcile()
                except Exception:
                    self._broke(name, "reconcile")

    def _broke(self, name: str, doing: str) -> None:
        detail = traceback.format_exc()
        said = f"{doing}: {detail.strip().splitlines()[-1]}"
        if self.broken.get(name) != said:
            log.error("plane %s failed to %s\n%s", name, doing, detail)
        self.broken[name] = said


def _plain(service: str) -> str:
    return service.replace("-", "").replace("_", "")


def now() -> str:
    """The present second as AWS writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
