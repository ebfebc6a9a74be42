"""What a campaign found once, each as the smallest test that shows it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.faults.campaign import settings_of
from tests.faults.fleet import Fleet
from tests.faults.sabotage import SOURCE
from tests.support.directories import open_directory
from tests.support.keeper import Keeper
from tests.support.postgres import Postgres
from tests.support.queue import QueueStandIn

pytestmark = pytest.mark.slow


class Parts:
    """One database and one queue, and the fleet to be filled by the test."""

    def __init__(self, database: Postgres, queue: QueueStandIn, fleet: Fleet) -> None:
        self.database, self.queue, self.fleet = database, queue, fleet

    def post(self, timeout: float = 60) -> str:
        """The id of a new order, as soon as the platform takes one."""
        request = urllib.request.Request(
            self.fleet.urls[0], b'{"customerId":"alice","amount":1}', {"Content-Type": "application/json"}
        )
        deadline = time.monotonic() + timeout
        while True:
            try:
                return json.load(urllib.request.urlopen(request, timeout=5))["orderId"]
            except urllib.error.HTTPError as refused:
                if refused.code != 503 or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def status(self, order: str) -> str:
        return json.load(urllib.request.urlopen(f"{self.fleet.urls[0]}/{order}", timeout=5))["status"]

    def wait_until_processed(self, order: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while (found := self.status(order)) != "PROCESSED":
            assert time.monotonic() < deadline, f"{order} is {found} after {timeout} s"
            time.sleep(0.1)


@pytest.fixture
def parts() -> Iterator[Parts]:
    keeper = Keeper()
    with open_directory() as logs, Postgres.temporary() as database, QueueStandIn(visibility=2) as queue:
        keeper.watch(queue.pid)
        keeper.remove(database.directory)
        settings = settings_of(database, queue) | {
            "PROCESSOR_FAILURE_RATE": "0",
            "PROCESSOR_REJECT_RATE": "0",
        }
        yield Parts(database, queue, Fleet(SOURCE.parent, settings, logs, keeper))
    keeper.close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_an_idle_platform_outlives_a_restart_of_its_database(parts, mode):
    parts.fleet.add("api", 1, RELAY_ENABLED="false")
    parts.fleet.add("relay", 1)
    parts.fleet.add("worker", 1)
    parts.fleet.migrate()
    await parts.fleet.start()
    try:
        parts.wait_until_processed(parts.post(), timeout=60)
        parts.database.stop(mode)
        parts.database.start()
        time.sleep(2)  # longer than the relay's poll: it meets its dead connection while it has nothing to do
        parts.wait_until_processed(parts.post(), timeout=60)
        assert [service.process.popen.poll() for service in parts.fleet.services] == [None, None, None]
    finally:
        assert await parts.fleet.stop() == []
