"""What shell scripts and Makefiles create with the AWS CLI, by Terraform's names, as far as the flags say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchbook.model import Value
from launchbook.patterns import regex
from launchbook.repo.code.aws_cli import (
    ATTRIBUTES,
    CREATES,
    FLAGS,
    MAKES,
    NOT_ATTRIBUTES,
    NOT_MADE,
    PREFIXES,
    Makes,
)
from launchbook.repo.code.shell import Command, assigned, commands, expanded, known
from launchbook.repo.json_lines import load_json
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Found, reader, unread

_LEFT_OPEN = "the script decides it when it runs"
_NUMBER = regex(r"-?\d{1,15}(\.\d{1,6})?")


@dataclass
class _Script:
    """One file: its variables, and how many resources of one address it has."""

    file: File
    found: Found
    variables: dict[str, tuple[str, int]]
    retention: dict[str, tuple[str, int]] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    unknown: set[tuple[str, str]] = field(default_factory=set)


@reader(
    "AWS CLI scripts",
    "*.sh",
    "*.bash",
    "Makefile",
    "*.mk",
    "justfile",
    sniff=rb"\baws\s+[a-z0-9$\"'-]",
    hides=(),
)
def aws_cli(file: File, found: Found) -> None:
    """One fact for each command that makes something; nothing says that the script was ever run."""
    script = _Script(file, found, assigned(file.text))
    asked = [_service_first(command) for command in commands(file.text, "aws")]
    given = [(command, _flags(command, script.variables)) for command in asked if len(command.words) > 1]
    for command, flags in given:
        if command.words[:2] == ("logs", "put-retention-policy") and "log-group-name" in flags:
            days = flags.get("retention-in-days", ([""], 0))
            script.retention[" ".join(flags["log-group-name"][0])] = (" ".join(days[0]), days[1])
    for command, flags in given:
        makes = MAKES.get((command.words[0], command.words[1]))
        if makes is not None:
            _resource(script, makes, command, flags)
        else:
            _not_read(script, command)


def _service_first(command: Command) -> Command:
    """The command with what stands before its service (``aws --region R sqs …``, ``aws $OPTIONS sqs …``) behind it."""
    at, words = 0, command.words
    while at < len(words) and not words[at][:1].isalpha():
        takes = words[at].startswith("--") and "=" not in words[at] and words[at][2:] not in FLAGS
        at += 2 if takes else 1
    order = [*range(at, len(words)), *range(min(at, len(words)))]
    return Command(tuple(words[i] for i in order), tuple(command.lines[i] for i in order))


def _not_read(script: _Script, command: Command) -> None:
    """A command that makes or configures what no rule here knows: a gap where the file first has it."""
    service, operation = command.words[:2]
    creates = CREATES.fullmatch(operation)
    if creates is None or NOT_MADE.fullmatch(creates["what"]) or (service, operation) in script.unknown:
        return
    if (service, operation) == ("logs", "put-retention-policy"):
        return
    script.unknown.add((service, operation))
    prefix = PREFIXES.get(service, f"{service}_").replace("-", "_")
    what = f"aws {service} {operation}: what this command makes is not read"
    hint = "launchbook audit with live facts sees what it made"
    script.found.gap(
        script.file, what, hint, command.lines[0], (f"aws_{prefix}{creates['what'].replace('-', '_')}",)
    )


Flags = dict[str, tuple[list[str], int]]


def _flags(command: Command, variables: dict[str, tuple[str, int]]) -> Flags:
    """Each flag with its values and its line; what stands before the first flag is under an empty name."""
    found: Flags = {"": ([], command.lines[0])}
    name = ""
    for word, line in list(zip(command.words, command.lines, strict=True))[2:]:
        if word.startswith("--"):
            name, sign, value = word[2:].partition("=")
            found[name] = ([expanded(value, variables)] if sign else [], line)
        else:
            found[name][0].append(expanded(word, variables))
    return found


def _resource(script: _Script, makes: Makes, command: Command, flags: Flags) -> None:
    line = command.lines[0]
    words = flags.get(makes.named_by, ([], line))[0]
    name = words[0].removeprefix("s3://").rstrip("/") if words else ""
    attributes: dict[str, Value] = {}
    lines: dict[str, int | str] = {}
    if name:
        attributes[makes.name_as] = name if known(name) else unread(_LEFT_OPEN)
        lines[makes.name_as] = flags[makes.named_by][1]
    for flag, (values, at) in flags.items():
        if flag in NOT_ATTRIBUTES or flag in ("", makes.named_by):
            continue
        if flag == "attributes" and makes.kind in ATTRIBUTES:
            for key, text in _pairs(values):
                path = ATTRIBUTES[makes.kind].get(key, "")
                if path:
                    attributes[path], lines[path] = _value(path, [text]), at
        else:
            path, value = _attribute(makes, flag, values)
            _put(attributes, path, value)
            lines[path] = at
    if makes.kind == "aws_cloudwatch_log_group" and name in script.retention:
        days, at = script.retention[name]
        attributes["retention_in_days"], lines["retention_in_days"] = _value("retention_in_days", [days]), at
    regions = flags.get("region", ([], line))[0]
    region = regions[0] if regions and known(regions[0]) else ""
    script.found.fact(
        script.file,
        makes.kind,
        _address(script, makes.kind, name, line),
        name=name or makes.kind.removeprefix("aws_"),
        line=line,
        attributes=attributes,
        lines=lines,
        region=region,
        whole=False,
    )


def _address(script: _Script, kind: str, name: str, line: int) -> str:
    address = f"{kind}.{name or line}"
    address = f"{address}:{line}" if address in script.addresses else address
    script.addresses.add(address)
    return address


def _attribute(makes: Makes, flag: str, values: list[str]) -> tuple[str, Value]:
    """The attribute's path and value; ``--no-multi-az`` is ``multi_az`` false."""
    if not values and flag.startswith("no-"):
        return flag.removeprefix("no-").replace("-", "_"), False
    path = makes.renamed.get(flag, flag.replace("-", "_"))
    if flag == "dimensions":
        pairs = [dict(_pairs([value])) for value in values]
        return path, {
            one["Name"]: one["Value"] if known(one["Value"]) else unread(_LEFT_OPEN)
            for one in pairs
            if "Name" in one and "Value" in one
        }
    if flag == "image-scanning-configuration":
        return "image_scanning_configuration", [
            {"scan_on_push": dict(_pairs(values)).get("scanOnPush") == "true"}
        ]
    return path, _value(path, values)


