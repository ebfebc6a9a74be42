"""Routes of Rails: verbs and resources, below the namespaces, scopes and resources that stand around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.code.endpoints import kind_of
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
#: What a block does to the paths in it: a collection's are not below one of its members, a concern's are nowhere.
_COLLECTION, _NOWHERE = "<collection>", "<nowhere>"


@reader("Rails routes", "**/config/routes.rb", "**/config/routes/*.rb", hides=("endpoint",))
def rails_routes(file: File, found: Found) -> None:
    """Verbs and resources below the blocks that stand around them."""
    above: list[str] = []
    for number, line in _lines(file):
        if _NOWHERE not in above:
            for method, path in _served(line):
                on = _COLLECTION if re.search(r"\bon:\s*:collection|^\s*collection\s*\{", line) else ""
                full = re.sub(
                    r":(\w+)", r"{\1}", f"{_below([*above, on])}/{path.strip('/')}".replace("(.:format)", "")
                )
                full = full.rstrip("/") or "/"
                found.endpoint(file, method, full, number, kind=kind_of(full), of=str(number))
            if other := _ELSEWHERE.match(line):
                under = re.search(r"(?:=>|at:)\s*[\"'](/[\w/-]{0,100})[\"']", line)
                at = f" below {under[1]}" if under else ""
                what = f"what {other['how']} {other['what']} serves{at} is not in these lines"
                found.gap(file, what, "bin/rails routes", number)
        if re.search(r"\bdo\s*(\|\w+\|\s*)?$", line):
            above.append(_opened(line))
        elif re.match(r"\s*end\b", line) and above:
            above.pop()


def _opened(line: str) -> str:
    """What a block puts before the paths in it."""
    namespace, resources = _NAMESPACE.match(line), _RESOURCES.match(line)
    if resources:
        name = resources["names"].lstrip(":").split(",")[0].strip()
        own = _OWN_PATH.search(resources["rest"])
        path = "/" + (own["path"].strip("/") if own else name)
        return path + (f"/{{{name.removesuffix('s')}_id}}" if resources["how"] == "resources" else "")
    if namespace:
        own = _OWN_PATH.search(namespace["rest"])
        return "/" + (own["path"] if own else namespace["name"]).strip("/")
    word = line.split()[0]
    return {"collection": _COLLECTION, "concern": _NOWHERE}.get(word, "")


def _below(above: list[str]) -> str:
    path = ""
    for part in above:
        path = re.sub(r"/\{\w+\}$", "", path) if part == _COLLECTION else path + part
    return path


def _served(line: str) -> Iterator[tuple[str, str]]:
    verb, resources = _VERB.match(line), _RESOURCES.match(line)
    inline = re.match(r"\s*(?:collection|member)\s*\{\s*(?P<inner>.+?)\s*\}\s*$", line)
    if inline:
        yield from _served(inline["inner"])
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
                yield method, (own["path"].strip("/") if own else name) + (below if several else "")


def _listed(rest: str, word: str) -> list[str] | None:
    found = re.search(rf"\b{word}:\s*(?:\[([^\]]*)\]|:(\w+)|%i[\[(]([^\])]*)[\])])", rest)
    return re.findall(r"\w+", " ".join(filter(None, found.groups()))) if found else None


def _lines(file: File) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.text.splitlines(), 1):
        if not line.lstrip().startswith("#"):
            yield number, line[:_LONGEST]
