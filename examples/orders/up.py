"""The whole order platform on this machine: PostgreSQL, an SQS endpoint, API with relay, worker.

    make orders                     # or: python -m examples.orders.up

Prints the address and a curl that works. Ctrl-C, SIGTERM, the end of the program that started this one, even
kill -9: nothing keeps running and no file stays. `PORT` and `MANAGEMENT_PORT` choose the ports (default 8080 and
8081, or any free one if those are taken); every other setting of the services may be set too.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

import botocore.session

from tests.support.keeper import Keeper
from tests.support.ports import free_port
from tests.support.postgres import Postgres, PostgresError
from tests.support.processes import Process, ProcessError, port_open

_ORDERS = "import sys; from orders.cli import main; sys.argv[0] = 'orders'; main()"
_DAY = 86_400
_COLOURS = {"api": "36", "worker": "33"}


class Stop(Exception):
    """Somebody wants this to end."""


def main() -> int:
    """Start everything, show how to use it, wait for the end; 0 if nothing failed by itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    keeper = Keeper()
    try:
        with contextlib.ExitStack() as stack:
            processes = start(stack, keeper)
            watch(processes)
    except Stop:
        say("ending: nothing stays")
        return 0
    except (PostgresError, ProcessError) as error:
        say(f"the order platform did not start: {error}")
        return 1
    finally:
        keeper.close()
    return 1


def start(stack: contextlib.ExitStack, keeper: Keeper) -> list[Process]:
    """Everything in its order; `stack` ends it in the reverse one."""
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orders-up-")))
    keeper.remove(directory)
    say("starting PostgreSQL")
    database = Postgres.temporary()
    keeper.remove(database.directory)
    stack.enter_context(database)
    say("starting an SQS endpoint (moto)")
    queue, settings = start_queue(stack, keeper, directory)
    settings |= {
        "HOST": "127.0.0.1",
        "DATABASE_URL": database.dsn,
        "PORT": str(port("PORT", 8080)),
        "MANAGEMENT_PORT": str(port("MANAGEMENT_PORT", 8081)),
    }
    migrate(settings)
    services = [start_service(stack, keeper, "api", settings)]
    elsewhere = {"PORT": str(free_port()), "MANAGEMENT_PORT": str(free_port())}
    services.append(start_service(stack, keeper, "worker", settings | elsewhere))
    services[0].wait_for_port(int(settings["PORT"]))
    services[1].wait_for_port(int(elsewhere["MANAGEMENT_PORT"]))
    welcome(int(settings["PORT"]), int(settings["MANAGEMENT_PORT"]))
    return [queue, *services]


def start_queue(
    stack: contextlib.ExitStack, keeper: Keeper, directory: Path
) -> tuple[Process, dict[str, str]]:
    """moto's server with the two queues of the platform; the settings that lead the services to it."""
    number = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(number)]
    server = Process("queue", command, log=directory / "queue.log")
    stack.callback(server.kill)
    keeper.watch(server.pid)
    server.wait_for_port(number, timeout=30)
    settings = {
        "AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{number}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    sqs = botocore.session.get_session().create_client(
        "sqs", endpoint_url=settings["AWS_ENDPOINT_URL_SQS"], region_name=settings["AWS_REGION"],
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip
    dead = sqs.create_queue(QueueName="orders-dlq", Attributes={"MessageRetentionPeriod": str(14 * _DAY)})[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {
        "VisibilityTimeout": "30",
        "MessageRetentionPeriod": str(4 * _DAY),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5}),
    }
    settings["QUEUE_URL"] = sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    return server, settings


def migrate(settings: dict[str, str]) -> None:
    """`orders migrate`; raises ProcessError with its message."""
    done = subprocess.run(
        [sys.executable, "-c", _ORDERS, "migrate"],
        env={**os.environ, **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProcessError(done.stderr.strip())
    say(f"orders migrate: {done.stdout.strip()}")


def start_service(
    stack: contextlib.ExitStack, keeper: Keeper, command: str, settings: dict[str, str]
) -> Process:
    """`orders COMMAND`, its log on stdout behind its name."""
    service = Process(command, [sys.executable, "-c", _ORDERS, command], env=settings, stdout=subprocess.PIPE)
    stack.callback(service.stop)
    keeper.watch(service.pid)
    assert service.popen.stdout is not None
    threading.Thread(target=show, args=(command, service.popen.stdout), daemon=True).start()
    return service


def show(name: str, lines: IO[bytes]) -> None:
    """Each line of a service behind its name."""
    prefix = f"{name:<6} |"
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        prefix = f"\033[{_COLOURS[name]}m{prefix}\033[0m"
    for line in lines:
        print(prefix, line.decode(errors="replace").rstrip(), flush=True)


def port(variable: str, usual: int) -> int:
    """What the environment says, else the usual one, else any free one."""
    if chosen := os.environ.get(variable):
        if not chosen.isdecimal():
            raise ProcessError(f"{variable} is not a port number: {chosen!r}")
        return int(chosen)
    return free_port() if port_open(usual) else usual


def welcome(main_port: int, management_port: int) -> None:
    """The address, and a first order."""
    address = f"http://127.0.0.1:{main_port}"
    say(
        f"\nThe order platform is up: {address}   (metrics: "
        f"http://127.0.0.1:{management_port}/actuator/prometheus)\n\n"
        f"  curl -i {address}/orders -H 'Content-Type: application/json' \\\n"
        f'       -d \'{{"customerId": "alice", "amount": 12.50}}\'\n\n'
        f"then follow the Location it answers:  curl {address}/orders/ORDER_ID\n"
        "Ctrl-C ends everything.\n"
    )


def watch(processes: list[Process]) -> None:
    """Wait until somebody wants the end, the starter of this program has gone, or a process ends by itself."""
    parent = os.getppid()
    while os.getppid() == parent:
        for process in processes:
            if not process.alive:
                say(f"{process.name} ended by itself with exit code {process.popen.returncode}")
                return
        time.sleep(0.2)
    raise Stop


def say(text: str) -> None:
    """Progress, to stderr; nobody may be listening any more."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second signal must not interrupt the ending itself.
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
