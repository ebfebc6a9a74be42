"""The whole order platform on this machine, on an embedded AWS of its own.

    make orders                     # or: python -m examples.orders.up

RDS PostgreSQL, SQS with a dead-letter queue, ECR, an ECS cluster with a migration, an API and a worker service
behind an Application Load Balancer; roles may do what their policies say and nothing else. Prints the address and
a curl that works, then shows the services' logs. Ctrl-C, SIGTERM, the end of the program that started this one,
even kill -9: nothing keeps running and no file stays. `PORT` chooses the load balancer's port (default 8080, on an
address of its own); any setting of the services may be set too.
"""

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from examples.orders import stack
from examples.orders.follow import follow
from examples.orders.stack import Aws, StackError

_SOURCE = Path(__file__).parents[2] / "services/orders"
_LAUNCHBOOK = Path(sys.executable).with_name("launchbook")
_COLOURS = {"api": "36", "worker": "33"}
_STOP_SECONDS = 45
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Stop(BaseException):
    """Somebody wants this to end; no handler of ordinary errors in a library may swallow it."""


def main() -> int:
    """Start everything, show how to use it, wait for the end; 0 if nothing failed by itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        number = port()
        with embedded() as (host, aws):
            url = build(aws, number)
            welcome(aws, url)
            follow(aws.client("logs"), {name: stack.LOG_GROUPS[name] for name in _COLOURS}, show)
            watch(host)
    except Stop:
        say("ended: nothing is left")
        return 0
    except (StackError, ClientError, BotoCoreError) as error:
        say(f"the order platform did not start: {error}")
    return 1


def port() -> int:
    """The load balancer's port. Raises StackError for one that is none."""
    chosen = os.environ.get("PORT") or "8080"
    if not (chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= 65535):
        raise StackError(f"PORT is not a port number: {chosen!r}")
    return int(chosen)


@contextlib.contextmanager
def embedded() -> Iterator[tuple[subprocess.Popen[bytes], Aws]]:
    """An embedded AWS on a free port; its end is the end of everything it runs."""
    say("starting an embedded AWS, policies enforced")
    host = launchbook("local", "start", "--port", "0", "--enforce-iam")
    try:
        yield host, Aws(_endpoint(host))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the ending itself is not interrupted
        say("ending")
        host.terminate()
        try:
            host.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            host.kill()  # its keeper ends the rest
            host.wait()


def _endpoint(host: subprocess.Popen[bytes]) -> str:
    assert host.stdout is not None
    said = ""
    for line in host.stdout:
        said += line.decode(errors="replace")
        if found := re.search(r"answers on (http://[\d.:]+)", said):
            threading.Thread(target=host.stdout.read, daemon=True).start()
            return found[1]
    raise StackError(said.strip() or f"the embedded AWS ended with {host.wait()}")


def launchbook(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """`launchbook …` in a session of its own (Ctrl-C reaches only us), told to end when this process has."""
    parent = os.getpid()

    def tell_me() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return subprocess.Popen(
        [_LAUNCHBOOK, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, preexec_fn=tell_me,
    )  # fmt: skip


def build(aws: Aws, number: int) -> str:
    """The platform, from nothing to healthy; its address. What takes longest is begun first."""
    say("RDS: PostgreSQL;  ECR: the image of services/orders")
    available = stack.database(aws)
    local_port = aws.endpoint.rpartition(":")[2]
    building = launchbook(
        "local", "image", "build", _SOURCE, "--tag", "orders:example", "--create", "--json", "--region", stack.REGION,
        "--port", local_port,
    )  # fmt: skip
    say("SQS: queue and dead-letter queue;  ELB: load balancer")
    queue_url, queue_arn = stack.queue(aws)
    front = stack.front(aws, number)
    aws.client("ecs").create_cluster(clusterName="orders")
    described = available()
    of_all = stack.settings(described, queue_url)
    roles = stack.roles(aws, queue_arn, described["MasterUserSecret"]["SecretArn"])
    image = _built(building)
    definitions = {name: stack.define(aws, name, image, of_all, roles) for name in stack.LOG_GROUPS}
    say("ECS: migration")
    stack.migrate(aws, definitions["migrate"], front.network)
    say("ECS: services")
    stack.serve(aws, definitions, front)
    return front.url


def _built(building: subprocess.Popen[bytes]) -> str:
    """The name of the image in ECR."""
    said = building.communicate()[0].decode(errors="replace")
    if building.returncode:
        raise StackError(f"the image can't be built: {said.strip()}")
    told: dict[str, Any] = next(json.loads(line) for line in said.splitlines() if line.startswith("{"))
    return str(told["tags"][0]["name"])


def welcome(aws: Aws, url: str) -> None:
    """The address, a first order, and where to look."""
    number = aws.endpoint.rpartition(":")[2]
    say(
        f"\nThe order platform is up: {url}\n\n"
        f"  curl -i {url}/orders -H 'Content-Type: application/json' \\\n"
        f'       -d \'{{"customerId": "alice", "amount": 12.50}}\'\n\n'
        f"then follow the Location it answers:  curl {url}/orders/ORDER_ID\n\n"
        f"The AWS it runs on: {aws.endpoint}\n"
        f"  launchbook local status --port {number}              what runs, where (metrics: port 8081 of each task)\n"
        f"  aws --endpoint-url {aws.endpoint} --region {stack.REGION} logs filter-log-events \\\n"
        f"      --log-group-name {stack.LOG_GROUPS['worker']}      all of a service's log (AWS_ACCESS_KEY_ID and\n"
        f"                                            AWS_SECRET_ACCESS_KEY: anything)\n\n"
        "The logs of API and worker follow. Ctrl-C ends everything.\n"
    )


def show(name: str, line: str) -> None:
    """A line of a service behind its name."""
    prefix = f"{name:<6} |"
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        prefix = f"\033[{_COLOURS[name]}m{prefix}\033[0m"
    with contextlib.suppress(OSError):
        print(prefix, line, flush=True)


def watch(host: subprocess.Popen[bytes]) -> None:
    """Wait until somebody wants the end, the starter of this program has gone, or the embedded AWS ends."""
    parent = os.getppid()
    while os.getppid() == parent:
        if host.poll() is not None:
            raise StackError(f"the embedded AWS ended by itself with exit code {host.returncode}")
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
