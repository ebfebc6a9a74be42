"""What stands behind a distribution: its origins by host, and the functions at its edge."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Unread, Value
from launchbook.patterns import regex
from launchbook.repo.wiring import place, pointers_at

_PARAMETER = regex(r"(?:parameter|variable) \"?(\w+)\"?")
_BUCKET_HOST = regex(r"^([\w.-]+?)\.s3[.-][\w.-]*amazonaws\.com$")


def relate(facts: Facts) -> Iterator[Relation]:
    """Distribution to origin and to edge function; a host that nothing here makes stays a host."""
    hosts = _hosts(facts)
    for fact in facts.seen("aws_cloudfront_distribution"):
        origins = fact.attributes.get("origin")
        for number, origin in enumerate(origins if isinstance(origins, list) else []):
            domain = origin.get("domain_name") if isinstance(origin, dict) else None
            yield from _origin(fact, domain, f"origin.{number}.domain_name", hosts)
        yield from _functions(fact)


def _hosts(facts: Facts) -> dict[str, Fact]:
    """Hosts that these files make: branches of Amplify, buckets, names in DNS."""
    found: dict[str, Fact] = {}
    apps = {
        link.source: app
        for link in facts.relations
        if link.kind == "branch-of" and (app := facts.find(link.target))
    }
    for fact in facts:
        domain = fact.attributes.get("domain")
        if fact.type == "aws_amplify_branch" and isinstance(domain, str):
            found[domain] = apps.get(fact.id, fact)
        elif fact.type == "aws_s3_bucket":
            found.setdefault(fact.name, fact)
        elif fact.type == "aws_route53_record":
            found.setdefault(fact.name.rstrip("."), fact)
    return found


def _origin(fact: Fact, domain: Value, path: str, hosts: dict[str, Fact]) -> Iterator[Relation]:
    if not isinstance(domain, str):
        return  # a reference is a relation already
    bucket = _BUCKET_HOST.match(domain)
    made = hosts.get(bucket.group(1) if bucket else domain)
    target = made.id if made else domain
    yield Relation(
        kind="origin", source=fact.id, target=target, where=place(fact, path), resolved=made is not None
    )


def _functions(fact: Fact) -> Iterator[Relation]:
    """Functions named by a parameter without a value: the parameter is as far as the files go."""
    for key in ("default_cache_behavior", "ordered_cache_behavior"):
        behaviors = fact.attributes.get(key)
        for number, behavior in enumerate(behaviors if isinstance(behaviors, list) else []):
            attached = behavior.get("lambda_function_association") if isinstance(behavior, dict) else None
            for at, item in enumerate(attached if isinstance(attached, list) else []):
                arn = item.get("lambda_arn") if isinstance(item, dict) else None
                path = f"{key}.{number}.lambda_function_association.{at}.lambda_arn"
                template = "cloudformation_type" in fact.attributes  # its reader knows conditions too
                named = _PARAMETER.search(arn.reason) if isinstance(arn, Unread) and not template else None
                target = named.group(1) if named else arn if isinstance(arn, str) else ""
                if target and not list(pointers_at(arn)):
                    where = place(fact, path)
                    yield Relation(
                        kind="edge-function", source=fact.id, target=target, where=where, resolved=False
                    )
