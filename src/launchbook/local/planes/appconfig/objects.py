"""What was not given is not told: moto describes a configuration as "None", and gives a job an execution class."""

from __future__ import annotations

from typing import Any

from moto.appconfig.models import HostedConfigurationVersion
from moto.glue.models import GlueBackend

_headers = HostedConfigurationVersion.get_headers
_create_job = GlueBackend.create_job


def get_headers(self: Any) -> dict[str, Any]:
    """The headers of a version, those that it has."""
    return {name: value for name, value in _headers(self).items() if value is not None}


def create_job(self: Any, name: str, *args: Any, **given: Any) -> None:
    """Make a job; AWS tells an execution class only where one was given."""
    _create_job(self, name, *args, **given)
    self.jobs[name].execution_class = given.get("execution_class")


def install() -> None:
    """Put these in moto's place."""
    HostedConfigurationVersion.get_headers = get_headers  # type: ignore[method-assign]
    GlueBackend.create_job = create_job  # type: ignore[method-assign]
