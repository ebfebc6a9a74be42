"""What Launchbook can show today, on this machine, from nothing to nothing.

    make demo                       # or: python -m examples.demo

Reads an example repository, fills its launch checklist from the files, then runs the order platform on an embedded AWS
of its own, sends an order through it, audits that account, and ends everything. Nothing is left, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from examples.orders import stack, up

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples/huntaze"
LAUNCHBOOK = Path(sys.executable).with_name("launchbook")
PATIENCE = 30.0


def main() -> int:
    """Each step with its time; 0 when every one did what it should."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    began = time.monotonic()
    try:
        title("What does this repository deploy?", "launchbook discover examples/huntaze")
        shown(("discover", SAMPLE), lines=5)
        title("Is it ready to launch? From its files alone", "launchbook audit examples/huntaze")
        shown(("audit", SAMPLE), only=("OK ", "NOK", "TODO", "GO", "NO-GO"))
        title("The order platform, on an AWS of this machine", "make orders")
        with up.embedded() as (_, aws):
            url = up.build(aws, up.port())
            order(url)
            title(
                "The same checklist, asked of that account", f"launchbook audit --endpoint-url {aws.endpoint}"
            )
            shown(
                ("audit", "--endpoint-url", aws.endpoint, "--region", stack.REGION),
                only=("read", "OK ", "NOK", "TODO", "GO", "NO-GO"),
            )
    except up.Stop:
        up.say("ended: nothing is left")
        return 130
    except (stack.StackError, ClientError, BotoCoreError, OSError) as error:
        up.say(f"the demo stopped: {error}")
        return 1
    print(
        f"\nDone in {time.monotonic() - began:.0f} s, and nothing is left.  Next: make orders, launchbook --help"
    )
    return 0


def title(question: str, command: str) -> None:
    """A step's question, and the command that answers it."""
    print(f"\n== {question}\n   $ {command}", flush=True)


def shown(arguments: tuple[str | Path, ...], lines: int = 40, only: tuple[str, ...] = ()) -> None:
    """Run a command and show the first lines of its answer, or those that begin with one of ``only``."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "NO_COLOR": "1",
    }
    done = subprocess.run([LAUNCHBOOK, *arguments], capture_output=True, text=True, env=environment)
    if done.returncode not in (0, 1, 3):
        raise stack.StackError(done.stderr.strip())
    said = [line for line in done.stdout.splitlines() if not only or line.startswith(only)]
    print("\n".join(f"   {line}" for line in said[:lines]), flush=True)


def order(url: str) -> None:
    """One order, from POST to PROCESSED. Raises StackError when it does not get there."""
    title("One order through it", f"curl {url}/orders -d …")
    body = json.dumps({"customerId": "demo", "amount": 12.5}).encode()
    headers = {"Content-Type": "application/json", "X-Correlation-Id": "demo-1"}
    began = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/orders", body, headers), timeout=10) as answer:
        placed = json.load(answer)
        print(f"   {answer.status} {placed['orderId']} PENDING")
    while time.monotonic() - began < PATIENCE:
        with urllib.request.urlopen(f"{url}/orders/{placed['orderId']}", timeout=10) as answer:
            if json.load(answer)["status"] == "PROCESSED":
                print(f"   PROCESSED after {time.monotonic() - began:.2f} s", flush=True)
                return
        time.sleep(0.05)
    raise stack.StackError(f"the order was not processed within {PATIENCE:.0f} s")


def _stop(_number: int, _frame: object) -> None:
    raise up.Stop


if __name__ == "__main__":
    sys.exit(main())
