"""Which route answers a path, as data: the paths of routes, what is asked, and the route that answers."""

from __future__ import annotations

import time

import pytest

from launchbook.model import Fact, Where, make_fact
from launchbook.repo.relations._answering import Routes


def routes(*paths: str) -> Routes:
    return Routes([endpoint(path) for path in paths])


def endpoint(path: str) -> Fact:
    return make_fact(
        "endpoint",
        id=path,
        name=path,
        where=Where("app.ts", 1),
        level="static",
        origin="source",
        attributes={"method": "GET", "path": path},
    )


def rewrite(given: str, to: str, when: str) -> Fact:
    return make_fact(
        "path_rewrite",
        id=given,
        name=given,
        where=Where("next.config.js", 1),
        level="static",
        origin="source",
        attributes={"from": given, "to": to, "when": when},
    )


@pytest.mark.parametrize(
    ("paths", "asked", "answer"),
    [
        (("/a/{id}", "/a/b", "/a/{x+}"), "/a/b", ["/a/b"]),
        (("/a/{x+}", "/a/{id}"), "/a/c", ["/a/{id}"]),
        (("/a/{x+}", "/a/{id}"), "/a/c/d", ["/a/{x+}"]),
        (("/a/{id}/c", "/a/{x*}"), "/a/b/c", ["/a/{id}/c"]),
        (("/a/{x*}",), "/a", ["/a/{x*}"]),
        (("/a/{x+}",), "/a", []),
        (("/a/*",), "/a/b/c", ["/a/*"]),
        (("/a/{rest:path}",), "/a/b/c", ["/a/{rest:path}"]),
        (("/a/<int:id>/",), "/a/3", ["/a/<int:id>/"]),
        (("/a/:id.json", "/a/:id"), "/a/1.json", ["/a/:id.json"]),
        (("/{tenant}",), "/healthz", []),
        (("/{proxy+}",), "/healthz", []),
        (("/health/",), "/health", ["/health/"]),
        (("/health/", "/health"), "/health", ["/health"]),
        (("/a/{id}",), "/b/1", []),
        (("/a/{id}",), "/a/1?x=y", ["/a/{id}"]),
    ],
)
def test_the_nearest_route_answers(paths: tuple[str, ...], asked: str, answer: list[str]) -> None:
    assert [route.id for route in routes(*paths).answering(asked)] == answer


@pytest.mark.parametrize(
    ("when", "to", "answer"),
    [
        ("before", "/api/other", ["/api/other"]),
        ("after", "/api/other", ["/a/b"]),
        ("fallback", "/api/other", ["/a/b"]),
        ("before", "/a/b", ["/a/b"]),
        ("before", "https://elsewhere.example.org/", []),
        ("after", "https://elsewhere.example.org/", ["/a/b"]),
    ],
)
def test_a_rewrite_has_its_turn(when: str, to: str, answer: list[str]) -> None:
    held = Routes([endpoint("/a/b"), endpoint("/api/other")], [rewrite("/a/:rest*", to, when)])
    assert [route.id for route in held.answering("/a/b")] == answer


def test_many_wildcards_take_no_time() -> None:
    begun = time.process_time()
    held = routes("/a" + "/*" * 40, "/a/" + "{x}" * 40)
    assert held.answering("/a/" + "b/" * 900) == []
    assert time.process_time() - begun < 1
