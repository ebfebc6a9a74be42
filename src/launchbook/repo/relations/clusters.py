"""Kubernetes from object to object: probes and ingresses to routes, ingress to service, image to repository."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.model import Fact, Facts, Relation, Value
from launchbook.repo.relations._answering import served_routes
from launchbook.repo.relations.routes import answered
from launchbook.repo.wiring import place

#: Queues, declared anywhere or as an object that AWS's own controller makes one of.
_QUEUES = ("aws_sqs_queue", "kubernetes_queue")
#: What KEDA scales by a queue, and how it names it.
_SCALED = ("kubernetes_scaled_object", "kubernetes_scaled_job")
_QUEUE_KEYS = ("queue_url", "queueURL")
#: A rule of the load balancer itself, which is no service though it is written as one.
_ACTION = "alb.ingress.kubernetes.io/actions."
_HEALTH_ANNOTATION = "alb.ingress.kubernetes.io/healthcheck-path"


def relate(facts: Facts) -> Iterator[Relation]:
    """The relations of every object that these files declare."""
    objects = [fact for fact in facts if fact.type.startswith("kubernetes_")]
    services = {(_namespace(fact), fact.name): fact for fact in objects if "_service_v" in fact.type}
    repositories = {fact.name: fact for fact in facts.seen("aws_ecr_repository")}
    queues = {name: fact for fact in facts if fact.type in _QUEUES for name in _queue_names(fact)}
    routes = served_routes(facts)
    for fact in objects:
        for path, value in _leaves(fact.attributes.get("spec"), "spec"):
            parts = path.split(".")
            if parts[-1] == "path" and parts[-3:-1] == ["http_get", "0"] and isinstance(value, str):
                yield from answered(fact, "health-path", "GET", value, path, routes)
            elif parts[-1] == "image" and isinstance(value, str):
                yield from _image(fact, path, value, repositories)
            elif fact.type in _SCALED and parts[-1] in _QUEUE_KEYS and isinstance(value, str):
                yield from _scaled_by(fact, path, value, queues)
            elif parts[-5:] == ["backend", "0", "service", "0", "name"] and isinstance(value, str):
                yield from _backend(fact, path, value, services)
        annotation = _annotations(fact).get(_HEALTH_ANNOTATION)
        if isinstance(annotation, str):
            path = f"metadata.0.annotations.{_HEALTH_ANNOTATION}"
            yield from answered(fact, "health-path", "GET", annotation, path, routes)


def _leaves(value: Value, path: str) -> Iterator[tuple[str, Value]]:
    stack: list[tuple[str, Value]] = [(path, value)]
    while stack:
        at, here = stack.pop()
        if isinstance(here, dict):
            stack += [(f"{at}.{key}", item) for key, item in here.items()]
        elif isinstance(here, list):
            stack += [(f"{at}.{number}", item) for number, item in enumerate(here)]
        else:
            yield at, here


def _metadata(fact: Fact) -> dict[str, Value]:
    value = fact.attributes.get("metadata")
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, dict) else {}


def _annotations(fact: Fact) -> dict[str, Value]:
    value = _metadata(fact).get("annotations")
    return value if isinstance(value, dict) else {}


def _namespace(fact: Fact) -> str:
    return str(_metadata(fact).get("namespace", ""))


def _image(fact: Fact, path: str, image: str, repositories: dict[str, Fact]) -> Iterator[Relation]:
    host, _, rest = image.partition("/")
    repository = repositories.get(rest.partition("@")[0].partition(":")[0]) if ".dkr.ecr." in host else None
    if repository is not None:
        yield Relation(kind="image", source=fact.id, target=repository.id, where=place(fact, path))


def _queue_names(fact: Fact) -> Iterator[str]:
    yield fact.name
    spec = fact.attributes.get("spec")
    first = spec[0] if isinstance(spec, list) and spec else None
    name = first.get("queue_name") if isinstance(first, dict) else None
    if isinstance(name, str):
        yield name


def _scaled_by(fact: Fact, path: str, url: str, queues: dict[str, Fact]) -> Iterator[Relation]:
    """What is scaled by the length of a queue reads from it."""
    name = url.rpartition("/")[2]
    queue = queues.get(name)
    target = queue.id if queue else name
    yield Relation(
        kind="consumes", source=fact.id, target=target, where=place(fact, path), resolved=bool(queue)
    )


def _backend(fact: Fact, path: str, name: str, services: dict[tuple[str, str], Fact]) -> Iterator[Relation]:
    if f"{_ACTION}{name}" in _annotations(fact):
        return
    service = services.get((_namespace(fact), name))
    target = service.id if service else name
    yield Relation(
        kind="backend", source=fact.id, target=target, where=place(fact, path), resolved=bool(service)
    )
