"""A load balancer has its address before the API shows it: the loop may look in between."""

import asyncio
from typing import Any

from launchbook.local.planes.alb.engine import Engine


class Addresses:
    """What the loop needs of a host before anything runs."""

    speed = 1.0

    def __init__(self) -> None:
        self.released: list[str] = []

    def address(self) -> str:
        return "127.10.0.1"

    def release(self, address: str) -> None:
        self.released.append(address)


def test_a_balancer_in_the_making_keeps_its_address() -> None:
    host: Any = Addresses()
    engine = Engine(host)
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/new/1"
    engine._addresses[arn] = host.address()
    asyncio.run(engine._tick())
    assert host.released == []
    assert engine._addresses == {arn: "127.10.0.1"}
    engine._shown.add(arn)
    asyncio.run(engine._tick())
    assert host.released == ["127.10.0.1"]
    engine._loop.close()
