"""Files that set or describe environment variables: ``.env`` templates, per-environment templates, tables in pages.

Names only. Whether a line gives a value is kept (a template with values is a finding), the value never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.lined import as_map, line_of
from launchbook.repo.reader import File, Found, reader

_ASSIGNED = regex(r"^\s*(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]{1,})\s*=(?P<value>.*)$")
_TEMPLATE = regex(r"example|sample|template|dist|defaults?$", re.I)
_ENVIRONMENT = regex(
    r"(?:^|[._/-])(production|prod|staging|stage|preprod|development|dev|test|qa|local)(?=[._/-]|$)", re.I
)
_NAMES = {"prod": "production", "stage": "staging", "dev": "development"}
_PLACEHOLDER = regex(r"^\W*$|^<.*>$|^\$?\{.*\}$|^(x{3,}|changeme|change-me|your[-_ ].*|todo|\.\.\.)$", re.I)
#: What Amplify and Lambda set themselves and refuse to take.
RESERVED = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}


def environment_of(path: str) -> str:
    """The environment that a path names (``staging-template.yaml``, ``.env.production``); empty for none."""
    found = _ENVIRONMENT.findall(path)
    return _NAMES.get(found[-1].lower(), found[-1].lower()) if found else ""


@reader("environment templates", ".env", ".env.*", "*.env", "env.example", "*.env.*", hides=("setting",))
def dotenv(file: File, found: Found) -> None:
    """``NAME=value`` lines. A real ``.env`` with values is also a file that should not be in a repository."""
    environment = environment_of(file.path)
    holds = 0
    for number, written in enumerate(file.text.splitlines(), 1):
        match = _ASSIGNED.match(written)
        if match is None:
            continue
        given = not _PLACEHOLDER.match(match["value"].strip().strip("'\""))
        holds += given
        found.setting(
            file, match["name"], "set", number, environment, given=given, reserved=match["name"] in RESERVED
        )
    if holds and not _TEMPLATE.search(file.name):
        found.document(file, "secrets", file.name, 1, why="an environment file with values", names=holds)


@reader(
    "environment templates by branch",
    "**/*env*/*.yaml",
    "**/*env*/*.yml",
    "**/*env*/*.json",
    "*env-vars*.yaml",
    "*env-vars*.json",
    hides=("setting",),
)
def templates(file: File, found: Found) -> None:
    """A map under ``variables`` or ``environment``; a list under ``reserved`` names what the platform keeps."""
    document = file.json if file.name.endswith(".json") else next(iter(file.yaml), None)
    top = as_map(document)
    environment = (
        top.get("environment") if isinstance(top.get("environment"), str) else environment_of(file.path)
    )
    for key in ("variables", "environmentVariables", "env", "environment"):
        held = as_map(top.get(key))
        for name in held:
            if _ASSIGNED.match(f"{name}="):
                given = not _PLACEHOLDER.match(str(held[name] or ""))
                at = line_of(document, key, name)
                found.setting(file, name, "set", at, str(environment), given=given, reserved=name in RESERVED)
    reserved = top.get("reserved")
    for index, name in enumerate(reserved if isinstance(reserved, list) else ()):
        found.setting(file, str(name), "reserved", line_of(document, "reserved", index), reserved=True)


_TABLE_NAME = regex(r"`([A-Z][A-Z0-9_]{2,})`")
_IMPLIED = {
    "postgres": ("aws_db_instance", "postgres"),
    "mysql": ("aws_db_instance", "mysql"),
    "redis": ("aws_elasticache_replication_group", "redis"),
    "mongo": ("aws_docdb_cluster", "mongodb"),
    "opensearch": ("aws_opensearch_domain", "opensearch"),
}


@reader(
    "documented settings",
    "*ENV*.md",
    "*environment*.md",
    "*configuration*.md",
    sniff=rb"`[A-Z][A-Z0-9_]{2,}`",
    hides=(),
)
def documented(file: File, found: Found) -> None:
    """A table row or list item that names a variable in code quotes, and the data store that its name implies."""
    seen: set[str] = set()
    for number, name, words in _rows(file.text):
        if name in seen:
            continue
        seen.add(name)
        found.setting(file, name, "document", number, reserved=False)
        implied = implied_store(name, words)
        if implied is not None:
            kind, engine = implied
            found.fact(
                file,
                "implied_store",
                f"implied:{name}",
                name=name,
                line=number,
                attributes={"implies": kind, "engine": engine},
            )


def _rows(text: str) -> Iterator[tuple[int, str, str]]:
    for number, written in enumerate(text.splitlines(), 1):
        if written.lstrip().startswith(("|", "-", "*")):
            first = (
                written.split("|")[1] if written.lstrip().startswith("|") and "|" in written[1:] else written
            )
            for name in _TABLE_NAME.findall(first):
                yield number, name, written


def implied_store(name: str, words: str = "") -> tuple[str, str] | None:
    """The resource type and engine that a setting implies: ``REDIS_URL`` a cache, ``DATABASE_URL`` a database."""
    if not re.search(r"(URL|URI|HOST|DSN)$", name):
        return None
    text = f"{name} {words}".lower()
    for word, implied in _IMPLIED.items():
        if word in (name.lower() if word == "redis" else text):
            return implied
    return ("aws_db_instance", "") if name.startswith(("DATABASE", "DB_")) else None
