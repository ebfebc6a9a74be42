"""``[platform.probe]``: every mistake is said at once, and what is right is read as it is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from launchbook.lifecycle.platform import Outputs, load_platform
from launchbook.lifecycle.probe import Probe, filled, read_probe
from launchbook.lifecycle.tables import Table

GOOD = """
id = "orderId"
correlation = "X-Id"
queue = "{stack.queue}"
[request]
method = "POST"
url = "http://{stack.door}/orders"
body = { amount = 1, of = "{stack.door}" }
status = 202
[query]
task = "ask"
command = ["show", "--wait", "{wait}", "{id}"]
[[proof]]
name = "stored"
title = "Stored"
answer = { id = "{id}" }
[[proof]]
name = "consumed"
title = "Consumed"
log_group = "/ecs/{stack.name}/worker"
line = { cid = "{correlation}" }
queue = "reached"
[burst]
count = 20
"""


def read(text: str) -> tuple[Probe, list[str]]:
    mistakes: list[str] = []
    return read_probe(Table(tomllib.loads(text), "[platform.probe]", mistakes), ("ask",)), mistakes


def test_a_good_one_is_read_and_filled() -> None:
    probe, mistakes = read(GOOD)
    assert mistakes == []
    assert probe.within == 60
    assert probe.query is not None
    assert probe.query.waits
    done = filled(probe, Outputs({"stack.queue": "q", "stack.door": "door", "stack.name": "n"}))
    assert (done.request.url, done.queue) == ("http://door/orders", "q")
    assert done.request.body == {"amount": 1, "of": "door"}
    assert [one.log_group for one in done.proofs] == ["", "/ecs/n/worker"]
    assert done.proofs[0].answer == {"id": "{id}"}, "this run's own are filled in later"


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('id = "orderId"\n', "", "[platform.probe] id: is required by the query"),
        ('queue = "{stack.queue}"\n', "", "[platform.probe] queue: is required by a proof with queue"),
        (
            'task = "ask"',
            'task = "other"',
            "[platform.probe.query] task: there is no [[platform.task]] other",
        ),
        ('command = ["show", "--wait", "{wait}", "{id}"]', "", "[platform.probe.query] command: is required"),
        ('name = "consumed"', 'name = "stored"', "[platform.probe] proof: two are called stored"),
        ('queue = "reached"', 'queue = "full"', "queue: must be reached or emptied"),
        (
            'log_group = "/ecs/{stack.name}/worker"\n',
            "",
            "[[platform.probe.proof]] 2 line: goes with log_group",
        ),
        ('answer = { id = "{id}" }', "", "one of answer, states, line and queue must say what is to be true"),
        ('queue = "{stack.queue}"\n', "", "[platform.probe] burst: needs id and queue"),
        ("count = 20", "count = 1000", "[platform.probe.burst] count: must be from 1 to 150"),
        ('url = "http://{stack.door}/orders"\n', "", "[platform.probe.request] url: is required"),
        ("status = 202", "state = 202", "[platform.probe.request] state: no such setting"),
    ],
)
def test_a_mistake_is_said_with_its_place(old: str, new: str, mistake: str) -> None:
    assert old in GOOD
    _, mistakes = read(GOOD.replace(old, new))
    assert any(mistake in one for one in mistakes), mistakes


def test_several_mistakes_are_said_at_once() -> None:
    _, mistakes = read("")
    assert [one.partition(":")[0] for one in mistakes] == [
        "[platform.probe.request]", "[platform.probe.request] url", "[platform.probe] proof",
    ]  # fmt: skip


def test_the_platform_of_this_repository_proves_what_its_runbook_lists() -> None:
    probe = load_platform(Path(__file__).parents[3]).probe
    assert probe is not None
    assert [one.title for one in probe.proofs] == [
        "Order stored in RDS", "Event published to SQS", "Worker consumes message", "Order state transitions",
        "Message deleted from SQS",
    ]  # fmt: skip
    assert probe.burst is not None
