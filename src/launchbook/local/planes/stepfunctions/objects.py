"""The check that Terraform asks for before it plans a state machine."""

from __future__ import annotations

import json
from typing import Any

from moto.stepfunctions import urls
from moto.stepfunctions.responses import StepFunctionResponse


class Response(StepFunctionResponse):
    """moto's operations, and the check."""

    def validate_state_machine_definition(self) -> str:
        """Whether a definition is JSON with a first state that exists; the states themselves are not checked."""
        problem = _problem(self._get_param("definition"))
        if problem is None:
            return json.dumps({"result": "OK", "diagnostics": [], "truncated": False})
        diagnostic = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": problem}
        return json.dumps({"result": "FAIL", "diagnostics": [diagnostic], "truncated": False})

    def list_state_machine_versions(self) -> str:
        """The versions of a machine: none, since none can be published here."""
        return json.dumps({"stateMachineVersions": []})


def _problem(definition: Any) -> str | None:
    try:
        machine = json.loads(definition)
    except (TypeError, ValueError) as error:
        return f"The definition is not JSON: {error}"
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict) or not states:
        return "The definition has no States."
    if machine.get("StartAt") not in states:
        return f"StartAt names no state: {machine.get('StartAt')}"
    return None


def install() -> None:
    """Route every Step Functions call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = Response.dispatch
