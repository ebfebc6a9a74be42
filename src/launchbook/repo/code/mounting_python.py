"""Routers of FastAPI, Flask and Starlette across files: what a name means, and where each router is mounted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from launchbook.patterns import regex
from launchbook.repo.code import modules
from launchbook.repo.code.python import constant, dotted, functions, keyword, nodes, tree, words_of
from launchbook.repo.files import File, Tree
from launchbook.repo.lined import Unreadable
from launchbook.repo.mounts import Mount, Mounts, Router

_APPLICATION = regex(
    r"(^|\.)(FastAPI|Flask|Starlette|Quart|Sanic|Litestar|Application|Chalice|Bottle|Robyn|APIFlask"
    # Powertools: the event's own path is what these match
    r"|APIGatewayRestResolver|APIGatewayHttpResolver|ALBResolver|LambdaFunctionUrlResolver|VPCLattice(V2)?Resolver"
    r"|BedrockAgentResolver)$"
)
_APP_NAME = regex(r"(^|\.)(app|application|server|api)$")
_AUTHENTICATES = regex(r"auth|token|user|Security\b|api_?key", re.I)

_MOUNTS = ("include_router", "register_blueprint", "mount", "Mount")


@dataclass
class Module:
    """One file's names: what is imported from where, and what each name was first set to."""

    file: File
    files: Tree
    top: ast.Module
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    #: What a name is set to as well: ``app = create_app()`` beside the ``app = FastAPI()`` inside that function.
    others: dict[str, list[ast.expr]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in nodes(self.top):
            if isinstance(node, ast.Import):
                self.imported |= {(one.asname or one.name): (one.name, "") for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                source = "." * node.level + (node.module or "")
                self.imported |= {(one.asname or one.name): (source, one.name) for one in node.names}
            else:
                for name, value in assigned(node):
                    if self.values.setdefault(name, value) is not value:
                        self.others.setdefault(name, []).append(value)

    def made(self, name: str) -> Iterator[ast.Call]:
        """The calls that a name is set to, in whichever functions of the file."""
        first = [self.values[name]] if name in self.values else []
        yield from (one for one in (*first, *self.others.get(name, ())) if isinstance(one, ast.Call))

    def router(self, node: ast.AST | None, depth: int = 0) -> Router | None:
        """The router that an expression means; None for what is none or is not in a file that was read."""
        if isinstance(node, ast.Call):
            made = self.router(node.func)
            return Router(made.file, f"{made.name}()") if made is not None else None
        name = dotted(node)
        base, _, rest = name.partition(".")
        if not name:
            return None
        if base not in self.imported:
            return Router(self.file.path, name)
        source, original = self.imported[base]
        # ``from app.routers import users`` names a module, ``from app.users import router`` what a module holds.
        parts = [part for part in (original, *rest.split(".")) if part]
        for count in range(len(parts) - 1, -1, -1):
            inner = ".".join(parts[:count])
            joined = source + ("" if source.endswith(".") or not inner else ".") + inner
            found = modules.python(self.files, self.file, joined)
            if found is not None:
                return self._followed(found, ".".join(parts[count:]), depth)
        return None

    def _followed(self, file: File, name: str, depth: int) -> Router:
        """A package's name is often another module's: ``from .users import router as users_router``."""
        here = Router(file.path, name)
        if file.name != "__init__.py" or not name or depth > 3:
            return here
        package = _package(file, self.files)
        if package is None:
            return here
        base = name.partition(".")[0]
        node = ast.parse(name, mode="eval").body if base in package.imported else None
        return (package.router(node, depth + 1) if node is not None else None) or here

    def literal(self, node: ast.AST | None, depth: int = 0) -> str | None:
        """A string: a literal, a constant of this file or of an imported one, or a text made of such."""
        if node is None or depth > 3:
            return None
        value = constant(node)
        if isinstance(value, str):
            return value
        if isinstance(node, ast.JoinedStr):
            inner = [one.value if isinstance(one, ast.FormattedValue) else one for one in node.values]
            parts = [self.literal(one, depth + 1) for one in inner]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self.literal(node.left, depth + 1), self.literal(node.right, depth + 1)]
        else:
            return self._named(dotted(node), depth)
        return "".join(part for part in parts if part is not None) if None not in parts else None

    def _named(self, name: str, depth: int) -> str | None:
        base, _, rest = name.partition(".")
        if base in self.values and not rest:
            return self.literal(self.values[base], depth + 1)
        source, original = self.imported.get(base, ("", ""))
        stem = source if source.endswith(".") or not original else f"{source}."
        for module in (stem + original, source) if source else ():
            found = modules.python(self.files, self.file, module)
            if found is not None and found.path != self.file.path:
                return _constant_of(found, (rest or original).rpartition(".")[2])
        return None


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement sets, with the value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if dotted(target):
                yield dotted(target), node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None and dotted(node.target):
        yield dotted(node.target), node.value


def _constant_of(file: File, name: str) -> str | None:
    """The string that a module, or a class in it, gives to a name; None where it gives two."""
    told = _constants(file).get(name, [])
    return told[0] if len(told) == 1 else None


@lru_cache(maxsize=32)  # one module of settings is asked for by every route of an application
def _constants(file: File) -> dict[str, list[str | None]]:
    """What a module, or a class in it, gives to each name: strings, None for anything else."""
    try:
        top = tree(file)
    except Unreadable:
        return {}
    found: dict[str, list[str | None]] = {}
    for node in nodes(top):
        for name, given in assigned(node):
            value = constant(given)
            text = value if isinstance(value, str) else None
            if text not in found.setdefault(name, []):
                found[name].append(text)
    return found


@lru_cache(maxsize=32)  # as above: a package's own file is behind each of its names
def _package(file: File, files: Tree) -> Module | None:
    try:
        return Module(file, files, tree(file))
    except Unreadable:
        return None


def root(module: Module, owner: str, router: Router, mounts: Mounts) -> None:
    """Note an application: one made here, or one that the file is handed."""
    made = [dotted(one.func) for one in module.made(owner)]
    if any(map(_APPLICATION.search, made)) or (not made and _APP_NAME.search(owner)):
        mounts.roots.add(router)


def own_prefix(module: Module, owner: str) -> str | None:
    """``APIRouter(prefix="/x")``: what the router itself puts before its paths; None where the file does not tell."""
    told: set[str | None] = set()
    for call in module.made(owner):
        # Flask-RESTful's Api is mounted below its own
        given = keyword(call, "prefix") if dotted(call.func).rpartition(".")[2] != "Api" else None
        told.add(module.literal(given) if given is not None else "")
    return (told.pop() or "").rstrip("/") if len(told) == 1 and None not in told else None if told else ""


def mounting(module: Module, mounts: Mounts) -> None:
    """Every mount of a file: routers included, blueprints registered, applications and lists mounted."""
    path = module.file.path
    for name, value in module.values.items():
        if any(_APPLICATION.search(dotted(one.func)) for one in module.made(name)):
            mounts.roots.add(Router(path, name))  # with routes of its own or without
        if isinstance(value, ast.Call) and dotted(value.func).endswith("Blueprint"):
            own = keyword(value, "url_prefix")
            prefix = module.literal(own) if own is not None else ""
            mounts.mount(Mount(Router(path, f"{name}:own"), Router(path, name), prefix))
            mounts.mount(Mount(Router(path, f"{name}:bare"), Router(path, name)))
        elif isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "Api" and value.args:
            _restful(module, name, value, mounts)
    for node in nodes(module.top):
        if isinstance(node, ast.Call):
            _mount(module, node, mounts)
    for function in functions(module.top):
        for inner in nodes(function):
            if isinstance(inner, ast.Return) and dotted(inner.value):
                mounts.mount(Mount(Router(path, f"{function.name}()"), Router(path, dotted(inner.value))))


def _restful(module: Module, name: str, made: ast.Call, mounts: Mounts) -> None:
    """Flask-RESTful: ``api = Api(app, prefix="/v1")`` serves below what it is given."""
    of = made.args[0]
    outer, given = module.router(of), keyword(made, "prefix")
    if outer is not None and dotted(of):
        mounts.mount(
            Mount(outer, Router(module.file.path, name), module.literal(given) if given is not None else "")
        )
        root(module, dotted(of), outer, mounts)


def _mount(module: Module, call: ast.Call, mounts: Mounts) -> None:
    owner, _, verb = dotted(call.func).rpartition(".")
    verb = verb or getattr(call.func, "attr", "")
    if verb not in _MOUNTS:
        return
    outer = module.router(call.func.value) if isinstance(call.func, ast.Attribute) else None
    inner = module.router(call.args[0]) if call.args else None
    if verb == "include_router" and outer is not None and inner is not None:
        given = keyword(call, "prefix")
        prefix = module.literal(given) if given is not None else ""
        depends = keyword(call, "dependencies")
        secured = depends is not None and _AUTHENTICATES.search(words_of(depends))
        own = own_prefix(module, owner)
        full = own + prefix.rstrip("/") if own is not None and prefix is not None else None
        mounts.mount(Mount(outer, inner, full, ("authentication",) if secured else ()))
    elif verb == "register_blueprint" and outer is not None and inner is not None:
        given = keyword(call, "url_prefix")
        form = "own" if given is None else "bare"
        prefix = module.literal(given) if given is not None else ""
        below = prefix.rstrip("/") if prefix is not None else None
        mounts.mount(Mount(outer, Router(inner.file, f"{inner.name}:{form}"), below))
    elif verb == "mount" and outer is not None and len(call.args) > 1:
        _mounted(module, outer, call.args[0], call.args[1], mounts)
    elif dotted(call.func).rpartition(".")[2] == "Mount" and call.args:
        outer = Router(module.file.path, "")
        mounts.roots.add(outer)
        target = keyword(call, "app") or keyword(call, "routes") or (call.args[1] if call.args[1:] else None)
        if target is not None and dotted(target):
            _mounted(module, outer, call.args[0], target, mounts)


def _mounted(module: Module, outer: Router, prefix: ast.expr, inner: ast.expr, mounts: Mounts) -> None:
    target, below = module.router(inner), module.literal(prefix)
    if target is not None:
        mounts.mount(Mount(outer, target, below.rstrip("/") if below is not None else None))
