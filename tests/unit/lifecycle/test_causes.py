"""Of a task that stopped: what tells most of its log's end, and where that log is."""

from __future__ import annotations

import pytest

from launchbook.lifecycle.causes import Stopped, stream_of, telling

TRACE = ["Traceback (most recent call last):", '  File "app.py", line 3, in main', "RuntimeError: no address"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], []),
        (["", "  "], []),
        (["starting", "listening"], ["starting", "listening"]),
        (["starting", *TRACE, ""], [TRACE[0], TRACE[2]]),
        (
            [
                '{"level":"info","event":"an error page was shown"}',
                '{"level":"error","event":"can\'t start"}',
                "bye",
            ],
            ['{"level":"error","event":"can\'t start"}'],
        ),
        (['{"severity":"CRITICAL","message":"disk"}'], ['{"severity":"CRITICAL","message":"disk"}']),
        ([f"error {number}" for number in range(9)], [f"error {number}" for number in range(4, 9)]),
    ],
)
def test_the_last_lines_of_error_tell_most(lines: list[str], told: list[str]) -> None:
    assert telling(lines) == told


def test_a_stream_is_named_by_prefix_container_and_task() -> None:
    options = {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "web"}
    container = {"name": "app", "logConfiguration": {"logDriver": "awslogs", "options": options}}
    assert stream_of(container, "1a") == ("/ecs/web", "web/app/1a")


@pytest.mark.parametrize(
    "log",
    [
        None,
        {"logDriver": "awsfirelens", "options": {}},
        {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web"}},
    ],
)
def test_a_container_that_logs_elsewhere_has_no_stream(log: object) -> None:
    assert stream_of({"name": "app", "logConfiguration": log}, "1a") is None


def test_the_ends_of_a_task_are_its_containers_codes_and_reasons() -> None:
    containers = (
        {"name": "app", "exitCode": 1},
        {"name": "sidecar", "exitCode": 137, "reason": "OutOfMemoryError"},
        {"name": "init"},
    )
    stopped = Stopped("1a", "web:1", "EssentialContainerExited", "…", "2026", "ecs-svc/1", containers)
    assert stopped.ends == "app: exit code 1; sidecar: exit code 137, OutOfMemoryError"
