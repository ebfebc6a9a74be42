"""Resolved properties as Terraform's attributes, each keeping the line that it was written on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from launchbook.model import Unread
from launchbook.repo.cloudformation.names import RAW, RENAMED, RENAMED_BELOW
from launchbook.repo.cloudformation.types import attribute_name
from launchbook.repo.lined import Map, Seq, as_list, as_map, dig

#: Structures that CloudFormation wraps around what Terraform puts at the top.
_UNWRAPPED = {
    "aws_cloudfront_distribution": "DistributionConfig",
    "aws_route53_health_check": "HealthCheckConfig",
    "aws_backup_plan": "BackupPlan",
    "aws_backup_selection": "BackupSelection",
    "aws_budgets_budget": "Budget",
    "aws_cloudfront_origin_access_control": "OriginAccessControlConfig",
    "aws_cloudfront_cache_policy": "CachePolicyConfig",
    "aws_cloudfront_response_headers_policy": "ResponseHeadersPolicyConfig",
    "aws_cloudfront_origin_request_policy": "OriginRequestPolicyConfig",
    "aws_cloudfront_function": "FunctionConfig",
}


def attributes_of(kind: str, properties: Any) -> Map:
    """The attributes of one resource by Terraform's names, with lines."""
    source = properties if isinstance(properties, Map) else Map(0)
    inner = _UNWRAPPED.get(kind)
    if inner and isinstance(source.get(inner), Map):
        source = _merged(source, inner)
    found = Map(source.line)
    renamed = RENAMED.get(kind, {})
    nested = {path.split(".")[0] for path in renamed if "." in path}
    for key, value in source.items():
        line = source.lines.get(key, source.line)
        if key in nested and isinstance(value, Map):
            _nested(found, key, value, renamed)
        elif key in renamed:
            _put(found, renamed[key].split("."), _converted(key, value), line)
        else:
            _put(found, [attribute_name(key)], _converted(key, value), line)
    special = _SPECIAL.get(kind)
    if special:
        special(found, source)
    return found


def _merged(source: Map, inner: str) -> Map:
    found = Map(source.line)
    for part in (source, source[inner]):
        found.update(part)
        found.lines.update(part.lines)
    del found[inner]
    return found


def _nested(found: Map, prefix: str, value: Map, renamed: dict[str, str]) -> None:
    """Follow ``A.B`` renamings below a structure; what they don't name keeps its own place."""
    for key, item in value.items():
        path, line = f"{prefix}.{key}", value.lines.get(key, value.line)
        if path in renamed:
            _put(found, renamed[path].split("."), _converted(key, item), line)
        elif isinstance(item, Map) and any(known.startswith(path + ".") for known in renamed):
            _nested(found, path, item, renamed)
        else:
            block = attribute_name(prefix.split(".")[0])
            _put(found, [block, "0", attribute_name(key)], _converted(key, item), line)


def _put(into: Map, path: list[str], value: Any, line: int) -> None:
    """Set a value at a path, making the blocks on the way (``health_check.0.path``)."""
    node: Any = into
    for at, part in enumerate(path[:-1]):
        following = path[at + 1]
        if isinstance(node, Seq):
            if not node:
                node.append(Map(line))
                node.lines.append(line)
            node = node[0]
        else:
            if not isinstance(node.get(part), Map | Seq):
                node[part] = Seq(line) if following == "0" else Map(line)
                node.lines[part] = line
            node = node[part]
    if isinstance(node, Seq):
        node.append(value)
        node.lines.append(line)
    elif isinstance(node, Map):
        node[path[-1]] = value
        node.lines[path[-1]] = line


def converted(structure: Map) -> Seq:
    """A nested structure as a block: a list with one map that has Terraform's names."""
    return _listed(_block(structure))


def _converted(key: str, value: Any) -> Any:
    """Nested structures become blocks: lists of maps with Terraform's names."""
    if key in RAW:
        return value
    if isinstance(value, Map):
        return _listed(_block(value))
    if isinstance(value, Seq):
        found = Seq(value.line)
        for item, line in zip(value, value.lines, strict=True):
            found.append(_block(item) if isinstance(item, Map) else item)
            found.lines.append(line)
        return found
    return value


def _block(value: Map) -> Map:
    found = Map(value.line)
    for key, item in value.items():
        name = RENAMED_BELOW.get(key, attribute_name(key))
        found[name] = _converted(key, item)
        found.lines[name] = value.lines.get(key, value.line)
    return found


def _listed(block: Map) -> Seq:
    found = Seq(block.line)
    found.append(block)
    found.lines.append(block.line)
    return found


def _switch(found: Map, path: list[str], on: tuple[str, ...]) -> None:
    """``ENABLED`` and its like as a boolean."""
    block = (
        dig(found, *[int(part) if part.isdigit() else part for part in path[:-1]]) if len(path) > 1 else found
    )
    value = as_map(block).get(path[-1])
    if isinstance(value, str):
        block[path[-1]] = value.upper() in on


def _task_definition(found: Map, source: Map) -> None:
    containers = source.get("ContainerDefinitions")
    if isinstance(containers, Seq):
        _put(found, ["container_definitions"], _lowered(containers), source.lines["ContainerDefinitions"])


