"""The objects of a chart's templates, with the template's lines, and what its values leave open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from launchbook.model import Unread
from launchbook.patterns import regex
from launchbook.repo.helm.values import merged, values_of
from launchbook.repo.kubernetes.objects import objects_in
from launchbook.repo.lined import Map, Seq, Unreadable, as_list, as_map, dig
from launchbook.repo.reader import File, Found
from launchbook.repo.yaml_lines import load_yaml

if TYPE_CHECKING:  # a repository without charts does not load their language
    from launchbook.repo.helm.render import Rendered
    from launchbook.repo.helm.syntax import Node

_INSTALLED = Unread("it is given when the chart is installed")
_CLUSTER = Unread("the cluster decides it")
_DEFINES = regex(rb"\{\{-?\s*(?:define|block)\b")


@dataclass
class Chart:
    """One chart: its folder, its name, what its templates see, and the templates that others include."""

    folder: str
    name: str
    root: dict[str, Any]
    values: list[str]
    named: dict[str, list[Node]] = field(default_factory=dict)
    needs: list[Any] = field(default_factory=list)  # the charts that it depends on, as it writes them
    condition: str = ""
    created: bool | None = True


@dataclass
class Templated:
    """An object of a template: where it is known to exist, and whether some of it was left out."""

    item: Map
    condition: str = ""
    created: bool | None = True
    whole: bool = True
    reasons: list[str] = field(default_factory=list)


def folder_of(file: File, found: Found) -> str | None:
    """The folder of the chart that a file is a template of; None for any other file."""
    parts = file.path.split("/")
    for at in range(len(parts) - 2, -1, -1):
        folder = "/".join(parts[:at])
        if parts[at] == "templates" and found.tree.get(f"{folder}/Chart.yaml" if folder else "Chart.yaml"):
            return folder
    return None


def chart_in(folder: str, found: Found, given: Mapping[str, Any]) -> Chart:
    """The chart in a folder, with the values that it is installed with by place. Raises Unreadable."""
    file = found.tree.files[f"{folder}/Chart.yaml" if folder else "Chart.yaml"]
    about = as_map(next(iter(file.yaml), None))
    name = str(about.get("name") or folder.rpartition("/")[2])
    values, files = values_of(folder, found, given)
    root = {
        "Values": values,
        "Chart": {key[:1].upper() + key[1:]: value for key, value in about.items()} | {"Name": name},
        "Release": {"Name": _INSTALLED, "Namespace": _INSTALLED, "Service": "Helm", "Revision": _INSTALLED}
        | {"IsInstall": _INSTALLED, "IsUpgrade": _INSTALLED},
        "Capabilities": _CLUSTER,
        "Files": Unread("files of the chart are not put in"),
        "Template": Unread("the template's own name is not put in"),
    }
    chart = Chart(folder, name, root, files, needs=as_list(about.get("dependencies")))
    below = f"{folder}/" if folder else ""
    for path, other in found.tree.files.items():
        inside = (
            path.startswith(below)
            and "/templates/" in f"/{path}"
            and path.endswith((".tpl", ".yaml", ".yml"))
        )
        if inside and other.size < 500_000 and _DEFINES.search(other.data):
            _define(_parsed(other), chart.named)
    return chart


class Charts:
    """The charts of a repository, each read on first use."""

    def __init__(self, found: Found, installs: Mapping[str, Mapping[str, Any]]) -> None:
        self.found, self.installs = found, installs
        self._known: dict[str, Chart] = {}

    def of(self, file: File) -> Chart | None:
        """The chart that a file is a template of. Raises Unreadable when the chart cannot be read."""
        folder = folder_of(file, self.found)
        if folder is None:
            return None
        return self._in(folder)

    def _in(self, folder: str) -> Chart:
        if folder not in self._known:
            chart = chart_in(folder, self.found, self.installs.get(folder, {}))
            self._known[folder] = chart
            above = folder.rpartition("/charts/")[0] if "/charts/" in folder else ""
            if above and self.found.tree.get(f"{above}/Chart.yaml"):
                _adopt(chart, self._in(above))
        return self._known[folder]


def _adopt(chart: Chart, parent: Chart) -> None:
    """A chart within another has its values from there, and is there if the other's condition holds."""
    need = next((one for one in parent.needs if chart.name == dig(one, "name")), None)
    key = str(dig(need, "alias") or chart.name)
    above = parent.root["Values"]
    own = chart.root["Values"]
    if isinstance(above, Unread):
        chart.root["Values"] = above
    else:
        chart.root["Values"] = merged(own, as_map(above).get(key, {}))
    chart.condition, chart.created = parent.condition, parent.created
    asked = str(dig(need, "condition") or "").partition(",")[0].strip()
    holds = dig(above, *asked.split(".")) if asked else None
    if asked and holds is not True and holds is not None:
        chart.condition = f"{asked} of {parent.name}"
        chart.created = None if isinstance(holds, Unread) else False


