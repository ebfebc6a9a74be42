"""A discovery as the JSON that other programs rely on."""

from __future__ import annotations

import json
from typing import Any

from launchbook.model import Endpoint, Evidence, Fact, Finding, Gap, Relation, plain
from launchbook.model.tiers import tier_of
from launchbook.redact import each_string, shown
from launchbook.repo.discover import Discovery
from launchbook.repo.picture import deployments, environments
from launchbook.repo.setting_uses import settings


def as_json(found: Discovery) -> dict[str, Any]:
    """The documented structure; every string in it has passed the last check for secrets and escapes."""
    uses = settings(found.facts)
    document = {
        "root": found.root,
        "facts": [_fact(fact) for fact in found.facts.all],
        "relations": [_relation(relation) for relation in found.facts.relations],
        "endpoints": [_endpoint(fact) for fact in found.facts.seen(Endpoint)],
        "contradictions": [_contradiction(finding) for finding in found.contradictions],
        "gaps": [_gap(gap) for gap in found.facts.gaps],
        "skipped": {**found.skipped, "vendored": list(found.vendored), "generated_files": found.generated},
        "deployments": [vars(one) for one in deployments(found.facts)],
        "environments": environments(found.facts),
        "settings": [vars(use) for use in uses],
    }
    checked: dict[str, Any] = each_string(document, shown)
    return checked


def json_text(document: dict[str, Any]) -> str:
    """The structure as JSON with one item a line: quick to write, fit for ``grep`` and ``diff``."""
    parts = [f"{json.dumps(key)}: {_lines(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n " + ",\n ".join(map(json.dumps, value)) + "\n]"


def _fact(fact: Fact) -> dict[str, Any]:
    where = {"file": fact.where.file, "line": fact.where.line}
    if fact.where.region:
        where["region"] = fact.where.region
    return {
        "type": fact.type,
        "id": fact.id,
        "name": fact.name,
        "where": where,
        "origin": fact.origin,
        "level": fact.level,
        "tier": tier_of(fact.type),
        "attributes": {key: plain(value) for key, value in fact.attributes.items()},
        "sources": dict(fact.sources),
        "condition": fact.condition,
        "created": fact.created,
    }


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "kind": relation.kind,
        "from": relation.source,
        "to": relation.target,
        "where": {"file": relation.where.file, "line": relation.where.line},
        "resolved": relation.resolved,
    }


def _endpoint(fact: Fact) -> dict[str, Any]:
    attributes = {key: plain(value) for key, value in fact.attributes.items()}
    known = {key: attributes.pop(key, None) for key in ("method", "path", "kind")}
    return {**known, "file": fact.where.file, "line": fact.where.line, "origin": fact.origin, **attributes}


def _contradiction(finding: Finding) -> dict[str, Any]:
    return {
        "about": finding.check.removeprefix("contradiction-"),
        "why": finding.why,
        "ends": [_end(evidence) for evidence in finding.evidence],
    }


def _end(evidence: Evidence) -> dict[str, Any]:
    file, _, line = evidence.source.rpartition(":")
    known = line.isdigit()
    return {
        "file": file if known else evidence.source,
        "line": int(line) if known else 0,
        "value": evidence.value,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "file": gap.where.file,
        "line": gap.where.line,
        "what": gap.what,
        "hint": gap.hint,
        "hides": list(gap.hides),
    }
