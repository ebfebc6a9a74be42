"""A project whose source comes from a pipeline has no location; dates of repositories and pipelines are numbers."""

from __future__ import annotations

import json
import time
from datetime import UTC
from typing import Any

from moto.codebuild import responses
from moto.codecommit.models import CodeCommit
from moto.codecommit.responses import CodeCommitResponse
from moto.codepipeline.models import CodePipeline

#: Sources that are nowhere until a pipeline brings them, or at all.
_NOWHERE = ("CODEPIPELINE", "NO_SOURCE")
_check_source = responses._validate_required_params_source
_check_artifacts = responses._validate_required_params_artifacts
_create_project = responses.CodeBuildResponse.create_project
_init = CodeCommit.__init__
_create_repository = CodeCommitResponse.create_repository


def check_source(source: dict[str, Any]) -> None:
    """Refuse a source without the location that its kind needs."""
    _check_source({**source, "location": "-"} if source.get("type") in _NOWHERE else source)


def create_project(self: Any) -> Any:
    """Make a project; moto encrypts every one with the same key."""
    answer = _create_project(self)
    key = self._get_param("encryptionKey")
    if key:
        held = self.codebuild_backend.codebuild_projects[self._get_param("name")]
        held.project_metadata["encryptionKey"] = key
    return answer


def check_artifacts(artifacts: dict[str, Any]) -> None:
    """Refuse artifacts without the location that their kind needs."""
    _check_artifacts({**artifacts, "location": "-"} if artifacts.get("type") == "CODEPIPELINE" else artifacts)


def made(self: Any, *args: Any, **given: Any) -> None:
    """Make a repository; its dates are seconds, which is what the protocol has."""
    _init(self, *args, **given)
    self.repository_metadata |= dict.fromkeys(("creationDate", "lastModifiedDate"), round(time.time(), 3))


def metadata(self: Any) -> dict[str, Any]:
    """What is told of a pipeline beside itself."""
    created, updated = (each.replace(tzinfo=UTC).timestamp() for each in (self._created, self._updated))
    return {"pipelineArn": self._arn, "created": created, "updated": updated}


def _tags(response: Any, arn: str) -> dict[str, str]:
    kept: dict[str, dict[str, str]] = vars(response.codecommit_backend).setdefault("launchbook_tags", {})
    return kept.setdefault(arn, {})


def create_repository(self: Any) -> str:
    """Make a repository with its tags."""
    answer: str = _create_repository(self)
    arn = json.loads(answer)["repositoryMetadata"]["Arn"]
    tags = _tags(self, arn)
    tags.clear()
    tags.update(self._get_param("tags") or {})
    return answer


def list_tags_for_resource(self: Any) -> str:
    """Tags of a repository."""
    return json.dumps({"tags": _tags(self, self._get_param("resourceArn"))})


def tag_resource(self: Any) -> str:
    """Add tags."""
    _tags(self, self._get_param("resourceArn")).update(self._get_param("tags"))
    return ""


def untag_resource(self: Any) -> str:
    """Take tags away."""
    tags = _tags(self, self._get_param("resourceArn"))
    for key in self._get_param("tagKeys"):
        tags.pop(key, None)
    return ""


def install() -> None:
    """Put these in moto's place."""
    vars(responses)["_validate_required_params_source"] = check_source
    vars(responses)["_validate_required_params_artifacts"] = check_artifacts
    responses.CodeBuildResponse.create_project = create_project  # type: ignore[method-assign]
    CodeCommit.__init__ = made  # type: ignore[method-assign]
    CodePipeline.metadata = property(metadata)  # type: ignore[method-assign, assignment]
    response: Any = CodeCommitResponse
    for added in (create_repository, list_tags_for_resource, tag_resource, untag_resource):
        setattr(response, added.__name__, added)
