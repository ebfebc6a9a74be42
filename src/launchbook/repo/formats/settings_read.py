"""Environment variables that code reads, by name: JavaScript and TypeScript, Python, Java, Go, Ruby, PHP, C#."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain

from tree_sitter import Node

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.pydantic import fields_of
from launchbook.repo.code.python import constant, dotted, expressions, tree
from launchbook.repo.code.syntax import arguments, below, field, line, near, string, text
from launchbook.repo.formats.settings_files import implied_store
from launchbook.repo.reader import File, Found, reader

_STORES = regex(r"(?:URL|URI|HOST|DSN)$")
_NAME = regex(r"^[A-Z][A-Z0-9_]{2,}$")
#: A function that is given names of settings: ``missingSettings(["DATABASE_URL"])``, ``requireEnv("X")``.
_ASKS = regex(r"env|setting|config|require", re.I)
#: One that is given a name to set it: ``fn.addEnvironment("NAME", value)``.
_SETS = regex(r"(?:^|\.)(?:add|set|put|with|define)[A-Z]\w*$")
#: Where a name of a setting may stand: the rest of a file is not parsed.
_NEAR = regex(
    r"process\.env|import\.meta\.env|(?:env|setting|config|require)\w{0,60}\(\s{0,99}\[?\s{0,99}['\"][A-Z]",
    re.I,
)
#: (name, line, required): required is False where the code goes on without it.
Read = tuple[str, int, bool]


@reader(
    "settings read by JavaScript",
    *(f"*.{suffix}" for suffix in ("ts", "tsx", "js", "jsx", "mjs", "cjs", "mts")),
    sniff=rb"process\.env|import\.meta\.env|ConfigService|[eE]nv\w*\(\s*\[?['\"][A-Z]|[sS]ettings?\w*\(\s*\[?\s*['\"][A-Z]",
    hides=("setting",),
)
def javascript_settings(file: File, found: Found) -> None:
    """``process.env.NAME``, ``process.env['NAME']``, and names handed to a function that looks them up."""
    top = near(file, _NEAR)
    for name, at in _given(top) if ".addEnvironment(" in file.text else ():
        found.setting(file, name, "set", at, of="addEnvironment")
    _add(file, found, chain(_javascript(top), _destructured(file.text), _configured(file.text)))


@reader(
    "settings read by Python",
    "*.py",
    sniff=rb"environ\b|getenv\(|BaseSettings|env\(\s*['\"][A-Z]|env\.\w+\(\s*['\"][A-Z]|config\(\s*['\"][A-Z]",
    hides=("setting",),
)
def python_settings(file: File, found: Found) -> None:
    """``os.environ["NAME"]``, ``os.getenv``, fields of pydantic's ``BaseSettings``, and ``env("NAME")`` of a helper."""
    module = tree(file) if "BaseSettings" in file.text else None
    looked_up = (read for node, at in expressions(file, _LOOKED_UP) for read in _python(node, at))
    fields = fields_of(module, file, found) if module is not None else ()
    helped = (read for node, at in expressions(file, _HELPED) for read in _python(node, at))
    _add(file, found, chain(looked_up, fields, helped))


_PATTERNS = {
    "java": r"""System\.getenv\(\s*"(?P<name>\w+)\"""",
    "kt": r"""System\.getenv\(\s*"(?P<name>\w+)\"""",
    "go": r"""os\.(?:Getenv|LookupEnv)\(\s*"(?P<name>\w+)\"""",
    "rb": r"""ENV(?:\.fetch\(|\[)\s*["'](?P<name>\w+)["']""",
    "php": r"""(?:getenv\(|\$_ENV\[)\s*["'](?P<name>\w+)["']""",
    "cs": r"""GetEnvironmentVariable\(\s*"(?P<name>\w+)\"""",
    "rs": r"""env::var\(\s*"(?P<name>\w+)\"""",
}


@reader(
    "settings read by other languages",
    *(f"*.{suffix}" for suffix in _PATTERNS),
    sniff=rb"getenv|os\.(Getenv|LookupEnv)|ENV(\.fetch|\[)|_ENV\[|GetEnvironmentVariable|env::var",
    hides=("setting",),
)
def other_settings(file: File, found: Found) -> None:
    """The one call that each language has for it; a commented line does not count."""
    pattern = re.compile(_PATTERNS[file.name.rpartition(".")[2]])
    reads = [
        (match["name"], number, True)
        for number, written in enumerate(file.text.splitlines(), 1)
        if not written.lstrip().startswith(("//", "#", "*"))
        for match in pattern.finditer(written)
    ]
    _add(file, found, iter(reads))


_LIBRARIES = regex(
    r"[\"'](?:npm:)?(pg|postgres|mysql2?|ioredis|redis|mongodb|mongoose|psycopg2?|asyncpg|pymongo)[\"'@/]"
    r"|^\s*(?:import|from)\s+(psycopg2?|asyncpg|redis|pymongo|mysql|aiomysql)\b",
    re.M,
)


