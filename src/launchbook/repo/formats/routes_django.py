"""Routes of Django and of its REST framework: ``urlpatterns``, what they include, and routers of sets of views."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.code.modules import python
from launchbook.repo.code.mounting_python import Module
from launchbook.repo.code.python import constant, dotted, keyword, tree, words_of
from launchbook.repo.code.views_django import Served, view, viewset
from launchbook.repo.files import Tree
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_PATHS = ("path", "re_path", "url")
#: What serves files of the repository itself, or nothing of its own.
_FILES = ("static", "staticfiles_urlpatterns")
_ROOT = regex(r"^\s*ROOT_URLCONF\s*=\s*[\"'](?P<module>[\w.]{1,200})[\"']", re.M)
_COMPUTED = "write the path out, or ask the running service"
_LISTED = "python manage.py show_urls"


@reader(
    "Django routes",
    "urls.py",
    "*_urls.py",
    "**/urls/*.py",
    "router.py",
    "routers.py",
    sniff=rb"urlpatterns|(Default|Simple)Router\(",
    hides=("endpoint",),
)
def django_routes(file: File, found: Found) -> None:
    """``path("x/<int:pk>/", view)`` below the prefixes that other files include this one under, and REST routers."""
    patterns = Router(file.path, "urlpatterns")
    if file.path in (known := _roots(found.tree)) or not known:
        found.mounts.roots.add(patterns)
    reading = _Reading(Module(file, found.tree, tree(file)), found)
    for statement, condition in _statements(reading.module.top.body):
        reading.statement(statement, condition)


@lru_cache(maxsize=2)  # every file of routes asks for it
def _roots(files: Tree) -> frozenset[str]:
    """The files that settings name as the ones that Django serves."""
    found = set()
    for file in files.files.values():
        if file.name.endswith(".py") and "settings" in file.path and (match := _ROOT.search(file.text)):
            root = python(files, file, match["module"])
            found |= {root.path} if root is not None else set()
    return frozenset(found)


def _statements(body: list[ast.stmt], condition: str = "") -> Iterator[tuple[ast.stmt, str]]:
    """The statements of a module, each with what must hold for it."""
    for one in body:
        if isinstance(one, ast.If):
            asked = words_of(one.test)
            for inner, what in ((one.body, asked), (one.orelse, f"not ({asked})")):
                yield from _statements(inner, f"{condition} and {what}" if condition else what)
        elif isinstance(one, ast.Try):
            yield from _statements([*one.body, *one.orelse], condition)
        else:
            yield one, condition


@dataclass
class _Reading:
    """One file of routes while it is read."""

    module: Module
    found: Found

    def statement(self, one: ast.stmt, condition: str) -> None:
        """A list of routes, what is added to one, and what a router is given."""
        if isinstance(one, ast.Assign | ast.AugAssign | ast.AnnAssign) and one.value is not None:
            target = one.targets[0] if isinstance(one, ast.Assign) else one.target
            into = Router(self.module.file.path, dotted(target))
            if isinstance(one.value, ast.Call) and not self._is_list(one.value):
                self._router(into, one.value)
            elif into.name:
                self.routes(one.value, into, condition)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            owner, _, verb = dotted(one.value.func).rpartition(".")
            given = one.value.args
            if verb == "register" and owner and len(given) > 1:
                self._registered(owner, one.value, condition)
            elif verb in ("append", "extend") and owner and given:
                self._extended(owner, verb, given[0], condition)

    def _is_list(self, call: ast.Call) -> bool:
        return dotted(call.func).rpartition(".")[2] in ("i18n_patterns", "format_suffix_patterns", "patterns")

    def _extended(self, owner: str, verb: str, given: ast.expr, condition: str) -> None:
        inner = dotted(given).removesuffix(".registry")
        if owner.endswith(".registry") and inner != dotted(given):
            outer = Router(self.module.file.path, owner.removesuffix(".registry"))
            self._mount(outer, self._named(inner), "")
        elif not owner.endswith(".registry"):
            self.routes(given, Router(self.module.file.path, owner), condition)

    def _router(self, into: Router, made: ast.Call) -> None:
        """``NestedSimpleRouter(router, "domains", lookup="domain")`` serves below one of another router's things."""
        given = [*made.args, None, None]
        prefix, lookup = constant(given[1]), constant(keyword(made, "lookup"))
        if "Nested" in dotted(made.func) and given[0] is not None and isinstance(prefix, str):
            below = f"/{prefix.strip('/')}/{{{lookup}_pk}}" if isinstance(lookup, str) else None
            self._mount(self._named(dotted(given[0])), into, below)

    def routes(self, node: ast.expr, into: Router, condition: str) -> None:
        """What a list of routes holds, whatever it is put together of."""
        if isinstance(node, ast.BinOp):
            self.routes(node.left, into, condition)
            self.routes(node.right, into, condition)
        elif isinstance(node, ast.List | ast.Tuple):
            for one in node.elts:
                self.routes(one, into, condition)
        elif isinstance(node, ast.Starred):
            self.routes(node.value, into, condition)
        elif isinstance(node, ast.Call):
            self._called(node, into, condition)
        elif dotted(node):
            self._mount(into, self._named(dotted(node)), "")

    def _called(self, call: ast.Call, into: Router, condition: str) -> None:
        name = dotted(call.func).rpartition(".")[2]
        if name in _PATHS and len(call.args) > 1:
            self._path(call, into, condition)
        elif name == "i18n_patterns":
            inner = Router(into.file, f"{into.name}@{call.lineno}")
            self._mount(into, inner, None)  # below the language, unless that is the default one
            for one in call.args:
                self.routes(one, inner, condition)
        elif name == "format_suffix_patterns" and call.args:
            self.routes(call.args[0], into, condition)
        elif name == "include" and call.args:
            self._included(call.args[0], into, "/", call.lineno)
        elif name not in _FILES:
            what = f"routes that {name or 'a call'}() gives are not read"
            self.found.gap(self.module.file, what, _LISTED, call.lineno)

    def _path(self, call: ast.Call, into: Router, condition: str) -> None:
        file, target = self.module.file, call.args[1]
        written = self.module.literal(call.args[0])
        if isinstance(target, ast.Call) and dotted(target.func).rpartition(".")[2] == "include":
            if target.args:
                prefix = _django_path(written) if written is not None else None
                self._included(target.args[0], into, prefix, call.lineno)
        elif dotted(target).endswith(".urls") or isinstance(target, ast.Tuple):
            prefix = _django_path(written) if written is not None else None
            self._included(target, into, prefix, call.lineno)
        elif written is None:
            self.found.gap(file, "a route whose path the code computes", _COMPUTED, call.lineno)
        else:
            self._served(_django_path(written), view(self.module, target), into, call.lineno, condition)

    def _served(self, path: str, served: Served, into: Router, line: int, condition: str) -> None:
        guards = [*dict.fromkeys(served.guards)]
        for method in served.methods:
            endpoint = self.found.endpoint(
                self.module.file,
                method,
                path,
                line,
                kind=kind_of(path),
                of=str(line),
                guards=[*guards],
                condition=condition,
            )
            self.found.mounts.belongs(endpoint, into)

    def _registered(self, owner: str, call: ast.Call, condition: str) -> None:
        """``router.register("users", UserViewSet)``: paths end in a slash unless the router is told otherwise."""
        written = self.module.literal(call.args[0])
        if written is None:
            what = "a route whose path the code computes"
            self.found.gap(self.module.file, what, _COMPUTED, call.lineno)
            return
        made = self.module.values.get(owner)
        given = constant(keyword(made, "trailing_slash")) if isinstance(made, ast.Call) else None
        end = "" if given is False else "/"
        into = self._named(owner) or Router(self.module.file.path, owner)
        for served in viewset(self.module, call.args[1]):
            path = _django_path(written).rstrip("/") + served.tail.rstrip("/") + end
            self._served(path, served, into, call.lineno, condition)

    def _included(self, what: ast.expr, into: Router, prefix: str | None, line: int) -> None:
        """``include("app.urls")``, ``include(app.urls)``, ``include(router.urls)``, a list, or a tuple with one."""
        if isinstance(what, ast.Tuple) and what.elts:
            what = what.elts[0]
        module = constant(what)
        inner: Router | None = None
        if isinstance(module, str):
            included = python(self.found.tree, self.module.file, module)
            inner = Router(included.path, "urlpatterns") if included is not None else None
        elif isinstance(what, ast.List):
            inner = Router(into.file, f"{into.name}@{line}")
            self.routes(what, inner, "")
        elif dotted(what) == "admin.site.urls":
            return
        elif dotted(what):
            inner = self._named(dotted(what))
        if inner is None:
            named = module if isinstance(module, str) else words_of(what)[:100]
            at = f" below {prefix}" if prefix is not None else ""
            self.found.gap(
                self.module.file, f"the routes of {named}{at} are not in these files", _LISTED, line
            )
        self._mount(into, inner, prefix)

    def _named(self, name: str) -> Router | None:
        """A list of routes, a router by its ``urls``, or a module of routes; None for another library's."""
        if not name:
            return None
        node = ast.parse(name.removesuffix(".urls"), mode="eval").body
        router = self.module.router(node)
        if router is None or (name.endswith(".urls") and router.name == ""):
            # ``polls.urls`` is a module of the package ``polls``
            router = self.module.router(ast.parse(name, mode="eval").body)
        if name in self.module.imported:  # ``import polls.urls``
            file = python(self.found.tree, self.module.file, name)
            return Router(file.path, "urlpatterns") if file is not None else None
        if router is not None and not router.name:
            return Router(router.file, "urlpatterns")
        own = router is not None and router.file == self.module.file.path
        return None if own and name.partition(".")[0] not in self.module.values else router

    def _mount(self, outer: Router | None, inner: Router | None, prefix: str | None) -> None:
        if outer is not None and inner is not None and outer != inner:
            self.found.mounts.mount(Mount(outer, inner, prefix))


def _django_path(written: str) -> str:
    path = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1\2}", written)
    # A pattern's optional slash at the end is none of the path, and a dot in it is a dot.
    return "/" + path.lstrip("^/").removesuffix("$").removesuffix("/?").replace("\\.", ".")
