"""Health of one target, as Elastic Load Balancing judges it: a check, and a verdict over many of them.

A new target is ``initial``; its first passed check makes it healthy (AWS does so too), and until then it is tried
every second, so that nobody waits for an interval. It becomes unhealthy after as many intervals of failure as the
unhealthy threshold says, and healthy again after as many passed checks as the healthy threshold says.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

#: Seconds between checks of a target that never passed one.
FIRST_TRIES = 1.0


@dataclass(frozen=True)
class Health:
    """What describe-target-health shows of one target."""

    state: str
    reason: str | None = None
    description: str | None = None


INITIAL = Health("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = Health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = Health("healthy")
UNUSED = Health(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
NOT_REGISTERED = Health("unused", "Target.NotRegistered", "Target is not registered to the target group")
DRAINING = Health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
FAILED = Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
TIMEOUT = Health("unhealthy", "Target.Timeout", "Request timed out")


@dataclass(frozen=True)
class Probe:
    """How to check a target: ``codes`` is the matcher (``200``, ``200-399``, ``200,302``), seconds elsewhere."""

    scheme: str
    path: str
    codes: str
    interval: float
    timeout: float
    rise: int
    fall: int


class Verdict:
    """The health of one target over its checks."""

    def __init__(self, registered: float) -> None:
        self.health = INITIAL
        self._streak = 0
        self._failing_since = registered

    def observe(self, seen: Health, probe: Probe, now: float) -> None:
        """Take one check's result (HEALTHY or the kind of failure) at monotonic time ``now``."""
        passed = seen is HEALTHY
        if self.health.state == "initial":
            overdue = now - self._failing_since >= probe.interval * probe.fall
            self.health = HEALTHY if passed else seen if overdue else CHECKING
            self._streak = 0
        elif passed == (self.health.state == "healthy"):
            self._streak = 0
            self.health = seen
        else:
            self._streak += 1
            if self._streak >= (probe.rise if passed else probe.fall):
                self.health, self._streak = seen, 0

    def next_in(self, probe: Probe) -> float:
        """Seconds until the next check."""
        return min(FIRST_TRIES, probe.interval) if self.health.state == "initial" else probe.interval


def matches(code: int, codes: str) -> bool:
    """Whether a status code is in a matcher such as ``200,301-302``."""
    for part in codes.split(","):
        low, _, high = part.strip().partition("-")
        if low.isdigit() and int(low) <= code <= int(high or low):
            return True
    return False


async def check(address: str, port: int, probe: Probe) -> Health:
    """One check of one target; never raises for what the target does."""
    try:
        async with asyncio.timeout(probe.timeout):
            return await _check(address, port, probe)
    except TimeoutError:
        return TIMEOUT
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return FAILED


async def _check(address: str, port: int, probe: Probe) -> Health:
    reader, writer = await asyncio.open_connection(
        address, port, ssl=_context() if probe.scheme in ("HTTPS", "TLS") else None
    )
    try:
        if probe.scheme not in ("HTTP", "HTTPS"):
            return HEALTHY
        writer.write(
            f"GET {probe.path} HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: close\r\n"
            "User-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n".encode()
        )
        status = (await reader.readuntil(b"\r\n")).split()
        code = int(status[1])
        if matches(code, probe.codes):
            return HEALTHY
        return Health(
            "unhealthy", "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{code}]"
        )
    except IndexError:
        return FAILED
    finally:
        writer.close()


def _context() -> ssl.SSLContext:
    # A load balancer does not verify the certificates of its targets.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
