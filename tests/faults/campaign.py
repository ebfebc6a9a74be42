"""The fault campaign: the order platform under kills, crashes and a broken queue, then judged by its database.

    python -m tests.faults.campaign [--faults 200] [--seed N] [--logs DIR] [--sabotage NAME]

Clients post orders without pause of more than a moment. API, relay and worker processes are killed with -9 and a
worker is frozen past its lease; PostgreSQL is stopped and started; the queue refuses, hangs, fails, loses
answers, delivers twice and late. Then everything must be healthy by itself and the database must agree with what
the clients were told. The last line is JSON; exit code 1 unless nothing was lost, doubled, stuck or half-written
and the campaign was a real one (see `Demands`).
"""

import argparse
import asyncio
import contextlib
import json
import random
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.clients import Clients
from tests.faults.fleet import Fleet
from tests.faults.injector import KINDS, Injector
from tests.faults.ledger import Ledger
from tests.faults.sabotage import SABOTAGES, copied, sabotaged
from tests.faults.verdict import Verdict, judge, read_database, unfinished_orders, watch
from tests.support.keeper import Keeper
from tests.support.postgres import Postgres
from tests.support.queue import QueueStandIn

VISIBILITY_SECONDS = 2
_STANDSTILL_SECONDS = 30.0
_HEALTHY_SECONDS = 30.0
_SETTINGS = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "VISIBILITY_TIMEOUT": str(VISIBILITY_SECONDS),
    "QUEUE_TIMEOUT": "2",
    "RETRY_DELAY": "0.2",
    # The platform's net for orders that no message brings back, out of reach: what is lost has to show.
    "MAX_RECEIVES": "1000",
    "REMIND_AFTER": "3600",
    "PROCESSOR_LATENCY": "0.05",
    "PROCESSOR_FAILURE_RATE": "0.05",
    "PROCESSOR_REJECT_RATE": "0.005",
    "DRAIN_SECONDS": "5",
}

# The same within reach, for orders whose message the queue gave up; see `Campaign._verdict`.
_NET = {"MAX_RECEIVES": "1", "REMIND_AFTER": "2", "RETRY_DELAY_MAX": "1"}


