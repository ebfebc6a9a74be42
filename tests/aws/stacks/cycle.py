"""One stack through its life on an embedded AWS, with what was seen. Run as a program: stacks, one JSON line.

python -m tests.aws.stacks.cycle [NAME …]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from launchbook.cli.local.env import command
from launchbook.local import control, instance
from launchbook.local.instance import Instance
from launchbook.local.run import Options
from tests.aws.conftest import client_factory
from tests.support.listing import everything
from tests.support.terraform import Terraform, TerraformFailed, available, troubles

HERE = Path(__file__).parent
#: The regions a stack works in; the first is the one of its environment.
REGIONS = {
    "platform": ["eu-west-1"],
    "shop": ["eu-central-1", "us-east-1"],
    "office": ["us-west-2"],
    "estate": ["eu-west-2"],
    "ledger": ["ca-central-1"],
    "forum": ["ap-southeast-2"],
    "core": ["eu-west-1"],
}


def environment(embedded: Instance, region: str) -> dict[str, str]:
    """What ``launchbook local env`` prints: nothing else points Terraform here."""
    said = CliRunner().invoke(command, ["--port", str(embedded.port), "--region", region, "--json"])
    assert said.exit_code == 0, said.output
    return dict(json.loads(said.stdout))


def live(stack: str, embedded: Instance, aws: Callable[..., Any], directory: Path) -> dict[str, Any]:
    """Apply, plan again, destroy. Everything that should not be is listed: changes, left, troubles, missing."""
    regions = REGIONS[stack]
    before, unserved = everything(aws, regions), missing(embedded)
    terraform = Terraform.of(HERE / stack, directory / stack, environment(embedded, regions[0]))
    applied, destroyed = directory / f"{stack}-apply.log", directory / f"{stack}-destroy.log"
    started = time.monotonic()
    try:
        terraform.apply(applied)
        apply_seconds = time.monotonic() - started
        resources, changes = len(terraform.resources()), terraform.changes()
        listed = len(everything(aws, regions) - before)
    finally:
        started = time.monotonic()
        terraform.destroy(destroyed)
    return {
        "stack": stack,
        "resources": resources,
        "listed": listed,
        "apply_seconds": round(apply_seconds, 1),
        "destroy_seconds": round(time.monotonic() - started, 1),
        "changes": changes,
        "left": sorted(map(list, everything(aws, regions) - before)),
        "troubles": troubles(applied) + troubles(destroyed),
        "missing": sorted(missing(embedded) - unserved),
    }


def missing(embedded: Instance) -> set[str]:
    """Operations that somebody asked for and nobody serves."""
    return {row["operation"] for row in control.ask(embedded, "status")["missing"]}


def clean(seen: dict[str, Any]) -> bool:
    """True if the stack lived and left as it should."""
    return "failed" not in seen and not any(seen[n] for n in ("changes", "left", "troubles", "missing"))


def main() -> int:
    """The named stacks, or all, one after the other, on one embedded AWS."""
    unknown = sorted(set(sys.argv[1:]) - set(REGIONS))
    if unknown:
        print(f"no such stack: {', '.join(unknown)}; there are {', '.join(REGIONS)}", file=sys.stderr)
        return 2
    if available():
        print(json.dumps({"campaign": "stacks", "ok": False, "why": available()}))
        return 1
    embedded = control.start(Options(port=0))
    try:
        with tempfile.TemporaryDirectory() as directory:
            seen = []
            for stack in sys.argv[1:] or REGIONS:
                try:
                    seen.append(live(stack, embedded, client_factory(embedded.endpoint), Path(directory)))
                except TerraformFailed as error:
                    seen.append({"stack": stack, "failed": str(error)[-2000:]})
                print(f"{stack}: {'clean' if clean(seen[-1]) else seen[-1]}", file=sys.stderr)
    finally:
        control.stop(embedded)
        instance.clear_left()
    good = all(map(clean, seen))
    print(json.dumps({"campaign": "stacks", "ok": good, "stacks": seen}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
