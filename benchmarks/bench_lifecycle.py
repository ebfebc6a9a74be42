"""What `launchbook apply` and `destroy` add to bare Terraform on the same platform, in the same run.

    make bench-lifecycle            # or: python -m benchmarks.bench_lifecycle [--rounds N] [--platform small|visits]

Bare Terraform does what a person types: init and apply of each root (with the remote state that an earlier root made),
the same image build in between, destroy in reverse, the state bucket emptied. The two take turns, each on a fresh copy
of the platform and on one embedded AWS, whose services have all been asked once before. `apply` is all of
`launchbook apply` but its second plan, over bare apply: the inventory before it, the one-off tasks and the wait for
steady services are in it. The last line is JSON; exit code 1 when a ratio misses the aim.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from launchbook.lifecycle.platform import Outputs, Platform, Root, load_platform
from launchbook.local import control
from launchbook.local.run import Options
from tests.aws.conftest import Clients, client_factory
from tests.aws.stacks.cycle import environment
from tests.support.keeper import Keeper
from tests.support.terraform import Terraform, available
from tests.support.tool import REPOSITORY, Tool

PLATFORMS = {"small": "tests/aws/lifecycle/small", "visits": "examples/visits"}
AIM = 1.05
_LEFT_OUT = shutil.ignore_patterns(".launchbook")
#: The step that is counted apart.
APART = "second-plan"


class Bare:
    """A platform's roots by hand."""

    def __init__(self, platform: Platform, started: control.Instance, aws: Clients) -> None:
        self.platform, self.started, self.aws = platform, started, aws
        self.roots: list[tuple[Root, Terraform]] = []
        self.outputs: dict[str, object] = {}

    def apply(self) -> None:
        """Init and apply each root in order, with the images between."""
        given = environment(self.started, self.platform.region)
        for root in self.platform.roots:
            settings = _settings(Outputs(self.outputs).text(root.backend)) if root.backend else None
            terraform = Terraform.of(
                root.path, self.platform.folder / f"{root.name}.bare", given, settings, **self._variables(root)
            )  # fmt: skip
            self.roots.append((root, terraform))
            if root.first:
                chosen = [f"-target={address}" for address in root.first]
                variables = [f"-var={name}={value}" for name, value in terraform.variables.items()]
                terraform.run("apply", "-auto-approve", "-input=false", *chosen, *variables)
                self._note(root, terraform)
                self._images()
            terraform.apply()
            if any(f"{{{root.name}." in other.backend for other in self.platform.roots):
                self._note(root, terraform)  # what nobody needs is not asked for

    def destroy(self) -> None:
        """Destroy in reverse; the bucket of a remote state is emptied as the runbook says."""
        buckets = [
            _settings(Outputs(self.outputs).text(root.backend))["bucket"]
            for root, _ in self.roots
            if root.backend
        ]
        for root, terraform in reversed(self.roots):
            if not root.backend:
                for bucket in buckets:
                    self._empty(bucket)
            terraform.destroy()

    def _variables(self, root: Root) -> dict[str, str]:
        text = "".join(path.read_text("utf-8") for path in root.path.glob("*.tf"))
        return {"region": self.platform.region} if 'variable "region"' in text else {}

    def _note(self, root: Root, terraform: Terraform) -> None:
        self.outputs |= {f"{root.name}.{name}": value for name, value in terraform.outputs().items()}

    def _images(self) -> None:
        for image in self.platform.images:
            name = f"{Outputs(self.outputs).text(image.repository)}:{image.stable}"
            subprocess.run(
                [
                    *(sys.executable, "-m", "launchbook.cli", "local", "image", "build", str(image.source)),
                    *(f"--tag={name}", f"--region={self.platform.region}", f"--port={self.started.port}", "--json"),
                ],
                check=True, capture_output=True,
            )  # fmt: skip

    def _empty(self, bucket: str) -> None:
        s3 = self.aws("s3", region=self.platform.region)
        found = s3.list_object_versions(Bucket=bucket)
        for one in found.get("Versions", []) + found.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def _settings(text: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip('"') for name, value in pairs}


def bare(folder: Path, started: control.Instance, aws: Clients) -> dict[str, float]:
    """The seconds of one life by hand."""
    one = Bare(load_platform(folder), started, aws)
    return {"apply": _timed(one.apply), "destroy": _timed(one.destroy)}


def ours(folder: Path, started: control.Instance, aws: Clients) -> dict[str, float]:
    """The seconds of one life by the tool, with those of the step that is counted apart."""
    tool = Tool(folder, started.port, aws)
    held: dict[str, float] = {}

    def apply() -> None:
        steps = tool.data("apply")["steps"]
        held.update({step["name"]: float(step["seconds"]) for step in steps if step["name"] == APART})

    seconds = {"apply": _timed(apply), "destroy": _timed(lambda: tool.run("destroy", "--yes"))}
    return seconds | held


def warmed(folder: Path, started: control.Instance, aws: Clients) -> None:
    """Have every service asked once: the embedded AWS loads each of them at its first question, for whoever asks it."""
    Tool(folder, started.port, aws).run("sweep", code=None)


def _timed(do: object) -> float:
    began = time.monotonic()
    do()  # type: ignore[operator]
    return time.monotonic() - began


def measured(platform: str, rounds: int, temporary: Path) -> dict[str, list[dict[str, float]]]:
    """Every life of both, in turn."""
    started, keeper = control.start(Options(port=0)), Keeper()
    keeper.watch(started.pid)
    held: dict[str, list[dict[str, float]]] = {"bare": [], "launchbook": []}
    try:
        aws = client_factory(started.endpoint)
        source = REPOSITORY / PLATFORMS[platform]
        shutil.copytree(source, temporary / "warm", ignore=_LEFT_OUT)
        warmed(temporary / "warm", started, aws)
        for number in range(rounds):
            turns = [("bare", bare), ("launchbook", ours)]
            for name, live in turns if number % 2 == 0 else reversed(turns):
                folder = temporary / f"{name}-{number}" / platform
                shutil.copytree(source, folder, ignore=_LEFT_OUT)
                held[name].append(live(folder, started, aws))
                said = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in held[name][-1].items())
                print(f"{number + 1}/{rounds} {name}: {said}; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    finally:
        control.stop(started)
        keeper.close()
    return held


def told(held: dict[str, list[dict[str, float]]]) -> dict[str, object]:
    """The medians, and the ratios of each round's pair."""
    pairs = list(zip(held["launchbook"], held["bare"], strict=True))
    ratios = {
        "apply": statistics.median((a["apply"] - a[APART]) / b["apply"] for a, b in pairs),
        "destroy": statistics.median(a["destroy"] / b["destroy"] for a, b in pairs),
    }
    medians = {
        f"{name}_{what}_seconds": round(statistics.median(one[what] for one in lives), 1)
        for name, lives in held.items()
        for what in lives[0]
    }
    return {"ratios": {name: round(value, 3) for name, value in ratios.items()}, **medians}


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--platform", choices=list(PLATFORMS), default="visits")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if available():
        sys.exit(f"cannot measure: {available()}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        held = measured(asked.platform, asked.rounds, Path(name))
    result = {
        "platform": asked.platform,
        "rounds": asked.rounds,
        "aim": AIM,
        "load": os.getloadavg(),
        **told(held),
    }
    met = all(value < AIM for value in result["ratios"].values())  # type: ignore[attr-defined]
    print(json.dumps({**result, "met": met}))
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
