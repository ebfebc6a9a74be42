"""What a JavaScript or TypeScript handler can answer, what it asks of its caller, and what it touches."""

from __future__ import annotations

import re

from tree_sitter import Node

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.endpoints import touches
from launchbook.repo.code.syntax import arguments, below, field, line, pairs, text

_RESPONDERS = regex(r"(^|\.)(json|send|end|redirect|sendStatus|text|html)$|^(Next)?Response$")
_SIGNED_IN = regex(
    r"\b(getServerSession|getSession|requireAuth|requireUser|requireAdmin|withAuth|verifyToken|verifyJwt|jwtVerify|"
    r"getToken|currentUser|isAuthenticated|authenticate|ensureLoggedIn|validateApiKey)\b|\bjwt\.verify\b|\bauth\(\)"
)
_ASKS = regex(r"^(req|request|r|event)\.|^await ")
_TELLING = {
    "simulated": r"Math\.random",
    "statuses": r"status\W{1,4}5\d\d\b",
    "unguarded_when_unset": r"\bif\s*\(\s*[\w.]+\s*&&",
}
_CODED = regex(r"\.(status|code)\(")
#: Koa's ``ctx.status = 201`` and Node's own ``res.statusCode = 503``.
_SETS = regex(r"(ctx|context|c|res|response|reply)\.(status|statusCode)\s*=")
_NUMBER = regex(r"^[1-5]\d\d$")


@record()
class Handler:
    """What was read of one handler.

    ``statuses`` are the codes it is seen to give. ``authenticated`` is None where nothing asks who calls, False where
    the question is skipped as long as a setting is empty. ``simulated`` marks answers made of random numbers.
    """

    statuses: list[int]
    authenticated: bool | None
    touches: list[str]
    simulated: bool

    @property
    def guards(self) -> list[str]:
        """``["authentication"]`` where the handler always asks who calls."""
        return ["authentication"] if self.authenticated else []


def read_handler(handler: Node, modules: dict[str, str]) -> Handler:
    """Read one handler; ``modules`` maps the names its file imports to where they come from."""
    words = {text(name) for name in below(handler, "identifier")}
    used = " ".join(
        f"{name} {modules.get(name, '')}" for name in sorted(words) if name in modules or name == "fetch"
    )
    return Handler(
        statuses=_statuses(handler),
        authenticated=_authenticated(handler),
        touches=touches(used),
        simulated="Math.random" in text(handler),
    )


def telling_lines(handler: Node) -> dict[str, int]:
    """The line of the made-up value, of the failing status, and of the question that is skipped."""
    written, first = text(handler), line(handler)
    found = {name: re.search(pattern, written) for name, pattern in _TELLING.items()}
    return {
        name: first + written.count("\n", 0, match.start())
        for name, match in found.items()
        if match is not None
    }


def _statuses(handler: Node) -> list[int]:
    """Codes by literal; an answer that gives none is a 200."""
    found: set[int] = set()
    plain = False
    for call in below(handler, "call_expression", "new_expression"):
        name = text(field(call, "function") or field(call, "constructor"))
        if name.endswith((".status", ".sendStatus", ".writeHead", ".code")):
            found |= {code for given in arguments(call)[:1] for code in _codes(given)}
        elif _RESPONDERS.search(name) and not _ASKS.match(name):
            second = arguments(call)[1] if len(arguments(call)) > 1 else None
            options = pairs(second)
            codes = _codes(options["status"]) if "status" in options else set()
            codes |= _codes(second) if second is not None and second.type == "number" else set()  # Hono
            found |= codes
            plain = plain or not (codes or "status" in options or _CODED.search(name))
    set_before = [one for one in below(handler, "assignment_expression") if _SETS.match(text(one))]
    for one in set_before:
        found |= _codes(one)
    plain = plain and not set_before
    return sorted(found | {200}) if plain else sorted(found)


def _codes(node: Node) -> set[int]:
    return {int(text(number)) for number in below(node, "number") if _NUMBER.match(text(number))}


def _authenticated(handler: Node) -> bool | None:
    if _SIGNED_IN.search(text(handler)):
        return True
    for branch in below(handler, "if_statement"):
        if not re.search(r"\b40[13]\b", text(field(branch, "consequence"))):
            continue
        condition = field(branch, "condition")
        inner = (
            condition.named_children[0] if condition is not None and condition.named_children else condition
        )
        operands = {text(field(inner, "left")), text(field(inner, "right"))}
        skips = text(field(inner, "operator")) == "&&" and any(
            re.fullmatch(r"[\w.]+", one) for one in operands
        )
        return not skips
    return None
