"""The SQS stand-in as a test uses it: started, told to misbehave, asked for its counts, ended."""

import json
import sys
import threading
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from tests.support.ports import free_port
from tests.support.processes import Process
from tests.support.sqs_operations import ACCOUNT


class QueueStandIn:
    """One `python -m tests.support.sqs_standin`, with the queues `orders` and `orders-dlq`."""

    def __init__(
        self, *, visibility: float, max_receive_count: int = 5, outdated_deletes: float = 0.5,
        log: Path | None = None,
    ) -> None:  # fmt: skip
        self.port, self._control_port = free_port(), free_port()
        self._options = [
            "--visibility", str(visibility), "--max-receive-count", str(max_receive_count),
            "--outdated-deletes", str(outdated_deletes),
        ]  # fmt: skip
        self._log = log
        self._process: Process | None = None

    @property
    def endpoint(self) -> str:
        """The address for `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The work queue's URL."""
        return f"{self.endpoint}/{ACCOUNT}/orders"

    @property
    def dead_letter_url(self) -> str:
        """The dead-letter queue's URL."""
        return f"{self.endpoint}/{ACCOUNT}/orders-dlq"

    @property
    def pid(self) -> int:
        """The stand-in's process id."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until both ports answer."""
        ports = ["--port", str(self.port), "--control-port", str(self._control_port)]
        self._process = Process(
            "queue",
            [sys.executable, "-m", "tests.support.sqs_standin", *ports, *self._options],
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
            log=self._log,
        )
        self._process.wait_for_port(self.port)
        self._process.wait_for_port(self._control_port)

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self._process is not None:
            self._process.kill()

    def fault(self, kind: str, seconds: float, *, delay: float = 0.0) -> None:
        """Misbehave for `seconds` from now; see `sqs_standin` for the kinds."""
        self._control("/fault", {"kind": kind, "seconds": seconds, "delay": delay})

    def state(self) -> dict[str, Any]:
        """Counts of each queue (`queues`), and how many requests met each fault (`met`)."""
        return self._control("/state")

    def send_later(self, seconds: float, body: str) -> threading.Thread:
        """Send one message from another thread after `seconds`."""
        client = boto3.client(
            "sqs", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip

        def send() -> None:
            time.sleep(seconds)
            client.send_message(QueueUrl=self.url, MessageBody=body)

        thread = threading.Thread(target=send)
        thread.start()
        return thread

    def _control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._control_port}{path}", data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
