"""Metrics that the code itself emits, and the middleware it defines."""

from __future__ import annotations

import ast
import re

from launchbook.repo.code.python import constant, dotted, nodes, tree
from launchbook.repo.code.syntax import arguments, below, field, line, pairs, root, string, text
from launchbook.repo.reader import File, Found, reader

_KINDS = ("Counter", "Gauge", "Histogram", "Summary")
_JAVASCRIPT = tuple(f"*.{suffix}" for suffix in ("ts", "tsx", "js", "mjs", "cjs"))


@reader("Prometheus metrics in JavaScript", *_JAVASCRIPT, sniff=rb"prom-client", hides=("prometheus_metric",))
def javascript_metrics(file: File, found: Found) -> None:
    """``new Counter({name: "…"})``."""
    for made in below(root(file), "new_expression"):
        kind = text(field(made, "constructor")).rpartition(".")[2]
        given = pairs(arguments(made)[0]) if kind in _KINDS and arguments(made) else {}
        name = string(given.get("name"))
        if name:
            _metric(file, found, name, kind, line(given["name"]))


@reader("Prometheus metrics in Python", "*.py", sniff=rb"prometheus_client", hides=("prometheus_metric",))
def python_metrics(file: File, found: Found) -> None:
    """``Counter("name", …)``."""
    for node in nodes(tree(file)):
        if (
            isinstance(node, ast.Call)
            and (kind := dotted(node.func).rpartition(".")[2]) in _KINDS
            and node.args
        ):
            name = constant(node.args[0])
            if isinstance(name, str):
                _metric(file, found, name, kind, node.lineno)


def _metric(file: File, found: Found, name: str, kind: str, at: int) -> None:
    found.fact(
        file, "prometheus_metric", f"metric:{name}", name=name, line=at, attributes={"kind": kind.lower()}
    )


@reader(
    "middleware",
    *(f"**/*middleware*/**/*.{suffix}" for suffix in ("ts", "js", "mjs", "py")),
    *(f"**/middleware/*.{suffix}" for suffix in ("ts", "js", "mjs", "py")),
    sniff=rb"export|module\.exports|^def |^class ",
    hides=("middleware",),
)
def middleware(file: File, found: Found) -> None:
    """A module of a ``middleware`` folder: named after its file, at its first exported function."""
    name = file.name.rpartition(".")[0]
    first = re.search(r"^(export (default )?(async )?function|def |class )", file.text, re.M)
    exported = first or re.search(r"^(export |module\.exports)", file.text, re.M)
    if exported is None or name in ("index", "__init__"):
        return
    at = file.text.count("\n", 0, exported.start()) + 1
    found.fact(file, "middleware", f"middleware:{name}", name=name, line=at)
