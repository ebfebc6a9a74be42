"""What a view of Django or of its REST framework answers: methods, actions beside them, and what stands in front."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.code.mounting_python import Module
from launchbook.repo.code.python import constant, dotted, keyword, strings, tree, words_of
from launchbook.repo.lined import Unreadable

_DEEPEST = 4
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_GUARDS = regex(
    r"login_required|permission_required|staff_member_required|user_passes_test|IsAuthenticated\b|IsAdmin"
    r"|(?:Login|Permission)Required|UserPassesTest"
)
_LIMITS = regex(r"rate_?limit|throttle", re.I)
#: What the views of Django and of its REST framework answer by themselves.
_GENERIC = {
    "TemplateView": "GET", "ListView": "GET", "DetailView": "GET", "ArchiveIndexView": "GET",
    "FormView": "GET POST", "CreateView": "GET POST", "UpdateView": "GET POST", "DeleteView": "GET POST",
    "ListAPIView": "GET", "RetrieveAPIView": "GET", "CreateAPIView": "POST", "DestroyAPIView": "DELETE",
    "UpdateAPIView": "PUT PATCH", "ListCreateAPIView": "GET POST", "RetrieveUpdateAPIView": "GET PUT PATCH",
    "RetrieveDestroyAPIView": "GET DELETE", "RetrieveUpdateDestroyAPIView": "GET PUT PATCH DELETE",
}  # fmt: skip
#: What a set of views does by itself, by the class it is built on.
_ALL = ("list", "create", "retrieve", "update", "partial_update", "destroy")
_SETS = {
    "ModelViewSet": _ALL, "ReadOnlyModelViewSet": ("list", "retrieve"), "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",), "RetrieveModelMixin": ("retrieve",), "DestroyModelMixin": ("destroy",),
    "UpdateModelMixin": ("update", "partial_update"), "GenericViewSet": (), "ViewSet": (), "ViewSetMixin": (),
}  # fmt: skip
#: Each of them: its method, and whether it is about one thing.
_SERVED = {
    "list": ("GET", False), "create": ("POST", False), "retrieve": ("GET", True),
    "update": ("PUT", True), "partial_update": ("PATCH", True), "destroy": ("DELETE", True),
}  # fmt: skip
Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@record()
class Served:
    """Methods of one path below a view's own: ``tail`` is empty, or what an action adds."""

    methods: tuple[str, ...]
    guards: tuple[str, ...] = ()
    tail: str = ""


def view(module: Module, node: ast.expr) -> Served:
    """What ``views.show``, ``Show.as_view()`` or either inside a decorator answers; ANY where no file tells."""
    guards: list[str] = []
    for _ in range(_DEEPEST):  # ``csrf_exempt(login_required(views.show))``
        if not isinstance(node, ast.Call):
            break
        if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
            node = node.func.value
            break
        guards += _guards(words_of(node.func))
        if not node.args:
            break
        node = node.args[-1]
    found = _defined(module, node)
    if found is None:
        return Served(("ANY",), tuple(guards))
    where, defined = found
    if isinstance(defined, ast.ClassDef):
        methods, more = _of_class(where, defined)
        return Served(methods or ("ANY",), (*guards, *more))
    return Served(_of_function(defined), (*guards, *_decorating(defined)))


def viewset(module: Module, node: ast.expr) -> Iterator[Served]:
    """Every path of a set of views; all that a model's has where no file tells which one it is."""
    found = _defined(module, node)
    where, defined = found if found is not None else (module, None)
    if not isinstance(defined, ast.ClassDef):
        yield from (Served((_SERVED[one][0],), (), "/{pk}" if _SERVED[one][1] else "") for one in _ALL)
        return
    known, extra, before = _actions(where, defined)
    guards = tuple(before)
    one_of = f"/{{{_own(defined, 'lookup_url_kwarg') or _own(defined, 'lookup_field') or 'pk'}}}"
    allowed = _allowed(defined)
    for name in _ALL:
        method, single = _SERVED[name]
        if name in known and (allowed is None or method in allowed):
            yield Served((method,), guards, one_of if single else "")
    for function, action in extra:
        methods = tuple(one.upper() for one in strings(keyword(action, "methods"))) or ("GET",)
        path = constant(keyword(action, "url_path")) or function.name
        above = one_of if constant(keyword(action, "detail")) is True else ""
        yield Served(methods, (*guards, *_decorating(function)), f"{above}/{path}")