def _lowered(value: Any) -> Any:
    """Container definitions are JSON with ``lowerCamel`` keys everywhere else."""
    if isinstance(value, Seq):
        items = Seq(value.line)
        items.extend(_lowered(item) for item in value)
        items.lines = list(value.lines)
        return items
    if isinstance(value, Map):
        found = Map(value.line)
        for key, item in value.items():
            name = key[:1].lower() + key[1:]
            found[name] = item if name in ("options", "dockerLabels") else _lowered(item)
            found.lines[name] = value.lines.get(key, value.line)
        return found
    return value


def _alarm(found: Map, source: Map) -> None:
    if isinstance(dimensions := source.get("Dimensions"), Seq):
        _put(found, ["dimensions"], _dimensions(dimensions, "Name", "Value"), dimensions.line)
    for query in as_list(found.get("metric_query")):
        stat = dig(query, "metric_stat", 0)
        metric = dig(stat, "metric", 0)
        if not isinstance(stat, Map) or not isinstance(metric, Map):
            continue
        if isinstance(dimensions := metric.get("dimensions"), Seq):
            metric["dimensions"] = _dimensions(dimensions, "name", "value")
        for key in set(stat) - {"metric"}:
            metric[key], metric.lines[key] = stat[key], stat.lines.get(key, stat.line)
        query["metric"], query.lines["metric"] = stat["metric"], query.lines.pop("metric_stat", stat.line)
        del query["metric_stat"]


def _dimensions(pairs: Seq, name: str, value: str) -> Map:
    table = Map(pairs.line)
    for item, line in zip(pairs, pairs.lines, strict=True):
        key = as_map(item).get(name)
        if isinstance(key, str):
            table[key] = as_map(item).get(value)
            table.lines[key] = line
    return table


def _security_group(found: Map, _: Map) -> None:
    for name in ("ingress", "egress"):
        for rule in as_list(found.get(name)):
            if isinstance(rule, Map):
                _rule(rule)


def _rule(rule: Map) -> None:
    for key, name, many in (
        ("cidr_ip", "cidr_blocks", True),
        ("cidr_ipv6", "ipv6_cidr_blocks", True),
        ("source_security_group_id", "security_groups", True),
        ("destination_security_group_id", "security_groups", True),
    ):
        if key in rule and many:
            items = Seq(rule.lines.get(key, rule.line))
            items.append(rule.pop(key))
            items.lines.append(items.line)
            rule[name], rule.lines[name] = items, rule.lines.pop(key, rule.line)
    rule.setdefault("from_port", 0)
    rule.setdefault("to_port", 0)


def _group_rule(found: Map, source: Map) -> None:
    peer = found.pop("source_security_group_id", None)
    if "ip_protocol" in found:
        found["protocol"] = found.pop("ip_protocol")
    _rule(found)
    if peer is not None:
        found["source_security_group_id"] = peer
    found["type"] = "egress" if "DestinationSecurityGroupId" in source else "ingress"


def _load_balancer(found: Map, source: Map) -> None:
    scheme = found.pop("scheme", None)
    if isinstance(scheme, str):
        found["internal"], found.lines["internal"] = (
            scheme == "internal",
            source.lines.get("Scheme", source.line),
        )


def _listener(found: Map, source: Map) -> None:
    certificate = dig(source, "Certificates", 0, "CertificateArn")
    if certificate is not None:
        _put(found, ["certificate_arn"], certificate, source.lines["Certificates"])
    for action in as_list(found.get("default_action")):
        redirect = as_map(action).get("redirect")
        for block in as_list(redirect):
            if isinstance(block, Map) and isinstance(block.get("status_code"), int):
                block["status_code"] = f"HTTP_{block['status_code']}"


def _service(found: Map, _: Map) -> None:
    _switch(found, ["network_configuration", "0", "assign_public_ip"], ("ENABLED",))


def _bucket(found: Map, _: Map) -> None:
    status = dig(found, "versioning", 0, "status")
    if isinstance(status, str | Unread):
        block = found["versioning"][0]
        block["enabled"] = status == "Enabled" if isinstance(status, str) else status
        block.lines["enabled"] = block.lines["status"]


def _distribution(found: Map, _: Map) -> None:
    for origin in as_list(found.get("origin")):
        if isinstance(origin, Map) and "id" in origin:
            origin["origin_id"], origin.lines["origin_id"] = (
                origin.pop("id"),
                origin.lines.pop("id", origin.line),
            )
    aliases = found.get("aliases")
    if isinstance(aliases, Seq):
        found["aliases"] = aliases


def _table(found: Map, source: Map) -> None:
    for entry in as_list(source.get("KeySchema")):
        kind, name = as_map(entry).get("KeyType"), as_map(entry).get("AttributeName")
        if kind in ("HASH", "RANGE"):
            _put(found, ["hash_key" if kind == "HASH" else "range_key"], name, source.lines["KeySchema"])


_SPECIAL: dict[str, Callable[[Map, Map], None]] = {
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_dynamodb_table": _table,
    "aws_ecs_service": _service,
    "aws_ecs_task_definition": _task_definition,
    "aws_lb": _load_balancer,
    "aws_lb_listener": _listener,
    "aws_s3_bucket": _bucket,
    "aws_security_group": _security_group,
    "aws_security_group_rule": _group_rule,
}