def _value(path: str, values: list[str]) -> Value:
    if not values:
        return True
    if any(not known(value) for value in values):
        return unread(_LEFT_OPEN)
    if path.endswith(("_actions", "_blocks", "_ids", "subnets", "_groups", "_compatibilities")):
        return [item for value in values for item in re.split(r"[\s,]+", value) if item]
    if len(values) > 1:
        return [*values]
    value = values[0]
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if value in ("true", "false"):
        return value == "true"
    if value.startswith("file://"):
        return unread(f"it is in {value.removeprefix('file://')}")
    return value


def _pairs(values: list[str]) -> Iterator[tuple[str, str]]:
    """``A=1,B=2`` or ``{"A": "1"}``."""
    text = ",".join(values)
    if text.lstrip().startswith("{"):
        try:
            document = load_json(text)
        except Unreadable:
            return
        yield from ((key, str(value)) for key, value in document.items())
        return
    for part in text.split(","):
        key, sign, value = part.partition("=")
        if sign:
            yield key.strip(), value.strip()


def _put(attributes: dict[str, Value], path: str, value: Value) -> None:
    block, _, inner = path.partition(".0.")
    held = attributes.setdefault(block, [{}]) if inner else None
    first = held[0] if isinstance(held, list) and held else None
    if isinstance(first, dict):
        first[inner] = value
    elif not inner:
        attributes[path] = value
