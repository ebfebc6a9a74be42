"""Plan: what would be made, what it costs, and whether it can be removed again; nothing is made.

Before the remote state's bucket exists a root is planned from nothing, in a working folder of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from launchbook.collect.engine import Asked
from launchbook.collect.reader import Reader
from launchbook.errors import RunFailed
from launchbook.lifecycle import proposal
from launchbook.lifecycle.cost import Estimate, estimate
from launchbook.lifecycle.destroyable import obstacles
from launchbook.lifecycle.doctor import preflight
from launchbook.lifecycle.home import write_json
from launchbook.lifecycle.inventory import LISTINGS, reads
from launchbook.lifecycle.names import names_in_use
from launchbook.lifecycle.platform import Platform, Root
from launchbook.lifecycle.state_bucket import has_bucket
from launchbook.lifecycle.steps import Outcome, Step, Work
from launchbook.lifecycle.terraform import Terraform
from launchbook.model import Level
from launchbook.redact import HELD, each_string, without_secrets

_PREVENTED = re.compile(
    r'^resource\s+"([^"]+)"\s+"([^"]+)"\s*\{(?:(?!^\}).)*?^\s*prevent_destroy\s*=\s*true', re.M | re.S
)
#: The root whose outputs a backend's text names: it makes the bucket of the remote state.
_NAMED = re.compile(r"\{([A-Za-z_][\w-]*)\.")


class Planning:
    """One plan of every root; ``estimate`` and ``changes`` are there once the steps are done."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._begun: dict[str, proposal.Planning] = {}
        self._plans: dict[str, dict[str, Any]] = {}
        self.changes: dict[str, list[tuple[str, str]]] = {}
        self.estimate: Estimate | None = None

    def steps(self) -> list[Step]:
        """The steps, in order."""
        return [
            Step("preflight", "what the run needs", preflight),
            *(
                Step(f"plan-{root.name}", f"terraform plan {root.name}", self._plan(root))
                for root in self._platform.roots
            ),
            Step("names", "whether its names are free", self._names),
            Step("cost", "what it costs", self._cost),
            Step("destroyable", "whether it can be destroyed again", self._destroyable),
        ]

    def _plan(self, root: Root) -> Callable[[Work], Outcome]:
        def do(work: Work) -> Outcome:
            if not self._begun:  # all of them: none needs what another one makes
                self._begun = {one.name: _begin(one, work) for one in self._platform.roots}
            plan = self._begun[root.name].plan()
            self._plans[root.name] = plan.json
            self.changes[root.name] = list(plan.changed())
            write_json(work.run.folder / f"plan-{root.name}.json", without_values(plan.json))
            plan.file.unlink(missing_ok=True)
            return Outcome(note=_said(plan))

        return do

    def _cost(self, work: Work) -> Outcome:
        found = self.estimate = estimate(self._plans.values(), work.target.region)
        unpriced = f"; {len(found.of('unpriced'))} not priced" if found.of("unpriced") else ""
        used = f"; {len(found.of('use'))} cost only what they are used for" if found.of("use") else ""
        return Outcome(
            note=f"${found.hourly} an hour, ${found.monthly} a month, at prices of {found.date}{used}{unpriced}"
        )

    def _destroyable(self, work: Work) -> Outcome:
        prevented = [
            f"{kind}.{name}"
            for root in self._platform.roots
            for path in sorted(root.path.glob("*.tf"))
            for kind, name in _PREVENTED.findall(path.read_text("utf-8", errors="replace"))
        ]
        holders = {name for root in self._platform.roots for name in _NAMED.findall(root.backend)}
        stand = obstacles(self._plans, work.target.region, prevented, holders)
        found = tuple(one.finding() for one in stand)
        failed = [one for one in found if one.status == "FAIL"]
        note = f"{len(failed)} things stand in its way" if failed else "nothing stands in its way"
        return Outcome(status="findings" if failed else "done", findings=found, note=note)

    def _names(self, work: Work) -> Outcome:
        level: Level = "emulated" if work.target.endpoint else "live"
        reader = Reader(work.target.reader_target(), reads(LISTINGS))
        asked = Asked(work.target.account, level, datetime.now(UTC))
        stand, gaps = names_in_use(self._plans, work.target.region, reader, asked)
        found = tuple(one.finding() for one in stand)
        status: Literal["findings", "unproven", "done"] = (
            "findings" if found else "unproven" if gaps else "done"
        )
        note = f"{len(found)} are taken" if found else "some could not be asked" if gaps else "all are free"
        return Outcome(status=status, findings=found, gaps=gaps, note=note)


def without_values(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan as it may be kept: what Terraform calls sensitive, and what looks like a secret, is held back."""
    cleaned = dict(plan)
    for part in ("resource_changes", "resource_drift"):
        if part in plan:
            cleaned[part] = [{**one, "change": _held(one["change"])} for one in plan[part]]
    for part in ("planned_values", "prior_state"):
        cleaned.pop(part, None)  # the same values again, marked in another way
    if "output_changes" in plan:
        cleaned["output_changes"] = {name: _held(change) for name, change in plan["output_changes"].items()}
    cleaned["variables"] = {name: {"value": HELD} for name in plan.get("variables", {})}
    found: dict[str, Any] = each_string(cleaned, without_secrets)
    return found


def _held(change: dict[str, Any]) -> dict[str, Any]:
    return {
        **change,
        "before": _masked(change.get("before"), change.get("before_sensitive")),
        "after": _masked(change.get("after"), change.get("after_sensitive")),
    }


def _masked(value: Any, sensitive: Any) -> Any:
    if sensitive is True:
        return None if value is None else HELD
    if isinstance(value, dict) and isinstance(sensitive, dict):
        return {key: _masked(one, sensitive.get(key)) for key, one in value.items()}
    if isinstance(value, list) and isinstance(sensitive, list):
        marks = [*sensitive, *[None] * (len(value) - len(sensitive))]
        return [_masked(one, mark) for one, mark in zip(value, marks, strict=False)]
    return value


def _begin(root: Root, work: Work) -> proposal.Planning:
    terraform = Terraform(root, work)
    if root.backend and not _reachable(terraform):
        terraform = Terraform(root, work, without_backend=True)
    return terraform.planning(f"-out={proposal.PLAN_FILE}")


def _reachable(terraform: Terraform) -> bool:
    """Whether the root's remote state has its bucket; one that may not be looked at counts as none."""
    try:
        return has_bucket(terraform)
    except RunFailed:
        return False


def _said(plan: proposal.Plan) -> str:
    return plan.counts or "no changes"
