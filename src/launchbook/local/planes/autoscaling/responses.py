"""Application Auto Scaling operations that moto lacks."""

from __future__ import annotations

import json
from typing import Any, cast

from moto.applicationautoscaling import urls
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.exceptions import JsonRESTError

from launchbook.local.planes.autoscaling.backend import ScalingBackend

_MAX_TAGS = 50


def install() -> None:
    """Route every Application Auto Scaling call here."""
    for path in urls.url_paths:
        urls.url_paths[path] = ScalingResponse.dispatch


class ScalingResponse(ApplicationAutoScalingResponse):
    """moto's operations, and ours where they differ."""

    def register_scalable_target(self) -> str:
        """Register a target with its tags."""
        answer = super().register_scalable_target()
        tags = self._get_param("Tags")
        if tags:
            arn = json.loads(answer)["ScalableTargetARN"]
            self._tags(arn).update(tags)
        return answer

    def list_tags_for_resource(self) -> str:
        """Tags of a scalable target."""
        return json.dumps({"Tags": self._tags(self._get_param("ResourceARN"))})

    def tag_resource(self) -> str:
        """Add tags to a scalable target."""
        tags = self._tags(self._get_param("ResourceARN"))
        added = self._get_param("Tags") or {}
        if len(tags | added) > _MAX_TAGS:
            raise JsonRESTError("TooManyTagsException", f"a resource may have {_MAX_TAGS} tags")
        tags.update(added)
        return json.dumps({})

    def untag_resource(self) -> str:
        """Take tags from a scalable target."""
        tags = self._tags(self._get_param("ResourceARN"))
        for key in self._get_param("TagKeys") or []:
            tags.pop(key, None)
        return json.dumps({})

    def describe_scaling_activities(self) -> str:
        """What scaling did, newest first."""
        resource, dimension = self._get_param("ResourceId"), self._get_param("ScalableDimension")
        found = [
            {name: value for name, value in activity.items() if not name.startswith("_")}
            for activity in reversed(list(self._backend.activities))
            if activity["ServiceNamespace"] == self._get_param("ServiceNamespace")
            and resource in (None, activity["ResourceId"])
            and dimension in (None, activity["ScalableDimension"])
        ]
        start, size = int(self._get_param("NextToken") or 0), int(self._get_param("MaxResults") or 50)
        answer: dict[str, Any] = {"ScalingActivities": found[start : start + size]}
        if start + size < len(found):
            answer["NextToken"] = str(start + size)
        return json.dumps(answer)

    @property
    def _backend(self) -> ScalingBackend:
        return cast(ScalingBackend, self.applicationautoscaling_backend)

    def _tags(self, arn: str) -> dict[str, str]:
        backend = self._backend
        known = {target.arn for targets in backend.targets.values() for target in targets.values()}
        if arn not in known:
            raise JsonRESTError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}.")
        tags: dict[str, str] = backend.tags.setdefault(arn, {})
        return tags
