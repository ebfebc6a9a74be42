"""Stacks within stacks: the template behind each, what it is given, and what it gives back."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from launchbook.model import Unread
from launchbook.model.records import record
from launchbook.patterns import regex
from launchbook.repo.cloudformation.resolve import NOTHING, Template
from launchbook.repo.lined import Map, Unreadable, as_map, dig, line_of
from launchbook.repo.reader import File, Found

MARKS = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
_STACK = "AWS::CloudFormation::Stack"
_KINDS = {_STACK: "TemplateURL", "AWS::Serverless::Application": "Location"}


@record()
class Use:
    """A resource that is a stack of its own: the template it stands in, its name there, and what it says."""

    file: File
    body: Map
    name: str
    resource: Map


@dataclass
class Nested:
    """The stacks within stacks of a repository: by child's path who uses it, by parent's path and name the child."""

    template_of: Callable[[File, Map], Template]
    uses: dict[str, list[Use]] = field(default_factory=dict)
    children: dict[tuple[str, str], tuple[File, Map]] = field(default_factory=dict)
    _going: set[tuple[str, str]] = field(default_factory=set)

    def given(self, file: File, name: str) -> Any:
        """A parameter's value from the parent; None where nothing is given, Unread where parents differ."""
        going = (file.path, name)
        if file.path not in self.uses or going in self._going:
            return None
        self._going.add(going)
        values = [self._value(use, name) for use in self.uses[file.path]]
        self._going.discard(going)
        if all(value == values[0] for value in values):
            return values[0]
        return Unread(f"{len(values)} stacks that nest this one give it different values")

    def _value(self, use: Use, name: str) -> Any:
        parameters = dig(use.resource, "Properties", "Parameters")
        if not isinstance(parameters, Map) or name not in parameters:
            return None
        value = self.template_of(use.file, use.body).resolve(parameters[name])
        return None if value is NOTHING else value

    def output(self, file: File, name: str, output: str) -> Any:
        """What a nested stack of a template gives back; None when its template is not here."""
        child = self.children.get((file.path, name))
        going = (file.path, f"{name}.{output}")
        if child is None or going in self._going:
            return None
        declared = dig(child[1], "Outputs", output)
        if not isinstance(declared, Map):
            return Unread(f"{name} has no output {output}")
        self._going.add(going)
        value = self.template_of(*child).resolve(declared.get("Value"))
        self._going.discard(going)
        return value

    def condition(self, file: File) -> tuple[str, bool | None]:
        """What the one stack that nests a template depends on."""
        uses = self.uses.get(file.path, [])
        name = uses[0].resource.get("Condition") if len(uses) == 1 else None
        if not isinstance(name, str):
            return "", True
        holds = self.template_of(uses[0].file, uses[0].body).condition(name)
        words = f"{uses[0].file.shown} nests it under condition {name}"
        return words, None if isinstance(holds, Unread) else holds


def find_nested(
    files: Sequence[File], bodies: Callable[[File], Iterator[Map]], nested: Nested, found: Found
) -> None:
    """Find the local template of every nested stack; one that is elsewhere is a gap."""
    for file in files:
        if not any(mark in file.data for mark in MARKS):
            continue
        try:
            templates = list(bodies(file))
        except Unreadable:
            continue  # said when the file is read
        for body in templates:
            for name, resource in as_map(body.get("Resources")).items():
                if isinstance(resource, Map) and resource.get("Type") in _KINDS:
                    _link(Use(file, body, name, resource), bodies, nested, found)


def _link(use: Use, bodies: Callable[[File], Iterator[Map]], nested: Nested, found: Found) -> None:
    key = _KINDS[str(use.resource["Type"])]
    location = dig(use.resource, "Properties", key)
    line = line_of(use.resource, "Properties", key)
    child = _local(use, location, found)
    try:
        body = next(bodies(child), None) if child is not None else None
    except Unreadable:
        body = None  # said when the file is read
    if child is not None and body is not None:
        nested.uses.setdefault(child.path, []).append(use)
        nested.children[(use.file.path, use.name)] = (child, body)
        source, target = f"{use.file.shown}#{use.name}", f"{child.shown}#template"
        found.relation("nested", source, target, use.file.where(line))
        return
    identity = dig(location, "ApplicationId")
    if identity is not None:
        written = identity if isinstance(identity, str) else "chosen when it is deployed"
        what = f"{use.name} is an application of the Serverless Application Repository ({written})"
        found.gap(
            use.file, f"{what}: what it creates is not read", "aws serverlessrepo get-application", line
        )
    elif child is None:
        text = location if isinstance(location, str) else _text_of(location)
        what = f"the template of the nested stack {use.name} is not in the repository ({text})"
        found.gap(use.file, what, "aws cloudformation get-template --stack-name STACK, saved beside it", line)


def _local(use: Use, location: object, found: Found) -> File | None:
    """The file that a location names, or that a synthesized template was made from."""
    asset = dig(use.resource, "Metadata", "aws:asset:path")
    for path in (asset, location):
        if isinstance(path, str) and not re.match(r"[a-z0-9]{2,9}:", path):
            joined = posixpath.join(use.file.folder, path)
            inside = found.tree.get(joined)
            if inside is not None:
                return inside
            for name in ("template.yaml", "template.yml", "template.json"):
                if (below := found.tree.get(f"{joined}/{name}")) is not None:
                    return below
    return _uploaded(use, location, found)


#: The address of an object in a bucket as templates write it: plain, or put together from parameters.
_IN_BUCKET = regex(r"https?://[^/]*(?:s3|\$\{)[^/]*/(?P<key>[^?#]+)$", re.I)
_PARAMETER = regex(r"\$\{[^}]*\}")


def _uploaded(use: Use, location: object, found: Found) -> File | None:
    """The one file that lies at the end of an object's key: templates are uploaded as they lie.

    A key may begin with a bucket's name or a prefix that no folder here has, so that the longest ending counts;
    a bare name is enough only for a file beside the template that names it.
    """
    match = _IN_BUCKET.match(location if isinstance(location, str) else _text_of(location))
    parts = [part for part in _PARAMETER.sub("/", match["key"]).split("/") if part] if match else []
    for length in range(len(parts), 1, -1):
        ending = "/" + "/".join(parts[-length:])
        fits = [file for file in found.tree.named(parts[-1]) if f"/{file.path}".endswith(ending)]
        sources = [file for file in fits if file.origin == "source"] or fits
        if sources:
            return sources[0] if len(sources) == 1 else None
    beside = found.tree.beside(use.file, parts[-1]) if parts else None
    return beside if beside is not use.file else None


def _text_of(location: object) -> str:
    """What is written of an address that is put together when it is deployed."""
    joined = dig(location, "Fn::Join")
    if isinstance(dig(joined, 0), str) and isinstance(dig(joined, 1), list):
        return str(joined[0]).join(part if isinstance(part, str) else "${…}" for part in joined[1])
    written = dig(location, "Fn::Sub")
    text = written if isinstance(written, str) else dig(written, 0)
    return text if isinstance(text, str) else "an address that is put together when it is deployed"