def _defined(module: Module, node: ast.AST, depth: int = 0) -> tuple[Module, Defined] | None:
    """The function or class that a name means, with the module that has it."""
    router = module.router(node) if dotted(node) and depth < _DEEPEST else None
    file = module.files.get(router.file) if router is not None else None
    if router is None or file is None:
        return None
    try:
        where = module if file.path == module.file.path else Module(file, module.files, tree(file))
    except Unreadable:
        return None
    for one in where.top.body:
        if isinstance(one, Defined) and one.name == router.name:
            return where, one
    return None


def _of_function(defined: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    for one in defined.decorator_list:
        name = dotted(one.func if isinstance(one, ast.Call) else one).rpartition(".")[2]
        if name in ("require_POST", "require_GET", "require_safe"):
            return ("POST",) if name == "require_POST" else ("GET",)
        if name in ("require_http_methods", "api_view") and isinstance(one, ast.Call):
            given = one.args[0] if one.args else keyword(one, "http_method_names")
            return tuple(text.upper() for text in strings(given)) or ("GET",)
    return ("ANY",)


def _of_class(module: Module, defined: ast.ClassDef, depth: int = 0) -> tuple[tuple[str, ...], list[str]]:
    """A class's methods in their usual order, those of the classes it is built on with them."""
    methods = {one.name.upper() for one in defined.body if isinstance(one, Defined) and one.name in _VERBS}
    guards = _of_bases(defined)
    for base in defined.bases:
        methods |= set(_GENERIC.get(dotted(base).rpartition(".")[2], "").split())
        inner = _defined(module, base, depth)
        if inner is not None and isinstance(inner[1], ast.ClassDef) and depth < _DEEPEST:
            more, before = _of_class(inner[0], inner[1], depth + 1)
            methods |= set(more)
            guards += before
    allowed = _allowed(defined)
    known = (one.upper() for one in _VERBS)
    return tuple(one for one in known if one in methods and (allowed is None or one in allowed)), guards


def _actions(
    module: Module, defined: ast.ClassDef, depth: int = 0
) -> tuple[set[str], list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Call]], list[str]]:
    """What a set of views does, what ``@action`` adds, and what stands in front of it."""
    known: set[str] = set()
    extra = []
    guards = _of_bases(defined)
    for one in defined.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            known |= {one.name} & set(_ALL)
            for decorator in one.decorator_list:
                if isinstance(decorator, ast.Call) and dotted(decorator.func).endswith("action"):
                    extra.append((one, decorator))
    for base in defined.bases:
        name = dotted(base).rpartition(".")[2]
        inner = _defined(module, base, depth) if name not in _SETS else None
        if inner is not None and isinstance(inner[1], ast.ClassDef) and depth < _DEEPEST:
            done, more, before = _actions(inner[0], inner[1], depth + 1)
            known |= done
            extra += more
            guards += before
        elif name in _SETS:
            known |= set(_SETS[name])
        elif name.endswith("ViewSet"):
            known |= set(_ALL)  # another library's: all that one may have
    return known, extra, guards


def _own(defined: ast.ClassDef, name: str) -> str:
    value = constant(_set(defined, name))
    return value if isinstance(value, str) else ""


def _set(defined: ast.ClassDef, name: str) -> ast.expr | None:
    for one in defined.body:
        if isinstance(one, ast.Assign) and any(dotted(target) == name for target in one.targets):
            return one.value
    return None


def _allowed(defined: ast.ClassDef) -> set[str] | None:
    given = _set(defined, "http_method_names")
    return {one.upper() for one in strings(given)} if given is not None else None


def _of_bases(defined: ast.ClassDef) -> list[str]:
    asked = _set(defined, "permission_classes")
    words = " ".join(map(words_of, [*defined.bases, *([asked] if asked is not None else [])]))
    return [*_guards(words), *_decorating(defined)]


def _decorating(defined: Defined) -> list[str]:
    return [guard for one in defined.decorator_list for guard in _guards(words_of(one))]


def _guards(words: str) -> list[str]:
    found = ["authentication"] if _GUARDS.search(words) else []
    return found + (["rate-limit"] if _LIMITS.search(words) else [])
