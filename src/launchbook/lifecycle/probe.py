"""``[platform.probe]``: one request at the platform's door, and what must become true of it further in.

::

    [platform.probe]
    id = "orderId"                         # in the answer: what names the thing that was made
    correlation = "X-Correlation-Id"       # a header of the request whose value the platform logs
    within = 60                            # seconds for all proofs together
    queue = "{stack.queue_url}"
    dead_letters = "{stack.dead_letter_queue_url}"

    [platform.probe.request]
    method = "POST"
    url = "http://{stack.alb_dns}/orders"
    body = { customerId = "test", amount = 123 }
    status = 202

    [platform.probe.query]                 # runs inside the network: a task with the platform's own image
    task = "migrate"                       # the [[platform.task]] whose definition and network it takes
    command = ["show", "--wait", "20", "{id}"]     # prints one JSON object a line for each id

    [[platform.probe.proof]]
    name = "stored"
    title = "Order stored in RDS"
    answer = { customerId = "test", amount = 123 }

    [platform.probe.burst]
    title = "Backlog decreases after worker processing"
    count = 50

A proof holds when all its conditions do: ``answer`` (fields of the query's object), ``states`` (each state's field with
its time, in order), ``line`` (fields of a JSON line in ``log_group``), ``queue`` (``reached``: the message was in the
queue; ``emptied``: it is there no more and did not become a dead letter). ``service`` is whose tasks explain a missing
one. ``{id}`` and ``{correlation}`` stand for this run's own, and ``{wait}`` in the command for the seconds that are
left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, cast, get_args

from launchbook.lifecycle.tables import Table

QueueProof = Literal["", "reached", "emptied"]
#: Ids that one query may be asked for: what ECS takes as a command's override has 8,192 characters.
MOST = 150


class Fills(Protocol):
    """Terraform's outputs, filled into texts."""

    def fill(self, template: Any) -> Any:
        """Any value with its places filled."""

    def text(self, template: str) -> str:
        """A text with its places filled."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked at the door, and the status that means it was taken."""

    method: str
    url: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Query:
    """A command of the platform's image that prints a JSON object a line; an argument ``{id}`` becomes one an id."""

    task: str
    command: tuple[str, ...]
    container: str = ""

    @property
    def waits(self) -> bool:
        """Whether the command waits by itself until what it shows has come to its end."""
        return any("{wait}" in one for one in self.command)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Something that must become true; empty conditions ask nothing."""

    name: str
    title: str
    answer: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    log_group: str = ""
    line: Mapping[str, Any] = field(default_factory=dict)
    queue: QueueProof = ""
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """So many requests at once, to see the backlog rise and fall."""

    title: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Probe:
    """The whole table."""

    request: Request
    proofs: tuple[Proof, ...]
    id: str = ""
    correlation: str = ""
    within: int = 60
    query: Query | None = None
    queue: str = ""
    dead_letters: str = ""
    burst: Burst | None = None


def filled(probe: Probe, outputs: Fills) -> Probe:
    """The probe with every ``{root.output}`` replaced. Raises RunFailed for an output that there is not."""
    request = probe.request
    return replace(
        probe,
        request=replace(request, url=outputs.text(request.url), body=outputs.fill(request.body)),
        queue=outputs.text(probe.queue),
        dead_letters=outputs.text(probe.dead_letters),
        proofs=tuple(
            replace(one, log_group=outputs.text(one.log_group), service=outputs.text(one.service))
            for one in probe.proofs
        ),
    )


def read_probe(table: Table, tasks: tuple[str, ...]) -> Probe:
    """The probe that a table describes; ``tasks`` are the names of the platform's. Mistakes go to the table's list."""
    probe = Probe(
        request=_request(table.table("request", required=True)),
        proofs=tuple(_proof(one) for one in table.tables("proof", required=True)),
        id=table.text("id", ""),
        correlation=table.text("correlation", ""),
        within=table.number("within", 60),
        query=_query(table.table("query"), tasks) if "query" in table else None,
        queue=table.text("queue", ""),
        dead_letters=table.text("dead_letters", ""),
        burst=_burst(table.table("burst")) if "burst" in table else None,
    )
    table.no_others()
    _check(probe, table)
    return probe


def _request(table: Table) -> Request:
    request = Request(
        method=table.text("method", "GET"), url=table.text("url"), body=table.any("body"),
        headers=table.map("headers"), status=table.number("status", 200),
    )  # fmt: skip
    table.no_others()
    return request


def _query(table: Table, tasks: tuple[str, ...]) -> Query:
    query = Query(
        task=table.text("task"), command=table.texts("command"), container=table.text("container", "")
    )
    if query.task and query.task not in tasks:
        table.mistake("task", f"there is no [[platform.task]] {query.task}")
    if not query.command:
        table.mistake("command", "is required")
    table.no_others()
    return query


def _proof(table: Table) -> Proof:
    queue = table.text("queue", "")
    if queue not in get_args(QueueProof):
        table.mistake("queue", "must be reached or emptied")
    proof = Proof(
        name=table.text("name"), title=table.text("title"), answer=table.map("answer"), states=table.map("states"),
        log_group=table.text("log_group", ""), line=table.map("line"), queue=cast(QueueProof, queue),
        service=table.text("service", ""),
    )  # fmt: skip
    if not (proof.answer or proof.states or proof.line or proof.queue):
        table.mistake("answer", "one of answer, states, line and queue must say what is to be true")
    if bool(proof.line) != bool(proof.log_group):
        table.mistake("line", "goes with log_group")
    table.no_others()
    return proof


def _burst(table: Table) -> Burst:
    burst = Burst(title=table.text("title", "the backlog falls"), count=table.number("count", 50))
    if not 1 <= burst.count <= MOST:
        table.mistake("count", f"must be from 1 to {MOST}")
    table.no_others()
    return burst


def _check(probe: Probe, table: Table) -> None:
    """What one part asks of another."""
    names = [one.name for one in probe.proofs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        table.mistake("proof", f"two are called {name}")
    if probe.query is None and any(one.answer or one.states for one in probe.proofs):
        table.mistake("query", "is required by a proof with answer or states")
    if not probe.queue and any(one.queue for one in probe.proofs):
        table.mistake("queue", "is required by a proof with queue")
    if probe.burst is not None and not (probe.id and probe.queue):
        table.mistake("burst", "needs id and queue: they say what was taken, and what is left to do")
    if probe.query is not None and not probe.id:
        table.mistake("id", "is required by the query: it says what to ask for")