def _implied(file: File, found: Found, name: str, at: int) -> None:
    """The data store that a setting's name implies, once in a repository; its engine from the file's libraries."""
    used = " ".join(one or other for one, other in _LIBRARIES.findall(file.text))
    store = implied_store(name, re.sub(r"\bpg\b|psycopg2?|asyncpg", "postgres", used))
    if store is not None and file.origin == "source" and found.first("implied_store", name):
        more: dict[str, Value] = {"implies": store[0], "engine": store[1]}
        found.fact(file, "implied_store", f"implied:{name}", name=name, line=at, attributes=more)


def _add(file: File, found: Found, reads: Iterator[Read]) -> None:
    seen: set[str] = set()
    for name, at, required in reads:
        if _NAME.match(name) and name not in seen:
            seen.add(name)
            found.setting(file, name, "read", at, required=required)
            if _STORES.search(name):
                _implied(file, found, name, at)


def _given(top: Node) -> Iterator[tuple[str, int]]:
    """The names that infrastructure in code gives a function: ``fn.addEnvironment("NAME", value)``."""
    for call in below(top, "call_expression"):
        if text(field(call, "function", "property")) == "addEnvironment" and arguments(call):
            name = string(arguments(call)[0])
            if name and _NAME.match(name):
                yield name, line(call)


def _javascript(top: Node) -> Iterator[Read]:
    for node in below(top, "member_expression", "subscript_expression", "call_expression"):
        if node.type == "call_expression":
            asked = text(field(node, "function"))
            if _ASKS.search(asked) and not _SETS.search(asked):
                for given in arguments(node):
                    for literal in below(given, "string"):
                        yield string(literal) or "", line(literal), True
        elif text(field(node, "object")) in ("process.env", "import.meta.env") and not _is_set(node):
            key = field(node, "property") or field(node, "index")
            name = string(key) if key is not None and key.type == "string" else text(key)
            yield name or "", line(node), not _optional(node)


_TAKEN_APART = regex(
    r"\{(?P<names>[^{}]{1,4000})\}\s*(?::[^=]{1,200})?=\s*(?:process|import\.meta)\.env\b(?!\s*[.\[])"
)
_PART = regex(r"(?:^|,)\s*(?P<name>[A-Z][A-Z0-9_]{2,})(?P<rest>[^,]*)")


def _destructured(source: str) -> Iterator[Read]:
    """``const { DATABASE_URL, PORT = "3000" } = process.env``."""
    for match in _TAKEN_APART.finditer(source) if "}" in source else ():
        for part in _PART.finditer(match["names"]):
            at = source.count("\n", 0, match.start("names") + part.start("name")) + 1
            yield part["name"], at, "=" not in part["rest"]


_SERVICE = regex(r"(?P<name>\w{1,60})\s{0,9}[?!]?:\s{0,9}ConfigService\b")


def _configured(source: str) -> Iterator[Read]:
    """``cfg.get<string>("X")`` and ``cfg.getOrThrow("X")`` of what is said to be NestJS's ``ConfigService``."""
    services = _SERVICE.finditer(source) if "ConfigService" in source else ()
    for service in sorted({match["name"] for match in services}):
        asks = rf"\b{service}\.get(?:OrThrow)?(?:<[^()]{{0,100}}>)?\(\s*['\"`](?P<name>\w+)['\"`]\s*(?P<next>[,)])"
        for match in re.finditer(asks, source):
            yield match["name"], source.count("\n", 0, match.start()) + 1, match["next"] == ")"


def _is_set(node: Node) -> bool:
    """Whether code gives it a value, or takes it away, instead of reading it."""
    above = node.parent
    if above is None:
        return False
    assigned = above.type == "assignment_expression" and field(above, "left") == node
    return assigned or (above.type == "unary_expression" and text(field(above, "operator")) == "delete")


def _optional(node: Node) -> bool:
    """Whether a default stands beside it, or the code asks whether it is there."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "binary_expression":
        return (
            text(field(parent, "operator")) in ("??", "||", "===", "!==", "==", "!=")
            and parent.children[0] == node
        )
    return parent.type in ("ternary_expression", "if_statement", "unary_expression")


#: What is set or deleted is not read: ``os.environ["X"] = value``.
_LOOKED_UP = regex(
    r"(?<![\w.])(?<!\bdel )(?:os\.)?(?:environ(?:\.get)?|getenv)(?=[(\[])(?!\[[^\]\n]{1,200}\]\s*=(?!=))"
)


#: A function that is named after what it looks into: environs, django-environ, decouple, or the repository's own.
_HELPED = regex(r"(?<![\w.])(?:\w*env(?:\.\w+)?|config)(?=\(\s*[\"'][A-Z][A-Z0-9_]+[\"'])")


def _python(node: ast.expr, at: int) -> Iterator[Read]:
    if isinstance(node, ast.Subscript):
        yield str(constant(node.slice) or ""), at, True
    elif isinstance(node, ast.Call) and node.args and not dotted(node.func).endswith("environ"):
        name = str(constant(node.args[0]) or "")
        # ``os.getenv`` gives nothing where nothing is set; a helper raises, unless it is told what to give.
        helper = not dotted(node.func).endswith(("getenv", "environ.get"))
        yield name, at, helper and len(node.args) == 1 and not node.keywords