@dataclass(frozen=True)
class Demands:
    """What makes a campaign a real one."""

    faults: int
    each_kind: int
    accepted: int

    @classmethod
    def of(cls, faults: int) -> "Demands":
        """200 faults, each kind 15 times, 20,000 orders; a short one as many as a busy machine takes."""
        return cls(faults, min(15, faults // len(KINDS)), (100 if faults >= 200 else 20) * faults)


@dataclass
class Outcome:
    """What a campaign found."""

    verdict: Verdict
    injector: Injector
    ledger: Ledger
    crashes: list[str]
    sick: list[str]
    seconds: float

    def shortfalls(self, demands: Demands) -> list[str]:
        """Why this campaign can't be passed, one line each; empty if it can."""
        found = [f"{name}: {count}" for name, count in self.verdict.counts().items() if count]
        found += [f"not healthy at the end: {name}" for name in self.sick]
        found += self.crashes
        found += self.ledger.wrong[:10]
        happened = self.injector.by_kind
        if happened.total() < demands.faults:
            found.append(f"{happened.total()} faults met requests in flight, not {demands.faults}")
        for kind, count in happened.items():
            if count < demands.each_kind:
                found.append(f"{kind} happened {count} times, not {demands.each_kind}")
        if self.ledger.accepted < demands.accepted:
            found.append(f"{self.ledger.accepted} orders were accepted, not {demands.accepted}")
        return found


@dataclass
class Campaign:
    """One run: `faults` faults from `seed`, on the platform's source or a sabotaged copy."""

    faults: int
    seed: int
    directory: Path
    logs: Path
    keeper: Keeper
    sabotage: str | None = None

    async def run(self) -> Outcome:
        """Set up, break things, let it settle, judge, and take everything down."""
        began = time.monotonic()
        chance = random.Random(self.seed)
        source = sabotaged(self.sabotage, self.directory) if self.sabotage else copied(self.directory)
        async with contextlib.AsyncExitStack() as stack:
            database = self._database(stack)
            queue = stack.enter_context(QueueStandIn(visibility=VISIBILITY_SECONDS))
            self.keeper.watch(queue.pid)
            fleet = self._fleet(source, database, queue)
            fleet.migrate()
            await watch(database.dsn)
            stack.push_async_callback(fleet.stop)
            await fleet.start()
            ledger = Ledger()
            clients = Clients(fleet.urls, ledger, random.Random(chance.random()), count=32, pause=0.5)
            await clients.start()
            stack.push_async_callback(clients.close)
            injector = Injector(
                fleet, database, queue, clients, ledger, chance, visibility=VISIBILITY_SECONDS
            )
            await self._break_things(injector, ledger)
            say("no more faults; waiting until everything is answered and finished")
            await clients.finish()
            sick = await fleet.sick(_HEALTHY_SECONDS)
            verdict = await self._verdict(fleet, ledger, database, queue)
            say(f"queues at the end: {queue.state()['queues']}")
            say(f"answers: {ledger.answers()}")
            crashes = fleet.crashes() + await fleet.stop()
            return Outcome(verdict, injector, ledger, crashes, sick, time.monotonic() - began)

    def _database(self, stack: contextlib.AsyncExitStack) -> Postgres:
        database = Postgres.temporary()
        self.keeper.remove(database.directory)
        return stack.enter_context(database)

    def _fleet(self, source: Path, database: Postgres, queue: QueueStandIn) -> Fleet:
        # What a killed API leaves, its next start takes away, or else the end of the campaign.
        own = {**settings_of(database, queue), "TMPDIR": str(self.directory)}
        fleet = Fleet(source, own, self.logs, self.keeper)
        fleet.add("api", 1)
        fleet.add("api", 1, "--processes", "2")
        fleet.add("relay", 1)
        fleet.add("worker", 2)
        return fleet

    async def _verdict(
        self, fleet: Fleet, ledger: Ledger, database: Postgres, queue: QueueStandIn
    ) -> Verdict:
        """The verdict, once all is finished or nothing moves.

        If nothing is left but orders whose message the queue gave up after so many crashes, the platform's net
        is let down for them: they have to end, too.
        """
        verdict = await settle(ledger, database.dsn, queue)
        unfinished = await unfinished_orders(database.dsn)
        if unfinished and unfinished <= given_up(queue):
            say(f"the queue gave up {len(unfinished)} orders; the net is let down")
            fleet.grow("relay", **_NET)
            verdict = await settle(ledger, database.dsn, queue)
        return verdict

    async def _break_things(self, injector: Injector, ledger: Ledger) -> None:
        """Every fault of the schedule; one that met no unanswered request is caused again later."""
        waiting = injector.schedule(self.faults)
        tries = 2 * self.faults
        while waiting and tries:
            tries -= 1
            kind = waiting.pop(0)
            if not await injector.cause(kind):
                waiting.append(kind)
            done = injector.by_kind.total()
            say(f"{done}/{self.faults} {kind}, {ledger.accepted} orders accepted", over=done < self.faults)
            await asyncio.sleep(injector.pause())


def settings_of(database: Postgres, queue: QueueStandIn) -> dict[str, str]:
    """The services' settings: everything a little hurried, so that retries and leases fit into a campaign."""
    return _SETTINGS | {
        "DATABASE_URL": database.dsn,
        "QUEUE_URL": queue.url,
        "AWS_ENDPOINT_URL_SQS": queue.endpoint,
    }


async def settle(ledger: Ledger, dsn: str, queue: QueueStandIn) -> Verdict:
    """The verdict once all is finished, or as it is when nothing has been finished for a while."""
    fewest, since = None, time.monotonic()
    while True:
        verdict = judge(ledger, await read_database(dsn), given_up(queue))
        unfinished = len(verdict.stuck)
        if fewest is None or unfinished < fewest:
            fewest, since = unfinished, time.monotonic()
        if not unfinished or time.monotonic() - since > _STANDSTILL_SECONDS:
            return verdict
        await asyncio.sleep(0.5)


def given_up(queue: QueueStandIn) -> set[str]:
    """The orders whose messages are among the queue's dead letters."""
    return {json.loads(body)["orderId"] for body in queue.state()["queues"]["orders-dlq"]["bodies"]}


def say(text: str, *, over: bool = False) -> None:
    """Progress to stderr; on a terminal, `over` lets the next line replace this one."""
    if not sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)
        return
    print(f"\r\033[K{text}", end="" if over else "\n", file=sys.stderr, flush=True)


def report(outcome: Outcome, seed: int, sabotage: str | None) -> dict[str, object]:
    """The last line."""
    last: dict[str, object] = {
        "faults": outcome.injector.by_kind.total(),
        "by_kind": dict(outcome.injector.by_kind),
        "accepted": outcome.ledger.accepted,
        **outcome.verdict.counts(),
        "seed": seed,
        "crashed": len(outcome.crashes),
        "unhealthy": len(outcome.sick),
        "seconds": round(outcome.seconds),
    }
    return last | ({"sabotage": sabotage} if sabotage else {})


def main(arguments: list[str] | None = None) -> int:
    """Run one campaign; 0 only if it was a real one and found nothing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="default: a new one")
    parser.add_argument("--logs", type=Path, help="keep the processes' logs in this directory")
    parser.add_argument("--sabotage", choices=sorted(SABOTAGES), help="run without one of the safeties")
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    directory = Path(tempfile.mkdtemp(prefix="orders-faults-"))
    keeper = Keeper()
    keeper.remove(directory)
    logs = options.logs or directory
    logs.mkdir(parents=True, exist_ok=True)
    try:
        campaign = Campaign(options.faults, seed, directory, logs, keeper, options.sabotage)
        outcome = asyncio.run(campaign.run())
    except KeyboardInterrupt:
        say("interrupted: everything that was started is being ended")
        return 130
    finally:
        keeper.close()
    shortfalls = outcome.shortfalls(Demands.of(options.faults))
    for line in (*outcome.verdict.examples(), *shortfalls):
        say(line)
    print(json.dumps(report(outcome, seed, options.sabotage)))
    return 1 if shortfalls else 0


if __name__ == "__main__":
    sys.exit(main())
