"""The third door: Terraform, unchanged, in a folder of ours, in a session of its own, its output in a log.

A Terraform outlives a killed tool; the next command on the same root waits for it. What it says when it fails becomes
one error with a hint (:mod:`launchbook.lifecycle.failures`).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from launchbook import process
from launchbook.errors import RunFailed
from launchbook.lifecycle import leftovers
from launchbook.lifecycle.command import Command
from launchbook.lifecycle.cut_off import ERRORED, put_aside
from launchbook.lifecycle.failures import LockHeld, NotReady, terraform_failure
from launchbook.lifecycle.home import read_json, write_json
from launchbook.lifecycle.platform import Root, backend_text
from launchbook.lifecycle.proposal import Planning, Proposal
from launchbook.lifecycle.provider import Source, find_source, find_tool
from launchbook.lifecycle.staging import LOCK_FILE, stage
from launchbook.lifecycle.state_file import Resource, outputs_of, read_state, resources_of
from launchbook.lifecycle.steps import Work
from launchbook.lifecycle.variables import given

_BACKEND = "backend.launchbook.hcl"
_INIT = "init.launchbook.json"
#: How much a Go heap grows before it is collected, in per cent. Loading a provider's schemas is mostly garbage: twice
#: Go's default saves a tenth of each plan, for a few per cent more memory.
_COLLECT = "200"
T = TypeVar("T")


class Terraform:
    """One root of a platform on one target. Methods raise RunFailed with what Terraform said, and MissingTool."""

    def __init__(self, root: Root, work: Work, *, without_backend: bool = False) -> None:
        self.root, self.work = root, work
        self.tool = find_tool(work.target.env.get("PATH"))
        self._state = work.home.state(work.target.key) / ("plans" if without_backend else "")
        self._without_backend = without_backend
        self.folder = stage(work.platform, root, self._state)
        self.log = work.run.folder / f"terraform-{root.name}.log"
        self._source: Source | None = None

    def init(self) -> None:
        """Make the working folder ready, when it is not so already; store a state that could not be stored before.

        While a Terraform of this very run waits there for its yes, it is ready, and nobody else's.
        """
        if process.working_in(self.folder, self.tool.name) in self.work.ours:
            return
        leftovers.wait_for_orphan(self.folder, self.tool.name, self.work)
        for said in put_aside(self.folder):
            self.work.show.note(f"{self.root.name}: {said}")
        backend = self.backend()
        marker = self.folder / _INIT
        if read_json(marker) != self._init_key(backend):
            marker.unlink(missing_ok=True)
            self._init(backend)
            write_json(marker, self._init_key(backend))
        self._push_errored()

    def _init(self, backend: str) -> None:
        arguments = ["init", "-input=false", "-reconfigure"]
        if self._without_backend:
            override = 'terraform {\n  backend "local" {}\n}\n'
            (self.folder / "launchbook_override.tf").write_text(override, encoding="utf-8")
        elif backend:
            (self.folder / _BACKEND).write_text(backend, encoding="utf-8")
            arguments.append(f"-backend-config={_BACKEND}")
        try:
            self.run(*arguments)
        except RunFailed as failure:
            # The registry took the connection and gave nothing: a mirror may still have it.
            if "provider" not in failure.what or not self._turn_to_mirror():
                raise
            self.run(*arguments)

    def planning(self, *arguments: str) -> Planning:
        """Begin to plan; the plan is saved with ``-out=`` :data:`~launchbook.lifecycle.proposal.PLAN_FILE` alone."""
        self.init()
        given_ = given(self.root, self.work, self.folder)
        return Planning(self, ["plan", "-input=false", "-detailed-exitcode", *arguments, *given_])

    def propose(self, *, destroy: bool = False, target: Sequence[str] = ()) -> Proposal:
        """Begin an apply, or a destroy, which will wait for its yes; ``target`` are addresses."""
        self.init()
        chosen = [*(["-destroy"] if destroy else []), *(f"-target={one}" for one in target)]
        return Proposal(self, ["apply", "-input=false", *chosen, *given(self.root, self.work, self.folder)])

    def state(self) -> dict[str, Any]:
        """The whole state as Terraform keeps it. May hold secrets: never written anywhere as it is."""
        self.init()
        found = read_state(self.folder, self.work.target)
        if found is None:
            said = self.quiet("state", "pull")
            found = json.loads(said) if said.strip() else {}
        return found

    def outputs(self) -> dict[str, Any]:
        """The outputs by name, without the sensitive ones."""
        return outputs_of(self.state())

    def resources(self) -> list[Resource]:
        """Every managed resource in the state."""
        return list(resources_of(self.state(), self.work.target.region))

    def run(self, *arguments: str) -> leftovers.Said:
        """Run Terraform to its end, its output in the log and its progress shown."""
        return self._unlocked(lambda: Command(self, arguments).end())

    def mended(self, do: Callable[[], T]) -> T:
        """What ``do`` gives, done again once where what kept Terraform from it could be put right.

        That is the lock of a Terraform of ours that was killed, and a working folder that its files have outgrown.
        """
        try:
            return self._unlocked(do)
        except NotReady:
            (self.folder / _INIT).unlink(missing_ok=True)
            self.init()
        return self._unlocked(do)

    def _unlocked(self, do: Callable[[], T]) -> T:
        try:
            return do()
        except LockHeld as held:
            if not leftovers.unlock(self, held.lock):
                raise
        return do()

    def quiet(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a short command whose output is data: neither logged nor shown."""
        began = time.monotonic()
        done = process.run([self.tool.path, *arguments], env=self.env(), cwd=self.folder, timeout=600)
        seconds = round(time.monotonic() - began, 3)
        self.work.run.record(
            {"event": "terraform", "command": arguments[0], "code": done.code, "seconds": seconds}
        )
        if done.code not in codes:
            said = done.stdout + done.stderr
            raise terraform_failure(self.root.name, said, str(self.log), str(self.folder), arguments[0])
        return done.stdout

    def env(self) -> dict[str, str]:
        """What it is run with: the target's, and where providers come from."""
        if self._source is None:
            self._source = find_source(self.tool, self.work.home, self.work.target.env)
        kept = {name: value for name, value in self.work.target.env.items() if name != "TF_CLI_CONFIG_FILE"}
        own = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        return {"GOGC": _COLLECT} | kept | dict(self._source.env) | own

    def _turn_to_mirror(self) -> bool:
        before = self._source
        self._source = find_source(self.tool, self.work.home, self.work.target.env, without_registry=True)
        return self._source != before and "mirror" in self._source.kind

    def backend(self) -> str:
        """The text of the backend file: from an earlier root's output, else the root's own."""
        return "" if self._without_backend else backend_text(self.root, self.work.outputs)

    def _init_key(self, backend: str) -> str:
        files = sorted(self.root.path.rglob("*.tf*"))
        lock = self.folder / LOCK_FILE
        digest = hashlib.sha256(f"{self.tool.path}\0{backend}\0{self._without_backend}".encode())
        for path in [*files, lock]:
            if path.is_file() and "tfstate" not in path.name and ".terraform/" not in str(path):
                digest.update(path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _push_errored(self) -> None:
        """A state that Terraform could not store is stored now."""
        left = self.folder / ERRORED
        if left.exists():
            self.work.show.note(
                f"{self.root.name}: storing the state that an earlier Terraform could not store"
            )
            self.run("state", "push", left.name)
            left.replace(left.with_suffix(".pushed"))