def _parsed(file: File) -> list[Node]:
    from launchbook.repo.helm.syntax import parse

    try:
        return parse(file.text)
    except Unreadable:
        return []  # said where the file itself is read


def _define(nodes: list[Node], named: dict[str, list[Node]]) -> None:
    from launchbook.repo.helm.syntax import Block

    for node in nodes:
        if isinstance(node, Block) and node.kind in ("define", "block"):
            tokens, body = node.branches[0]
            if tokens and tokens[0].kind == "string":
                named.setdefault(tokens[0].text[1:-1], body)


def templated(file: File, chart: Chart) -> Iterator[Templated]:
    """Every object that a template makes. Raises Unreadable where it does not come to YAML."""
    from launchbook.repo.helm.render import Rendering
    from launchbook.repo.helm.syntax import parse

    rendering = Rendering(chart.root, chart.named).file(parse(file.text))
    try:
        documents = load_yaml(rendering.text)
    except Unreadable as error:
        line = rendering.lines[error.line - 1].source if 0 < error.line <= len(rendering.lines) else 0
        raise Unreadable(error.what, line) from None
    for document in documents:
        cleaning = _Cleaning(rendering)
        at = getattr(document, "lines", {})
        node = cleaning.clean(document)
        if not isinstance(node, Map):
            continue
        _named(node, chart)
        for item in objects_in(node):
            guard = cleaning.guard(at.get("kind", 0) if isinstance(at, dict) else 0)
            text = f"{{{{ if {guard.text} }}}}" if guard and guard.text else ""
            reasons = [*cleaning.dropped, *rendering.dropped]
            created = guard.holds if guard else True
            both = "; ".join(part for part in (chart.condition, text) if part)
            held = created if chart.created is True else chart.created if created is not False else False
            yield Templated(item, both, held, not reasons, reasons)


class _Named(str):
    """A name that stands in for one that is not known, and why it is not."""

    reason = ""


def _named(item: Map, chart: Chart) -> None:
    """A name that the release decides is the chart's, as far as anybody can tell it from the files."""
    for inner in (item, *as_list(item.get("items"))):
        held = dig(inner, "metadata")
        if isinstance(held, Map) and isinstance(held.get("name"), Unread):
            name = _Named(chart.name)
            name.reason, held["name"] = held["name"].reason, name


def stands_in(item: Map) -> str:
    """Why an object's name is a stand-in; empty when it is its own."""
    name = dig(item, "metadata", "name")
    return name.reason if isinstance(name, _Named) else ""


class _Cleaning:
    """A rendered document with the template's lines, and Unread for every mark."""

    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered
        self.dropped: list[str] = []

    def guard(self, line: int) -> Any:
        """The block that decides whether what stands on a rendered line is there."""
        lines, guards = self.rendered.lines, self.rendered.guards
        number = lines[line - 1].guard if 0 < line <= len(lines) else -1
        return guards[number] if number >= 0 else None

    def _source(self, line: int) -> int:
        lines = self.rendered.lines
        return lines[line - 1].source if 0 < line <= len(lines) else line

    def _doubt(self, line: int) -> str:
        lines = self.rendered.lines
        return lines[line - 1].doubt if 0 < line <= len(lines) else ""

    def clean(self, node: Any) -> Any:
        """The same with lines of the template."""
        if isinstance(node, str):
            reason = self.rendered.reason(node)
            return Unread(reason) if reason else node
        if isinstance(node, Map):
            return self._map(node)
        if isinstance(node, Seq):
            found = Seq(self._source(node.line))
            for item, line in zip(node, node.lines, strict=True):
                doubt = self._doubt(line)
                if doubt:
                    self.dropped.append(doubt)
                found.append(Unread(doubt) if doubt else self.clean(item))
                found.lines.append(self._source(line))
            return found
        return node

    def _map(self, node: Map) -> Any:
        found = Map(self._source(node.line))
        reasons = []
        for key, value in node.items():
            line = node.lines.get(key, node.line)
            reason = self.rendered.reason(key)
            if reason:
                reasons.append(reason)
                continue
            doubt = self._doubt(line)
            found[key] = Unread(doubt) if doubt else self.clean(value)
            found.lines[key] = self._source(line)
        self.dropped += reasons
        return Unread(reasons[0]) if reasons and not found else found
