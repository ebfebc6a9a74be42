"""Pull-through cache rules of a registry: told as they were given; nothing is fetched from anywhere."""

from __future__ import annotations

import time
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

_GIVEN = (
    "upstreamRegistryUrl",
    "upstreamRegistry",
    "credentialArn",
    "customRoleArn",
    "upstreamRepositoryPrefix",
)


class Response(ECRResponse):
    """moto's operations, and the rules."""

    def create_pull_through_cache_rule(self) -> ActionResult:
        """Add a rule."""
        name = self._get_param("ecrRepositoryPrefix")
        if name in self._rules:
            raise JsonRESTError(
                "PullThroughCacheRuleAlreadyExistsException",
                f"A pull through cache rule with prefix '{name}' exists already.",
            )
        given = {each: self._get_param(each) for each in _GIVEN if self._get_param(each)}
        self._rules[name] = {
            **given,
            "ecrRepositoryPrefix": name,
            "registryId": self.current_account,
            "createdAt": time.time(),
        }
        return ActionResult(self._rules[name])

    def describe_pull_through_cache_rules(self) -> ActionResult:
        """The named rules, or all."""
        wanted = self._get_param("ecrRepositoryPrefixes")
        names = list(self._rules) if wanted is None else wanted
        return ActionResult({"pullThroughCacheRules": [self._rule(name) for name in names]})

    def update_pull_through_cache_rule(self) -> ActionResult:
        """Change a rule's credential or role."""
        rule = self._rule(self._get_param("ecrRepositoryPrefix"))
        rule |= {each: self._get_param(each) for each in _GIVEN[2:4] if self._get_param(each)}
        return ActionResult({**rule, "updatedAt": time.time()})

    def delete_pull_through_cache_rule(self) -> ActionResult:
        """Delete a rule."""
        rule = self._rule(self._get_param("ecrRepositoryPrefix"))
        return ActionResult(self._rules.pop(rule["ecrRepositoryPrefix"]))

    @property
    def _rules(self) -> dict[str, dict[str, Any]]:
        rules: dict[str, dict[str, Any]] = vars(self.ecr_backend).setdefault("launchbook_rules", {})
        return rules

    def _rule(self, name: str) -> dict[str, Any]:
        if name not in self._rules:
            raise JsonRESTError(
                "PullThroughCacheRuleNotFoundException",
                f"Pull through cache rule with prefix '{name}' not found.",
            )
        return self._rules[name]
