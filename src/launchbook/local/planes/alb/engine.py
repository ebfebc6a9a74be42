"""The loop that keeps every load balancer's proxy, checks and metrics true to what the API says."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import Any

from moto.elbv2.models import elbv2_backends

from launchbook.local.plane import ACCOUNT, Host
from launchbook.local.planes.alb import certificates, metrics, objects, reading
from launchbook.local.planes.alb.checking import Checks
from launchbook.local.planes.alb.proxy import Proxy, low_ports_open

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.2
_COUNT_SECONDS = 1.0
_HOSTS_SECONDS = 10.0
#: A balancer that may not listen below 1024 adds this to its ports, and its DNS name says the port.
_UNPRIVILEGED = 20_000
_REAL_KINDS = ("application", "network")


class Engine:
    """All proxies of one embedded AWS, on one event loop in a thread of its own."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._addresses: dict[str, str] = {}
        #: Balancers that the API has shown: one that has only its address yet is being made, not gone.
        self._shown: set[str] = set()
        self._proxies: dict[str, Proxy] = {}
        self._low_ports: bool | None = None
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._stopping = False
        self._checks = Checks(host.speed, self._wake.set)
        self._counted = self._hosts_counted = 0.0
        self._thread = threading.Thread(target=self._run, name="alb", daemon=True)

    def start(self) -> None:
        """Take over moto's objects and begin."""
        objects.install(self.reserve, self.changed)
        self._thread.start()

    def close(self) -> None:
        """Stop the loop and every proxy."""
        self._stopping = True
        self.changed()
        self._thread.join(5)

    def changed(self) -> None:
        """Look at once, from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    def reserve(self, arn: str) -> str:
        """An address for a new balancer, as its DNS name."""
        address = self._addresses[arn] = self._host.address()
        return address if self._bound(80) == 80 else f"{address}:{self._bound(80)}"

    def status(self) -> list[dict[str, Any]]:
        """One row a listener, one a balancer without any, one a target."""
        rows: list[dict[str, Any]] = []
        for region, backend in self._backends():
            for arn, balancer in list(backend.load_balancers.items()):
                rows += self._balancer_rows(region, arn, balancer)
            for group in list(backend.target_groups.values()):
                rows += _target_rows(region, group)
        return rows

    # -- the loop -----------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        while not self._stopping:
            try:
                await self._tick()
            except Exception:
                log.exception("a load balancer could not be brought up to date")
                await asyncio.sleep(_TICK_SECONDS)
            try:
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
        self._checks.stop()
        for proxy in self._proxies.values():
            proxy.stop()

    async def _tick(self) -> None:
        used: list[objects.TargetGroup] = []
        alive = set()
        for region, backend in self._backends():
            for arn, names in objects.groups_in_use(backend).items():
                balancer = backend.load_balancers.get(arn)
                groups = [backend.target_groups[n] for n in sorted(names) if n in backend.target_groups]
                if balancer is None or arn not in self._addresses:
                    continue
                alive.add(arn)
                self._shown.add(arn)
                used += groups
                await self._bring(region, balancer, groups)
            for group in list(backend.target_groups.values()):
                await self._drain(group)
        for arn in self._shown - alive:
            if all(arn not in backend.load_balancers for _, backend in self._backends()):
                self._remove(arn)
        self._checks.reconcile({group.arn: group for group in used}.values(), self._addresses)
        self._count()

    async def _bring(self, region: str, balancer: Any, groups: list[Any]) -> None:
        """Bring one balancer up to date; what is wrong with it is its own state and stops no other."""
        if balancer.type not in _REAL_KINDS:
            balancer.state = "active"
            return
        try:
            proxy = await self._apply(region, balancer, groups)
        except Exception as error:
            if balancer.reason != str(error):
                log.exception("load balancer %s could not be brought up to date", balancer.name)
            balancer.state, balancer.reason = "failed", str(error)
        else:
            if proxy.pid:
                balancer.state = "active"
            elif proxy.error:
                balancer.state = "failed"
            balancer.reason = proxy.error

    async def _apply(self, region: str, balancer: Any, groups: list[Any]) -> Proxy:
        if balancer.arn not in self._proxies:
            directory = self._host.state / "alb" / balancer.arn.rsplit("/", 1)[-1]
            self._proxies[balancer.arn] = Proxy(self._host, directory)
        proxy = self._proxies[balancer.arn]
        directory = proxy.files.directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        wanted = reading.balancer(
            balancer,
            groups,
            addresses=self._addresses,
            bound=self._bound,
            certificate=lambda arn: str(
                certificates.write(directory, certificates.pem(arn, ACCOUNT, region))
            ),
        )
        await proxy.apply(wanted)
        return proxy

    async def _drain(self, group: objects.TargetGroup) -> None:
        if not group.draining:
            return
        key = reading.group_key(group.arn)
        for arn in group.load_balancer_arns:
            if proxy := self._proxies.get(arn):
                await self._drain_from(proxy, group, key)
        if not group.load_balancer_arns:
            group.draining.clear()

    async def _drain_from(self, proxy: Proxy, group: objects.TargetGroup, key: str) -> None:
        busy = await proxy.in_flight()
        for target, until in list(group.draining.items()):
            name = reading.server_name(target)
            over = time.monotonic() >= until
            if busy.get((key, name), 0) and not over:
                continue
            if over:
                await proxy.cut(key, name)
            await proxy.forget(key, name)
            group.draining.pop(target, None)

    def _remove(self, arn: str) -> None:
        if proxy := self._proxies.pop(arn, None):
            proxy.stop()
        self._shown.discard(arn)
        self._host.release(self._addresses.pop(arn))

    # -- metrics and status -------------------------------------------------------------------

    def _count(self) -> None:
        now = time.monotonic()
        counts_due = now - self._counted >= _COUNT_SECONDS
        hosts_due = now - self._hosts_counted >= _HOSTS_SECONDS / self._host.speed
        if counts_due:
            self._counted = now
        if hosts_due:
            self._hosts_counted = now
        for region, backend in self._backends() if counts_due or hosts_due else ():
            used = objects.groups_in_use(backend)
            for arn, proxy in list(self._proxies.items()):
                if arn not in used:
                    continue
                groups = {reading.group_key(n): backend.target_groups.get(n) for n in used[arn]}
                if counts_due:
                    metrics.traffic(self._host, region, arn, proxy.accesses.flush(), groups)
                if hosts_due:
                    metrics.hosts(self._host, region, arn, groups)

    def _balancer_rows(self, region: str, arn: str, balancer: Any) -> list[dict[str, Any]]:
        proxy = self._proxies.get(arn)
        row = {
            "type": "aws_lb",
            "id": balancer.name,
            "region": region,
            "state": balancer.state,
            "address": self._addresses.get(arn, ""),
            "pid": proxy.pid if proxy else None,
        }
        if balancer.reason:
            row["note"] = balancer.reason
        if balancer.type not in _REAL_KINDS:
            row["note"] = f"a {balancer.type} load balancer is an object only: nothing listens"
        listeners = []
        for each in list(balancer.listeners.values()):
            real = each.protocol in ("HTTP", "HTTPS", "TCP", "TLS")
            place = f"{row['address']}:{self._bound(int(each.port))}"
            found = {"type": "aws_lb_listener", "id": f"{balancer.name}:{each.port}", "address": place}
            listeners.append(
                {**row, **found} if real else {**row, **found, "note": f"{each.protocol} is not there"}
            )
        return [row, *listeners]

    def _bound(self, port: int) -> int:
        if port >= 1024:
            return port
        if self._low_ports is None:
            self._low_ports = low_ports_open(next(iter(self._addresses.values()), "127.0.0.1"))
        return port if self._low_ports else port + _UNPRIVILEGED

    def _backends(self) -> list[tuple[str, Any]]:
        return list(elbv2_backends[ACCOUNT].items())


def _target_rows(region: str, group: objects.TargetGroup) -> list[dict[str, Any]]:
    return [
        {
            "type": "aws_lb_target_group_attachment",
            "id": f"{group.name}/{key[0]}:{key[1]}",
            "region": region,
            "state": state,
            "address": f"{key[0]}:{key[1]}",
        }
        for key, state in group.launchbook_health.items()
    ]
