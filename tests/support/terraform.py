"""Terraform for tests: the provider from a mirror on this machine, the embedded AWS as the only AWS in reach."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

#: Where machines keep a filesystem mirror or a shared plugin directory.
_ROOTS = ("~/.terraform.d", "/opt", "/usr/local", "/usr/share", "/usr/lib", "/srv", "/var/lib")
_DEPTH = 4
_PROVIDER = Path("registry.terraform.io/hashicorp/aws")


@cache
def available() -> str:
    """Why Terraform can't be used here; empty if it can."""
    if shutil.which("terraform") is None:
        return "terraform is not on PATH"
    return "" if mirror() else "no filesystem mirror with registry.terraform.io/hashicorp/aws on this machine"


@cache
def mirror() -> Path | None:
    """The directory that holds ``registry.terraform.io/hashicorp/aws``, or None."""
    for root in _ROOTS:
        for directory in _directories(Path(root).expanduser(), _DEPTH):
            if (directory / _PROVIDER).is_dir():
                return directory
    return None


def _directories(root: Path, depth: int) -> Iterator[Path]:
    yield root
    if depth == 0:
        return
    try:
        inside = sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.is_symlink())
    except OSError:
        return
    for directory in inside:
        yield from _directories(directory, depth - 1)


class TerraformFailed(AssertionError):
    """A command that should have succeeded; carries what it printed."""


@dataclass
class Terraform:
    """A copy of a root module in a directory of its own, run against one embedded AWS."""

    directory: Path
    environment: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        source: Path,
        directory: Path,
        environment: Mapping[str, str],
        backend: Mapping[str, str] | None = None,
        **variables: str,
    ) -> Terraform:
        """Copy a module into ``directory`` and initialise it, offline; ``backend`` configures where its state is."""
        shutil.copytree(source, directory, dirs_exist_ok=True)
        config = directory / "terraformrc"
        config.write_text(
            f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror()}" }}\n}}\n', encoding="utf-8"
        )
        given = {
            name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))
        } | dict(environment)
        given |= {"TF_CLI_CONFIG_FILE": str(config), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        given |= {"AWS_MAX_ATTEMPTS": "3", "GOGC": "200"}  # half the collections: a tenth of each plan
        terraform = cls(directory, given, variables)
        settings = [f"-backend-config={name}={value}" for name, value in (backend or {}).items()]
        terraform.run("init", "-input=false", *settings)
        return terraform

    def run(self, *arguments: str, log: Path | None = None, codes: tuple[int, ...] = (0,)) -> str:
        """Run one command and return its stdout; raises TerraformFailed with its output. ``log`` gets TF_LOG=debug."""
        extra = {"TF_LOG": "debug", "TF_LOG_PATH": str(log)} if log else {}
        done = subprocess.run(
            ["terraform", *arguments, *(["-no-color"] if arguments[0] != "output" else [])],
            cwd=self.directory,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        if done.returncode not in codes:
            raise TerraformFailed(
                f"terraform {arguments[0]}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done.stdout

    def apply(self, log: Path | None = None) -> None:
        """Apply without asking."""
        self.run("apply", "-auto-approve", "-input=false", *self._given(), log=log)

    def changes(self) -> list[str]:
        """What a plan would change now, as ``address: attribute: before → after``; empty when there is nothing."""
        plan = "second.tfplan"
        planned = self.run(
            "plan", "-input=false", "-detailed-exitcode", f"-out={plan}", *self._given(), codes=(0, 2)
        )  # fmt: skip
        if re.search(
            r"^No changes\.", planned, re.M
        ):  # the same word as exit code 0; `show` starts the provider anew
            return []
        shown = json.loads(self.run("show", "-json", plan))
        found = []
        for change in shown.get("resource_changes", []):
            if change["change"]["actions"] in (["no-op"], ["read"]):
                continue
            before, after = change["change"]["before"] or {}, change["change"]["after"] or {}
            names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
            said = "; ".join(f"{n}: {before.get(n)!r} → {after.get(n)!r}" for n in names)
            found.append(f"{change['address']} {change['change']['actions']}: {said}")
        outputs = shown.get("output_changes", {})
        return found + [name for name, change in outputs.items() if change["actions"] != ["no-op"]]

    def destroy(self, log: Path | None = None) -> None:
        """Destroy without asking."""
        self.run("destroy", "-auto-approve", "-input=false", *self._given(), log=log)

    def outputs(self) -> dict[str, object]:
        """The outputs by name."""
        return {name: value["value"] for name, value in json.loads(self.run("output", "-json")).items()}

    def resources(self) -> list[str]:
        """Addresses of the managed resources in the state."""
        listed = self.run("state", "list").splitlines()
        return [address for address in listed if not re.search(r"(^|\.)data\.", address)]

    def _given(self) -> list[str]:
        return [f"-var={name}={value}" for name, value in self.variables.items()]


def troubles(log: Path) -> list[str]:
    """What a debug log says went wrong between provider and embedded AWS: answers of 500 or more, and storms.

    One second attempt is no storm: a connection may end as a request is sent. A third attempt is.
    """
    text = log.read_text(encoding="utf-8", errors="replace")
    assert "http.status_code=200" in text, (
        "the log doesn't look like the provider's: nothing can be read from it"
    )
    found = [f"HTTP {status}" for status in re.findall(r"http\.status_code=(5\d\d)", text)]
    return found + re.findall(r'amz_sdk_request="(attempt=(?:[3-9]|\d\d)[^"]*)"', text)
