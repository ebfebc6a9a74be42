"""kill -9 of the embedded AWS: its databases and load balancers end with it and leave nothing."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from launchbook.local import control, instance
from launchbook.local.run import Options
from tests.aws.alb.conftest import Balancing, fixed
from tests.aws.alb.test_routing import says
from tests.aws.conftest import client_factory
from tests.aws.rds.conftest import Databases, until
from tests.support.keeper import Keeper


def segments() -> set[str]:
    """The System V shared memory segments of this machine."""
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


def processes(state: str) -> list[str]:
    """Command lines that name a state directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if state in said:
            found.append(said)
    return found


def cleared(started: Any) -> bool:
    """Whether the next start would find nothing: what is dead may take a moment to be seen as such."""
    instance.clear_left()
    return not Path(started.state).exists()


@pytest.mark.parametrize("end", ["stop", "kill the host", "kill the keeper too"])
def test_nothing_is_left(end: str) -> None:
    started: Any = control.start(Options(port=0))
    keeper = Keeper()
    keeper.watch(started.pid)
    held = segments()
    try:
        aws = client_factory(started.endpoint)
        databases = Databases(aws("rds"))
        name = databases.create(wait=False)
        subnets = aws("ec2").describe_subnets()["Subnets"][:2]
        balancing = Balancing(aws("elbv2"), subnets[0]["VpcId"], [each["SubnetId"] for each in subnets])
        balancer = balancing.balancer()
        balancing.listener(balancer, fixed(200))
        until(lambda: says(balancer))
        databases.until(name, "available")
        assert segments() - held, "PostgreSQL holds a segment"
        assert any("haproxy" in said for said in processes(started.state))
    finally:
        if end == "stop":
            control.stop(started)
        else:
            os.kill(started.pid, signal.SIGKILL)
    if end == "kill the keeper too":
        os.kill(started.keeper_pid, signal.SIGKILL)
    until(lambda: not processes(started.state))
    until(lambda: cleared(started))
    keeper.close()
    assert not {s for s in segments() - held if _without_owner(s)}
    assert not says(balancer)


def _without_owner(segment: str) -> bool:
    """Whether the process that made a segment is gone (another test's server may hold its own)."""
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == segment:
            return not Path(f"/proc/{fields[4]}").exists()
    return False
