"""The architecture of a repository as lines of text: by tier, each resource with what it leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from launchbook.model import Endpoint, Fact, Relation, Unread, Value
from launchbook.model.tiers import TIERS, Tier
from launchbook.patterns import regex
from launchbook.redact import shown
from launchbook.repo.discover import Discovery
from launchbook.repo.picture import number_of, tiers, untiered, words
from launchbook.repo.relations.routes import called_method

#: Resources of one type before the rest is counted.
ALIKE = 4
#: Relations of one resource before the rest is counted.
LEADS = 5
#: Parts of a tier that say little by themselves; counted, not listed.
_MINOR = (
    "aws_iam_role_policy",
    "aws_lb_listener",
    "aws_cloudwatch_event_target",
    "aws_ecr",
    "aws_appautoscaling",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "prometheus_metric",
    "aws_api_gateway_method",
    "aws_api_gateway_resource",
    "aws_api_gateway_integration",
    "aws_api_gateway_deployment",
    "aws_api_gateway_stage",
    "aws_apigatewayv2_route",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_stage",
    "aws_wafv2_web_acl_association",
)
#: Relations that a line tells with a resource, in words.
_TOLD = {
    "origin": "serves from",
    "dead-letter": "failures go to",
    "alarm-action": "tells",
    "alarm-dimension": "watches",
    "target": "starts",
    "calls": "calls",
    "backend": "sends requests to",
    "health-path": "asked for its health at",
    "task-role": "acts as",
    "edge-function": "runs at the edge",
    "firewall": "behind firewall",
    "signs-in": "signs people in with",
    "subscription": "sent to",
    "points-to": "points to",
    "consumes": "reads from",
    "target-group": "takes requests of",
    "uses-queue": "uses queue",
    "redefines": "the same thing again as",
}
#: The tier of an AWS service that code calls, where no file declares what it calls.
_SERVICES: dict[str, Tier] = {
    "sqs": "async", "sns": "async", "ses": "async", "sesv2": "async", "events": "async", "kinesis": "async",
    "stepfunctions": "async", "sfn": "async", "scheduler": "async", "s3": "data", "dynamodb": "data", "rds": "data",
    "elasticache": "data", "lambda": "compute", "ecs": "compute", "bedrock-runtime": "compute",
    "cloudwatch": "observability", "logs": "observability", "cloudfront": "edge", "secretsmanager": "identity",
    "ssm": "identity", "kms": "identity", "cognito-idp": "identity",
}  # fmt: skip
#: The name of what has no value, in the words of the readers.
_UNSET = regex(r"(?:variable|parameter) \"?([\w-]+)\"?")
_DOCUMENTS: dict[str, Tier] = {"dashboard": "observability", "backup-configuration": "data"}


def section(title: str, lines: Iterable[str], limit: int) -> str:
    """A titled part of the report, each line safe to print; empty without lines."""
    shown_lines = [shown(line) for line in lines]
    if not shown_lines:
        return ""
    rest = len(shown_lines) - limit
    more = [f"  … and {rest} more: --all shows them"] if rest > 0 else []
    return "\n".join([title, *(f"  {line}" for line in shown_lines[:limit]), *more])


def tier_lines(found: Discovery, tier: Tier, limit: int) -> Iterator[str]:
    """What belongs to a tier: declared resources by type, then what code and pages only imply."""
    facts = tiers(found.facts)[tier]
    by_type: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.type, fact.where.file, fact.where.line)):
        if not fact.type.startswith(_MINOR):
            by_type.setdefault(fact.type, []).append(fact)
    for kind, some in by_type.items():
        few = max(ALIKE, limit // 2)
        yield from _once([(_resource(found, fact), fact) for fact in some[:few]])
        if len(some) > few:
            yield f"… and {number_of(len(some) - few, f'more {words(kind)}')}: --all shows them"
    yield from _implied(found, tier)
    minor = Counter(fact.type for fact in facts if fact.type.startswith(_MINOR))
    if minor:
        yield "also " + ", ".join(number_of(count, words(kind)) for kind, count in sorted(minor.items()))


def _once(lines: Sequence[tuple[str, Fact]]) -> Iterator[str]:
    """Each line once; what several folders make of one module says which folders."""
    makers: dict[str, list[str]] = {}
    for line, fact in lines:
        makers.setdefault(line, []).append(fact.id.partition("#")[0].rpartition("/")[0] or ".")
    for line, folders in makers.items():
        made = list(dict.fromkeys(folders))
        by = f", made by {', '.join(made[:ALIKE])}" if len(made) > 1 else ""
        yield f"{line} ({len(folders)} times{by})" if len(folders) > 1 else line


def other_lines(found: Discovery) -> Iterator[str]:
    """The tiers that no person draws, and resources that are in none, counted."""
    rest = tiers(found.facts)
    counted = {str(tier): Counter(fact.type for fact in rest[tier]) for tier in TIERS[5:]}
    counted["other"] = Counter(fact.type for fact in untiered(found.facts))
    for title, kinds in counted.items():
        if kinds:
            rest_of = sum(kinds.values()) - sum(count for _, count in kinds.most_common(6))
            more = f" and {rest_of} more" if rest_of else ""
            told = ", ".join(number_of(count, words(kind)) for kind, count in kinds.most_common(6))
            yield f"{title}: {told}{more}"


def _implied(found: Discovery, tier: Tier) -> Iterator[str]:
    """What calls, pages and middleware show of a tier where no resource does."""
    calls: dict[str, list[Fact]] = {}
    read = {fact.name for fact in found.facts.seen("implied_store") if fact.origin == "source"}
    for fact in found.facts:
        if fact.origin == "archived":
            continue
        if fact.type == "sdk_call" and fact.origin == "source":
            service = _text(fact.attributes.get("service"))
            if _SERVICES.get(service) == tier:
                calls.setdefault(service, []).append(fact)
        elif fact.type == "document" and _DOCUMENTS.get(_text(fact.attributes.get("kind"))) == tier:
            yield _line(
                _text(fact.attributes["kind"]).replace("-", " "), _text(fact.attributes["title"]), fact
            )
        elif fact.type == "implied_store" and fact.origin == "document" and tier == "data":
            if fact.name not in read:
                yield _line("implied store", f"{fact.name} [document]", fact)
        elif fact.type == "middleware" and tier == "observability" and "correlation" in fact.name:
            yield _line("log correlation", fact.name, fact)
    for service, some in calls.items():
        operations = ", ".join(dict.fromkeys(_text(one.attributes.get("operation")) for one in some))
        places = ", ".join(dict.fromkeys(one.where.file for one in some[:3]))
        yield f"{'called by code':<22} {service}: {operations}  {places}" + (" …" if len(some) > 3 else "")


def _line(kind: str, name: str, fact: Fact) -> str:
    return f"{kind:<22} {name}  {fact.where}"


def _resource(found: Discovery, fact: Fact) -> str:
    leads = [
        f"{_TOLD[relation.kind]} {_called(found, fact, relation) or _name(found, relation.target)}"
        for relation in found.facts.relations
        if relation.source == fact.id and relation.kind in _TOLD
    ]
    leads += _untold(fact)
    details = _details(fact)
    told = list(dict.fromkeys(leads))
    more = f" and {len(told) - LEADS} more" if len(told) > LEADS else ""
    arrow = f" → {'; '.join(told[:LEADS])}{more}" if told else ""
    condition = "only if: " if fact.created else "not created: " if fact.created is False else "perhaps: "
    when = f" [{condition}{fact.condition}]" if fact.condition else ""
    name = f"{fact.name} ({', '.join(details)})" if details else fact.name
    return _line(words(fact.type), f"{name}{arrow}{when}", fact)


def _details(fact: Fact) -> Sequence[str]:
    """What tells a resource from others of its type: an Amplify platform, Fargate, a database's engine."""
    attributes = fact.attributes
    given: list[Value] = [attributes.get("platform"), attributes.get("launch_type"), attributes.get("engine")]
    wanted = attributes.get("requires_compatibilities")
    given += wanted if isinstance(wanted, list) and not attributes.get("launch_type") else []
    if fact.type == "implied_store":
        given.append(words(_text(attributes.get("implies"))))
    region = fact.where.region
    return [_text(one) for one in given if _text(one)] + (
        [region] if region and fact.type == "aws_ecs_cluster" else []
    )


def _untold(fact: Fact) -> Iterator[str]:
    """Whom an alarm tells, where the files do not say: the variable or parameter that would."""
    actions = fact.attributes.get("alarm_actions")
    for one in actions if isinstance(actions, list) else [actions]:
        if isinstance(one, Unread) and not one.refs:
            named = _UNSET.search(one.reason)
            yield f"tells {named[1] if named else one.reason} (not known)"


def _called(found: Discovery, caller: Fact, relation: Relation) -> str:
    """A route with the method that it is called with, where that is not its own; else empty."""
    route = found.facts.find(relation.target)
    if relation.kind != "calls" or not isinstance(route, Endpoint):
        return ""
    method = called_method(caller, relation.where).upper()
    if not method or route.method in (method, "ANY", "*"):
        return ""
    return f"{method} {route.path} (the route takes {route.method})"


def _name(found: Discovery, target: str) -> str:
    fact = found.facts.find(target)
    if (
        fact is None
        and target.startswith("/")
        and any("path_rewrite" in gap.hides for gap in found.facts.gaps)
    ):
        return f"{target} (no route here; rewrites that are computed may answer it)"
    return fact.name if fact else f"{target} (not in these files)"


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
