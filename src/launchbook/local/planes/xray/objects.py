"""Sampling rules, which moto lacks: made, changed, listed and deleted as they were given."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.xray import urls
from moto.xray.responses import XRayResponse

#: The rule that every account has and that nobody can delete.
_DEFAULT = {
    "RuleName": "Default", "ResourceARN": "*", "Priority": 10000, "FixedRate": 0.05, "ReservoirSize": 1,
    "ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1,
    "Attributes": {},
}  # fmt: skip
_OPERATIONS = (
    "GetSamplingRules", "CreateSamplingRule", "UpdateSamplingRule", "DeleteSamplingRule", "ListTagsForResource",
    "TagResource", "UntagResource",
)  # fmt: skip


class Rules(XRayResponse):
    """moto's operations, and those on sampling rules; moto names the ones of X-Ray by their paths."""

    def get_sampling_rules(self) -> str:
        """Every rule."""
        return json.dumps({"SamplingRuleRecords": list(self._rules.values())})

    def sampling_rules(self) -> str:
        """Every rule, by the path of the operation."""
        return self.get_sampling_rules()

    def create_sampling_rule(self) -> str | tuple[str, dict[str, Any]]:
        """Make a rule."""
        given = self._get_param("SamplingRule")
        if given["RuleName"] in self._rules:
            return self._refused("The rule name is in use already")
        arn = f"arn:aws:xray:{self.region}:{self.current_account}:sampling-rule/{given['RuleName']}"
        now = time.time()
        rule = {"Attributes": {}, **given, "RuleARN": arn}
        record = {"SamplingRule": rule, "CreatedAt": now, "ModifiedAt": now}
        self._rules[given["RuleName"]] = record
        self._tags[arn] = {each["Key"]: each["Value"] for each in self._get_param("Tags") or []}
        return json.dumps({"SamplingRuleRecord": record})

    def update_sampling_rule(self) -> str | tuple[str, dict[str, Any]]:
        """Change what is given of a rule."""
        given = self._get_param("SamplingRuleUpdate")
        record = self._found(given)
        if record is None:
            return self._refused("Sampling rule does not exist")
        record["SamplingRule"] |= {
            name: value for name, value in given.items() if not name.startswith("Rule")
        }
        record["ModifiedAt"] = time.time()
        return json.dumps({"SamplingRuleRecord": record})

    def delete_sampling_rule(self) -> str | tuple[str, dict[str, Any]]:
        """Delete a rule with its tags."""
        record = self._found(self.request_params)
        if record is None:
            return self._refused("Sampling rule does not exist")
        if record["SamplingRule"]["RuleName"] == "Default":
            return self._refused("The default rule cannot be deleted")
        del self._rules[record["SamplingRule"]["RuleName"]]
        self._tags.pop(record["SamplingRule"]["RuleARN"], None)
        return json.dumps({"SamplingRuleRecord": record})

    def list_tags_for_resource(self) -> str:
        """The tags of a rule."""
        held = self._tags.get(self._get_param("ResourceARN"), {})
        return json.dumps({"Tags": [{"Key": key, "Value": value} for key, value in held.items()]})

    def tag_resource(self) -> str:
        """Add tags to a rule."""
        given = {each["Key"]: each["Value"] for each in self._get_param("Tags")}
        self._tags.setdefault(self._get_param("ResourceARN"), {}).update(given)
        return "{}"

    def untag_resource(self) -> str:
        """Take tags from a rule."""
        for key in self._get_param("TagKeys"):
            self._tags.get(self._get_param("ResourceARN"), {}).pop(key, None)
        return "{}"

    def _found(self, given: dict[str, Any]) -> dict[str, Any] | None:
        for record in self._rules.values():
            rule = record["SamplingRule"]
            if given.get("RuleARN") == rule["RuleARN"] or given.get("RuleName") == rule["RuleName"]:
                return record
        return None

    def _refused(self, message: str) -> tuple[str, dict[str, Any]]:
        return json.dumps({"__type": "InvalidRequestException", "Message": message}), {"status": 400}

    @property
    def _rules(self) -> dict[str, dict[str, Any]]:
        arn = f"arn:aws:xray:{self.region}:{self.current_account}:sampling-rule/Default"
        default = {"SamplingRule": {**_DEFAULT, "RuleARN": arn}, "CreatedAt": 0, "ModifiedAt": 0}
        held: dict[str, dict[str, Any]] = vars(self.xray_backend).setdefault(
            "launchbook_rules", {"Default": default}
        )
        return held

    @property
    def _tags(self) -> dict[str, dict[str, str]]:
        held: dict[str, dict[str, str]] = vars(self.xray_backend).setdefault("launchbook_tags", {})
        return held


def install() -> None:
    """Route what moto lacks here."""
    for operation in _OPERATIONS:
        urls.url_paths[f"{{0}}/{operation}$"] = Rules.dispatch
