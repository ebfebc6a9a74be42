"""Variables of the Serverless Framework: ``${self:custom.name}``, ``${opt:stage, 'dev'}``, ``${file(./x.yml):key}``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from launchbook.model import Unread
from launchbook.patterns import regex
from launchbook.repo.environments import same_environment
from launchbook.repo.hcl.scope import ACCOUNT
from launchbook.repo.lined import Map, Seq, Unreadable, as_map, dig
from launchbook.repo.reader import File, Found

NAMES = ("serverless.yml", "serverless.yaml")
MARK = regex(rb"\$\{(?:self|opt|env|sls|param|file\(|aws|cf|ssm|s3|git)\b")
_INNERMOST = regex(r"\$\{([^${}]*)\}")
_SOURCE = regex(
    r"^\s*(?:(?P<of>self|opt|env|sls|param|aws|cf|ssm|s3|git|strToBool)(?:\([^)]*\))?\s*:|file\()"
)
_FILE = regex(r"^file\((?P<path>[^)]{1,300})\)(?::(?P<key>[\w.-]{1,200}))?$")
_DEPLOYED = ("cf", "ssm", "s3", "git")
DEEPEST = 30


@dataclass
class Variables:
    """What the variables of one service mean. ``missing`` are the files that it names and that are not there."""

    document: Map
    file: File
    found: Found
    missing: dict[str, int] = field(default_factory=dict)
    _going: set[str] = field(default_factory=set)

    @property
    def stage(self) -> Any:
        """The stage: the environment that was asked for, else what the service takes by itself."""
        if self.found.environment:
            return self._spelled(self.found.environment)
        own = dig(self.document, "provider", "stage")
        return self.resolve(own) if own is not None and "stage" not in self._going else "dev"

    def _spelled(self, environment: str) -> str:
        """An environment as this service spells it, where its settings are kept by stage."""
        places = (as_map(self.document.get("params")), *as_map(self.document.get("custom")).values())
        keys = (key for place in places if isinstance(place, dict) for key in place)
        return next((key for key in keys if same_environment(key, environment)), environment)

    def resolve(self, node: Any, depth: int = 0) -> Any:
        """A value with its variables put in; Unread where files do not decide one."""
        if depth > DEEPEST:
            return Unread("it is nested too deep")
        if isinstance(node, str):
            return self._text(node, depth) if "${" in node else node
        if isinstance(node, Map):
            found = Map(node.line)
            found.lines = dict(node.lines)
            found.update({key: self.resolve(value, depth + 1) for key, value in node.items()})
            return found
        if isinstance(node, Seq):
            items = Seq(node.line)
            items.extend(self.resolve(item, depth + 1) for item in node)
            items.lines = list(node.lines)
            return items
        return node

    def _text(self, text: str, depth: int) -> Any:
        """Innermost variables first; what is CloudFormation's stays as it is written."""
        kept: list[str] = []
        for _ in range(40):
            match = _INNERMOST.search(text)
            if match is None:
                break
            if not _SOURCE.match(match[1]):
                kept.append(match.group())
                text = f"{text[: match.start()]}\0{len(kept) - 1}\0{text[match.end() :]}"
                continue
            value = self._variable(match[1], depth)
            if match.group() == text:
                return value
            if isinstance(value, Unread) or not isinstance(value, str | int | float):
                return value if isinstance(value, Unread) else Unread(f"{match[1].strip()} is no text")
            text = text[: match.start()] + _as_text(value) + text[match.end() :]
        return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], text)

    def _variable(self, written: str, depth: int) -> Any:
        """The first alternative that has a value."""
        reason = ""
        for part in re.split(r",(?=(?:[^'\"]*['\"][^'\"]*['\"])*[^'\"]*$)", written):
            value = self._alternative(part.strip(), depth)
            if isinstance(value, Unread):
                reason = reason or value.reason
            elif value is not None:
                return value
        return Unread(reason or f"{written.strip()} is not set in these files")

    def _alternative(self, part: str, depth: int) -> Any:
        if re.fullmatch(r"'[^']*'|\"[^\"]*\"", part):
            return part[1:-1]
        if re.fullmatch(r"-?\d+(\.\d+)?", part):
            return float(part) if "." in part else int(part)
        if part in ("true", "false"):
            return part == "true"
        if part.startswith("file("):
            return self._file(part, depth)
        source, _, name = part.partition(":")
        if source.split("(")[0] in _DEPLOYED:
            return Unread(f"{part} is known when it is deployed")
        return self._named(source, name.strip(), depth)

    def _named(self, source: str, name: str, depth: int) -> Any:
        if source == "self":
            return self._own(name, depth)
        if (source, name) in (("sls", "stage"), ("opt", "stage")):
            return self.stage if source == "sls" or self.found.environment else None
        if source == "param":
            given = as_map(self.document.get("params"))
            for key in (str(self.stage), "default"):
                if name in as_map(given.get(key)):
                    return self.resolve(given[key][name], depth + 1)
        if (source, name) == ("aws", "region"):
            return self.resolve(dig(self.document, "provider", "region"), depth + 1)
        return ACCOUNT if (source, name) == ("aws", "accountId") else None

    def _own(self, path: str, depth: int) -> Any:
        if path in self._going:
            return Unread(f"self:{path} refers to itself")
        if path == "provider.stage" and self.found.environment:
            return self.stage
        self._going |= {path, *(["stage"] if path == "provider.stage" else [])}
        value: Any = self.document
        for part in path.split("."):
            value = value[part] if isinstance(value, Map) and part in value else None
            # What stands behind a variable may have more below it.
            value = self.resolve(value, depth + 1) if isinstance(value, str) else value
        value = self.resolve(value, depth + 1)
        self._going -= {path, "stage"}
        return value

    def _file(self, part: str, depth: int) -> Any:
        match = _FILE.match(part)
        path = match["path"].strip().strip("'\"") if match else ""
        other = self.found.tree.beside(self.file, path) if path else None
        if other is None or match is None:
            self.missing.setdefault(path or part, 1)
            return Unread(f"{path or part} is not in the repository")
        if not path.endswith((".yml", ".yaml", ".json")):
            return Unread(f"{path} is a program that computes it")
        try:
            held = other.json if path.endswith(".json") else next(iter(other.yaml), None)
        except Unreadable as error:
            return Unread(f"{path} cannot be read: {error.what}")
        value = dig(held, *match["key"].split(".")) if match["key"] else held
        return self.resolve(value, depth + 1)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def variables_for(file: File, found: Found) -> Variables:
    """The variables of the service that a file belongs to: its own, or that of the nearest folder above."""
    folder = file.folder
    while True:
        for name in NAMES:
            service = found.tree.get(f"{folder}/{name}" if folder else name)
            if service is not None:
                try:
                    document = next(iter(service.yaml), None)
                except Unreadable:
                    document = None  # said when the service is read
                return Variables(document if isinstance(document, Map) else Map(1), service, found)
        if not folder:
            return Variables(Map(1), file, found)
        folder = folder.rpartition("/")[0]
