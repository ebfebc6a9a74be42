"""Both runbooks on this machine, from nothing to nothing.

    make demo                       # or: python -m examples.demo

Reads an example repository and fills its launch checklist from the files; then the order platform's whole life on an
embedded AWS: plan, apply, verify, validate, release, destroy, and a sweep that proves that nothing is left.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAUNCHBOOK = Path(sys.executable).with_name("launchbook")


def main() -> int:
    """The exit code of the platform's life; the first two commands only show what they see."""
    title("What does this repository deploy?", "launchbook discover examples/huntaze")
    shown("discover", lines=5)
    title("Is it ready to launch? From its files alone", "launchbook audit examples/huntaze")
    shown("audit", only=("OK ", "NOK", "TODO", "GO", "NO-GO"))
    title("A platform's whole life, on an AWS of this machine", "launchbook demo")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(LAUNCHBOOK, [str(LAUNCHBOOK), "demo", *sys.argv[1:]])  # its Ctrl-C is ours, and its exit code


def title(question: str, command: str) -> None:
    """A step's question, and the command that answers it."""
    print(f"\n== {question}\n   $ {command}", flush=True)


def shown(command: str, lines: int = 40, only: tuple[str, ...] = ()) -> None:
    """Run a command on the example and show the first lines of its answer, or those that begin with one of ``only``."""
    arguments = [LAUNCHBOOK, command, ROOT / "examples/huntaze"]
    done = subprocess.run(arguments, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode not in (0, 1, 3):
        sys.exit(done.stderr.strip())
    said = [line for line in done.stdout.splitlines() if not only or line.startswith(only)]
    print("\n".join(f"   {line}" for line in said[:lines]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
