"""What a project is built from: dependencies, SQL migrations, edge handlers."""

from __future__ import annotations

import re

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.lined import dig, line_of
from launchbook.repo.reader import File, Found, reader

_LOCKS = {
    "package.json": ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb", "npm-shrinkwrap.json"),
    "pyproject.toml": (
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "requirements.lock",
        "requirements.txt",
        "Pipfile.lock",
    ),
    "Gemfile": ("Gemfile.lock",),
    "go.mod": ("go.sum",),
    "Cargo.toml": ("Cargo.lock",),
    "composer.json": ("composer.lock",),
}


@reader("dependencies", *_LOCKS, hides=("dependencies",))
def dependencies(file: File, found: Found) -> None:
    """A manifest and the lock file beside it or above it (a workspace's); none means that builds are not repeatable."""
    folder, lock = file.folder, ""
    while not lock:
        beside = (f"{folder}/{name}" if folder else name for name in _LOCKS[file.name])
        lock = next((path for path in beside if found.tree.get(path) is not None), "")
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    line = 1
    if file.name == "package.json":
        document = file.json
        line = line_of(document, "dependencies") if dig(document, "dependencies") else 1
        if not (dig(document, "dependencies") or dig(document, "devDependencies")):
            return
    found.fact(file, "dependencies", "dependencies", name=file.path, line=line, attributes={"lock": lock})


_TABLE = regex(
    r"^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)", re.I | re.M
)


@reader("SQL migrations", "*.sql", sniff=rb"(?i)create\s+table|alter\s+table", hides=("document",))
def migrations(file: File, found: Found) -> None:
    """The tables that a script creates."""
    tables: list[Value] = [*dict.fromkeys(_TABLE.findall(file.text))]
    found.document(file, "sql-migration", file.name, 1, tables=tables)


@reader(
    "Lambda@Edge",
    "**/edge/*.js",
    "**/edge/*.ts",
    "**/edge/*.mjs",
    sniff=rb"Records\s*\[\s*0\s*\]\s*\.\s*cf|cf\.(request|response)",
    hides=("lambda_edge_handler",),
)
def edge_handlers(file: File, found: Found) -> None:
    """A handler of CloudFront events, and whether it changes a request or a response."""
    match = re.search(
        r"exports\.handler|export (const|async function|function) handler|module\.exports", file.text
    )
    at = file.text.count("\n", 0, match.start()) + 1 if match else 1
    changes: list[Value] = [
        word for word in ("request", "response") if f"cf.{word}" in file.text or f"{{ {word}" in file.text
    ]
    name = file.name.rpartition(".")[0]
    found.fact(
        file, "lambda_edge_handler", f"edge:{name}", name=name, line=at, attributes={"changes": changes}
    )
