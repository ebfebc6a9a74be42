"""Routes of Rails: verbs and resources, below the namespaces, scopes and resources that stand around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
from launchbook.repo.mounts import Mount, Router
from launchbook.repo.reader import File, Found, reader

_LONGEST = 2000
_VERB = regex(
    r"^\s*(?P<verb>get|post|put|patch|delete|match)[\s(]+[\"':](?P<path>[\w/:.*()-]{1,200})[\"']?(?P<rest>.*)$"
)
_RESOURCES = regex(r"^\s*(?P<how>resources?)[\s(]+(?P<names>:\w{1,80}(?:\s*,\s*:\w{1,80})*)(?P<rest>.*)$")
_NAMESPACE = regex(
    r"^\s*(?:namespace|scope)[\s(]+(?:path:\s*)?[:\"'](?P<name>[\w/:-]{1,80})[\"']?(?P<rest>.*)\bdo\s*$"
)
_ELSEWHERE = regex(r"^\s*(?P<how>mount|devise_for|draw|use_doorkeeper|concerns)[\s(]+(?P<what>:?[\w:]{1,80})")
_METHODS = regex(r"via:\s*(?:\[(?P<many>[^\]]{1,100})\]|:(?P<one>\w{1,10}))")
_OWN_PATH = regex(r"\bpath:\s*[\"'](?P<path>[^\"']{0,100})[\"']")
_ACTIONS = {
    "index": ("GET", ""),
    "create": ("POST", ""),
    "show": ("GET", "/{id}"),
    "update": ("PATCH", "/{id}"),
    "destroy": ("DELETE", "/{id}"),
}
#: What a block does to the paths in it: a collection's are not below one of its members, a member's are below one thing
#: itself, a concern's are nowhere, and those of a scope that is computed are below what no file tells.
_COLLECTION, _MEMBER, _NOWHERE, _UNTOLD = "<collection>", "<member>", "<nowhere>", "<untold>"
_SHALLOW, _PERHAPS = "<shallow>", "<perhaps>"
_OPENS = regex(r"(?:\bdo|\{)\s*(?:\|[\w, ]*\|\s*)?$")
_BRANCH = regex(r"^\s*(?:if|unless|case|begin|def|while)\b(?P<condition>.{0,200})")
_COMPUTED = regex(r"^\s*(?:get|post|put|patch|delete|match|resources?)[\s(]+(?:\"[^\"]*#\{|[A-Z]\w*\b(?!\())")


@reader("Rails routes", "**/config/routes.rb", "**/config/routes/*.rb", hides=("endpoint",))
def rails_routes(file: File, found: Found) -> None:
    """Verbs and resources below the blocks that stand around them; files that are drawn, below what draws them."""
    own = Router(file.path, "Rails")
    if file.name == "routes.rb" and file.folder.rpartition("/")[2] == "config":
        found.mounts.roots.add(own)
    untold = Router(file.path, "Rails: a prefix that is computed")
    found.mounts.mount(Mount(own, untold, None))
    above: list[str] = []
    for number, line in _lines(file):
        if _NOWHERE not in above:
            into = untold if _UNTOLD in above else own
            _told(file, found, above, line, number, into)
            _elsewhere(file, found, above, line, number, into)
        if _OPENS.search(line):
            above.append(_opened(line, above))
        elif branch := _BRANCH.match(line):
            above.append(f"{_PERHAPS}{branch['condition'].strip()}")
        elif re.match(r"\s*(?:end\b|\})", line) and above:
            above.pop()


def _told(file: File, found: Found, above: list[str], line: str, number: int, into: Router) -> None:
    """The routes of one line."""
    on = re.search(r"\bon:\s*:(collection|member)|^\s*(?:(collection|member)\s*\{.*\}\s*$)", line)
    here = [*above, f"<{on[1] or on[2]}>"] if on else above
    condition = " and ".join(one.removeprefix(_PERHAPS) for one in above if one.startswith(_PERHAPS))
    shallow = any(_SHALLOW in one for one in above)
    for method, path in _served(line):
        if shallow and "{" in path:
            what = "what a shallow resource serves of one thing is not told"
            found.gap(file, what, "bin/rails routes", number)
            continue
        full = f"/{_below(here)}/{path.strip('/')}".replace("(.:format)", "")
        full = re.sub(r"//+", "/", re.sub(r":(\w+)", r"{\1}", full)).rstrip("/") or "/"
        endpoint = found.endpoint(
            file, method, full, number, kind=kind_of(full), of=str(number), condition=condition
        )
        found.mounts.belongs(endpoint, into)
    if _COMPUTED.match(line):
        what = "a route whose path the code computes"
        found.gap(file, what, "bin/rails routes", number)


def _elsewhere(file: File, found: Found, above: list[str], line: str, number: int, into: Router) -> None:
    """What an engine, a library or another file serves."""
    other = _ELSEWHERE.match(line)
    if other is None:
        return
    drawn = None
    if other["how"] == "draw":
        drawn = found.tree.get(
            f"{file.path.rpartition('config/')[0]}config/routes/{other['what'].strip(':')}.rb"
        )
    if drawn is not None:
        found.mounts.mount(Mount(into, Router(drawn.path, "Rails"), re.sub(r"//+", "/", _below(above))))
        return
    under = re.search(r"(?:=>|at:)\s*[\"'](/[\w/-]{0,100})[\"']", line)
    below = re.sub(r"//+", "/", _below(above) + (under[1] if under else "")) if _UNTOLD not in above else ""
    at = f" below {below}" if below else ""
    what = f"what {other['how']} {other['what']} serves{at} is not in these lines"
    found.gap(file, what, "bin/rails routes", number)


def _opened(line: str, above: list[str]) -> str:
    """What a block puts before the paths in it."""
    namespace, resources = _NAMESPACE.match(line), _RESOURCES.match(line)
    if resources:
        name = resources["names"].lstrip(":").split(",")[0].strip()
        own = _OWN_PATH.search(resources["rest"])
        path = "/" + (own["path"].strip("/") if own else name)
        if resources["how"] == "resource":
            return path
        if any(_SHALLOW in one for one in above):
            return _NOWHERE  # below one thing of a shallow resource: _told says that it is not told
        mark = _SHALLOW if re.search(r"\bshallow:\s*true", resources["rest"]) else ""
        return f"{mark}{path}/{{{_single(name)}_{_parameter(resources['rest'])}}}"
    if namespace:
        own = _OWN_PATH.search(namespace["rest"])
        return "/" + (own["path"] if own else namespace["name"]).strip("/")
    word = line.split()[0]
    if word in ("scope", "namespace") and not re.match(r"\s*scope[\s(]+(?:\w+:|do\b)", line):
        return _UNTOLD
    if word == "scope" and re.search(r"\bpath:\s*[^\"':\s]", line):
        return _UNTOLD
    if word == "scope" and (own := _OWN_PATH.search(line)):
        return "/" + own["path"].strip("/")
    return {
        "collection": _COLLECTION,
        "member": _MEMBER,
        "concern": _NOWHERE,
        "shallow": _SHALLOW,
    }.get(word, "")


def _single(name: str) -> str:
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def _parameter(rest: str) -> str:
    own = re.search(r"\bparam:\s*:(\w{1,80})", rest)
    return own[1] if own else "id"


def _below(above: list[str]) -> str:
    path = ""
    for part in above:
        if part == _COLLECTION:
            path = re.sub(r"/\{\w+\}$", "", path)
        elif part == _MEMBER:  # ``{order_id}`` of what is nested is ``{id}`` of the thing itself
            path = re.sub(r"/\{\w*?_(\w+)\}$", r"/{\1}", path)
        elif not part.startswith(_PERHAPS):
            path += part.removeprefix(_SHALLOW).removeprefix(_UNTOLD)
    return path


def _served(line: str) -> Iterator[tuple[str, str]]:
    verb, resources = _VERB.match(line), _RESOURCES.match(line)
    inline = re.match(r"\s*(?:collection|member)\s*\{\s*(?P<inner>.+?)\s*\}\s*$", line)
    if inline:
        for one in inline["inner"].split(";"):
            yield from _served(one)
    elif verb and verb["verb"] == "match":
        via = _METHODS.search(verb["rest"])
        named = re.findall(r"\w+", via["many"] or via["one"]) if via else ["all"]
        yield from (("ANY" if one == "all" else one.upper(), verb["path"]) for one in named)
    elif verb:
        yield verb["verb"].upper(), verb["path"]
    elif re.match(r"\s*root[\s(]", line):
        yield "GET", "/"
    elif resources:
        yield from _of_resources(resources)


def _of_resources(resources: re.Match[str]) -> Iterator[tuple[str, str]]:
    only, but = (_listed(resources["rest"], word) for word in ("only", "except"))
    own = _OWN_PATH.search(resources["rest"])
    several = resources["how"] == "resources"
    for name in re.findall(r"\w+", resources["names"]):
        for action, (method, below) in _ACTIONS.items():
            known = (
                (several or action != "index")
                and (only is None or action in only)
                and action not in (but or ())
            )
            if known:
                tail = below.replace("{id}", f"{{{_parameter(resources['rest'])}}}") if several else ""
                yield method, (own["path"].strip("/") if own else name) + tail
                if action == "update":
                    yield "PUT", (own["path"].strip("/") if own else name) + tail


def _listed(rest: str, word: str) -> list[str] | None:
    found = re.search(rf"\b{word}:\s*(?:\[([^\]]*)\]|:(\w+)|%i[\[(]([^\])]*)[\])])", rest)
    return re.findall(r"\w+", " ".join(filter(None, found.groups()))) if found else None


def _lines(file: File) -> Iterator[tuple[int, str]]:
    """Lines without comments; one whose brackets or commas stay open goes on with what is below it."""
    held, first = "", 0
    for number, line in enumerate(file.text.splitlines(), 1):
        line = re.sub(r"(?:^|\s)#(?!\{).*$", "", line[:_LONGEST]).rstrip()
        first = first if held else number
        held = f"{held} {line.strip()}" if held else line
        opened = sum(map(held.count, "[(")) > sum(map(held.count, "])"))
        if (opened or held.endswith((",", "=>", "\\"))) and number - first < 20:
            continue
        yield first, held[:_LONGEST]
        held = ""
