"""Which route answers a path: a concrete one before a parameter, that before a catch-all; rewrites in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from launchbook.model import Endpoint, Fact, Facts
from launchbook.patterns import regex

#: A parameter as frameworks write it: ``{id}``, ``:id``, ``[id]``, ``<int:id>``.
_PARAMETER = regex(r"\{[^}]*\}|:\w+\??|\[[^\]]*\]|<[^>]*>")
#: A part that takes the rest of a path, of which there must be some: ``{x+}``, ``[...x]``, ``{x...}``, ``<path:x>``.
_REST = regex(r"\{\w+(?:\+|\.\.\.|:path|:\.[+*])\}|\[\.\.\.\w+\]|:\w+\+|<path:\w+>|:\w+\(\.[+*]\)")
#: The same where nothing need be left: ``{x*}``, ``[[...x]]``, ``:x*``, ``*``.
_ANY_REST = regex(r"\{\w+\*\}|\{\*\w+\}|\[\[\.\.\.\w+\]\]|:\w+\*|\*{1,2}\w*|\(\.\*\)")
#: Rewrites that lead to rewrites are followed so far.
_DEEPEST = 3
#: Rests in a path, and parameters in one part of it, that are matched.
_MOST = 2
#: A longer path is only looked for as it stands.
_LONGEST = 2_000
#: Weights of a part of a path: literal, literal with a parameter in it, parameter, and the two kinds of rest.
_LITERAL, _MIXED, _WHOLE, _SOME, _ALL = range(5)


class Routes:
    """Routes that are served, and the rewrites before and after them."""

    def __init__(self, routes: Iterable[Fact], rewrites: Iterable[Fact] = ()) -> None:
        self._exact: dict[str, list[Fact]] = {}
        self._open: dict[
            str, str
        ] = {}  # shape to path; compiled when something is asked for that no route names
        for route in routes:
            if not route.attributes.get("shadowed") and route.origin == "source":
                path = str(route.attributes.get("path"))
                self._exact.setdefault(shape(path), []).append(route)
                if _is_open(path):
                    self._open.setdefault(shape(path), path)
        self._rewrites = [
            (str(one.attributes.get("when")), _compiled(source)[1], one)
            for one in rewrites
            if one.origin == "source" and _is_bounded(source := str(one.attributes["from"]))
        ]
        self._asked: dict[str, list[Fact]] = {}

    def answering(self, path: str) -> list[Fact]:
        """The routes of whatever method that a request for the path reaches; none when no file tells."""
        plain = path.split("?")[0]
        if plain not in self._asked:
            self._asked[plain] = self._reached(plain, _DEEPEST)
        return self._asked[plain]

    def takes(self, path: str) -> bool:
        """Whether a route answers just this path, last slash and all, or a rewrite passes it on."""
        return len(path) > _LONGEST or (
            any(_slashed(route, path) for route in self.answering(path))
            or any(_compiled(one)[1].fullmatch(_bare(path)) for one in self._open.values())
            or any(pattern.fullmatch(_bare(path)) for _, pattern, _ in self._rewrites)
        )

    def _reached(self, path: str, left: int) -> list[Fact]:
        exact = self._exact.get(shape(path), [])
        if len(path) > _LONGEST:
            return exact
        same = [route for route in exact if _slashed(route, path)]
        turns: tuple[Callable[[], list[Fact] | None], ...] = (
            lambda: self._rewritten("before", path, left),
            lambda: same or None,
            lambda: self._rewritten("after", path, left),
            lambda: exact or self._by_pattern(path) or None,
            lambda: self._rewritten("fallback", path, left),
        )
        return next((found for turn in turns if (found := turn()) is not None), [])

    def _rewritten(self, when: str, path: str, left: int) -> list[Fact] | None:
        """The routes that a rewrite leads to: none for one that leads out of these files; None without a rewrite."""
        for phase, pattern, rewrite in self._rewrites if left else ():
            match = pattern.fullmatch(_bare(path)) if phase == when else None
            to = rewrite.attributes.get("to")
            if match is None:
                continue
            if isinstance(to, str) and to.startswith("/"):
                target = _filled(to, match.groupdict(""))
                if found := self._reached(target.split("?")[0], left - 1):
                    return found
            elif _beginning(str(rewrite.attributes["from"])):
                return []
        return None

    def _by_pattern(self, path: str) -> list[Fact]:
        begin = _beginning(path)
        near = [(one, key) for key, one in self._open.items() if _beginning(one) in (begin, "")]
        compiled = [(*_compiled(one), key) for one, key in near]
        fitting = [
            (weights, key)
            for weights, pattern, key in compiled
            # what takes any path at all is some other application's as likely as not
            if _LITERAL in weights and pattern.fullmatch(_bare(path))
        ]
        if not fitting:
            return []
        best = min(weights for weights, _ in fitting)
        return [route for weights, key in fitting if weights == best for route in self._exact[key]]


def served_routes(facts: Facts) -> Routes:
    """Everything in the files that answers paths."""
    return Routes(facts.seen(Endpoint), facts.seen("path_rewrite"))


def shape(path: str) -> str:
    """A path with its parameters made alike, and without its last slash."""
    plain = _ANY_REST.sub("{*}", path.split("?")[0])
    plain = _REST.sub("{+}", plain)
    return re.sub(r"\{(?![*+]\})[^}]*\}|:\w+|\[[^\]]*\]", "{}", plain).rstrip("/") or "/"


def _bare(path: str) -> str:
    return path.split("?")[0].rstrip("/") or "/"


def _slashed(route: Fact, path: str) -> bool:
    own = str(route.attributes.get("path"))
    return own == "/" or own.endswith("/") == path.split("?")[0].endswith("/")


def _is_open(path: str) -> bool:
    return bool(_PARAMETER.search(path) or _ANY_REST.search(path)) and _is_bounded(path)


def _is_bounded(path: str) -> bool:
    """Whether a match of a path costs little: what holds many rests or parameters side by side tries every split."""
    rests = len(_REST.findall(path)) + len(_ANY_REST.findall(path))
    return rests <= _MOST and all(len(_PARAMETER.findall(part)) <= _MOST for part in path.split("/"))


def _beginning(path: str) -> str:
    """The first part of a path where it is literal, else empty."""
    part = path.strip("/").partition("/")[0]
    return "" if _PARAMETER.search(part) or _ANY_REST.search(part) else part


@lru_cache(maxsize=4096)
def _compiled(path: str) -> tuple[tuple[int, ...], re.Pattern[str]]:
    """The weights of a path's parts and the pattern of what it takes, its parameters as named groups."""
    parts = [_part(part) for part in path.strip("/").split("/")]
    try:
        pattern = re.compile("".join(pattern for _, pattern in parts), re.S)
    except re.error:  # two parameters of one name
        pattern = re.compile("".join(re.sub(r"\?P<\w+>", "?:", pattern) for _, pattern in parts), re.S)
    return tuple(weight for weight, _ in parts), pattern


def _part(part: str) -> tuple[int, str]:
    if _ANY_REST.fullmatch(part):
        return _ALL, f"(?:{_group(part, '/.*')})?"
    if _REST.fullmatch(part):
        return _SOME, "/" + _group(part, ".+")
    pieces = list(_pieces(part))
    if len(pieces) == 1:
        return (_WHOLE if _PARAMETER.fullmatch(part) else _LITERAL), "/" + pieces[0]
    return _MIXED, "/" + "".join(pieces)


def _pieces(part: str) -> Iterator[str]:
    at = 0
    for match in _PARAMETER.finditer(part):
        if match.start() > at:
            yield re.escape(part[at : match.start()])
        yield _group(match.group(), "[^/]+")
        at = match.end()
    if at < len(part) or not part:
        yield re.escape(part[at:])


def _filled(path: str, given: dict[str, str]) -> str:
    """A rewrite's destination with what its source took."""
    return re.sub(r":(\w+)[*+?]?", lambda name: given.get(name[1], name[0]).lstrip("/"), path)


def _group(part: str, pattern: str) -> str:
    name = re.search(r"[A-Za-z_]\w*", part)
    return f"(?P<{name[0]}>{pattern})" if name and part.startswith(":") else f"(?:{pattern})"
