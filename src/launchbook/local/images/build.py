"""Carries out a Dockerfile in a directory, without a container, and says each instruction it can't honour."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launchbook.errors import UnreadableInput, UsageError
from launchbook.local.images import copying, run_line
from launchbook.local.images.dockerfile import Instruction, expand, pairs, parse, words
from launchbook.local.images.ignore import Ignore
from launchbook.local.images.stage import Note, Stage

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
#: Instructions with nothing to do, or nothing that a plain process could have, and why.
_NOT_HONOURED = {
    "USER": "processes run as the user of the embedded AWS",
    "VOLUME": "mount points come from the task definition",
    "ONBUILD": "nothing builds on this image here",
    "HEALTHCHECK": "kept in the image, but ECS runs the health check of a task definition only",
}


@dataclass(frozen=True)
class Built:
    """The last stage of a build, and what was not honoured on the way."""

    stage: Stage
    notes: tuple[Note, ...]


def build(
    context: Path,
    dockerfile: Path,
    work: Path,
    *,
    python: str,
    arguments: Mapping[str, str] | None = None,
    target: str | None = None,
) -> Built:
    """Build the image of ``context`` in the directory ``work``, one directory a stage.

    ``python`` is the interpreter that the image's Python programs run with. Raises UnreadableInput for a
    Dockerfile that can't be read and for files that aren't there.
    """
    try:
        text = dockerfile.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{dockerfile} can't be read", str(error)) from None
    building = _Building(context, work, python, dict(arguments or {}))
    for instruction in parse(text, dockerfile.name):
        if instruction.name == "FROM" and target and building.stages and building.stage.name == target:
            break
        building.carry_out(instruction)
    if target and building.stage.name != target.lower():
        raise UsageError(f"no stage {target}", f"{dockerfile.name} doesn't name one so")
    building.stage.labels["launchbook.python"] = python
    return Built(building.stage, tuple(building.notes))


class _Building:
    """The state of one build."""

    def __init__(self, context: Path, work: Path, python: str, given: dict[str, str]) -> None:
        self.context = context
        self.ignore = Ignore.of(context)
        self.work = work
        self.python = python
        self.given = given
        self.globals: dict[str, str] = {}
        self.stages: list[Stage] = []
        self.notes: list[Note] = []

    @property
    def stage(self) -> Stage:
        return self.stages[-1]

    def carry_out(self, instruction: Instruction) -> None:
        """One instruction; what is not honoured is noted."""
        if instruction.name == "ARG":
            self._argument(instruction)
        elif instruction.name == "FROM":
            self._from(instruction)
        elif instruction.name in ("COPY", "ADD"):
            self._copy(instruction)
        elif instruction.name == "RUN":
            self.notes += run_line.honour(instruction, self.stage, self.python)
        elif instruction.name in _SETTERS:
            _SETTERS[instruction.name](self.stage, instruction)
        if instruction.name in _NOT_HONOURED:
            self.note(instruction, _NOT_HONOURED[instruction.name])

    def note(self, instruction: Instruction, why: str) -> None:
        """Say that this is not honoured."""
        self.notes.append(Note(instruction.line, str(instruction), why))

    def _argument(self, instruction: Instruction) -> None:
        scope = self.stage.arguments if self.stages else self.globals
        known = self.stage.variables if self.stages else self.globals
        for word in words(instruction.value):
            name, has_default, default = word.partition("=")
            fallback = expand(default, known) if has_default else self.globals.get(name)
            value = self.given.get(name, fallback)
            if value is not None:
                scope[name] = value

    def _from(self, instruction: Instruction) -> None:
        parts = words(expand(instruction.value, {**self.globals, **self.given}))
        if not parts or (len(parts) > 1 and (len(parts) != 3 or parts[1].lower() != "as")):
            raise UnreadableInput(f"line {instruction.line} can't be read", "FROM image [AS name]")
        files = self.work / f"stage-{len(self.stages)}"
        files.mkdir(parents=True)
        made = Stage(files, name=parts[2].lower() if len(parts) == 3 else "", base=parts[0])
        parent = self.find(parts[0])
        self.stages.append(made)
        if parent:
            made.inherit(parent)
        elif parts[0] != "scratch":
            self.note(instruction, f"the programs of this machine stand for those of {parts[0]}")

    def find(self, name: str) -> Stage | None:
        """An earlier stage by name or number."""
        if name.isdecimal():
            return self.stages[int(name)] if int(name) < len(self.stages) else None
        return next((stage for stage in reversed(self.stages) if stage.name == name.lower()), None)

    def _copy(self, instruction: Instruction) -> None:
        source = instruction.flags.get("from")
        if source is None:
            for left in copying.from_context(instruction, self.stage, self.context, self.ignore):
                self.note(instruction, left)
            return
        stage = self.find(source)
        if stage is None:
            self.note(instruction, f"the files of {source} are not on this machine")
        else:
            copying.from_stage(instruction, self.stage, stage)


def _environment(stage: Stage, instruction: Instruction) -> None:
    known = stage.variables
    stage.environment |= {key: expand(value, known) for key, value in pairs(instruction.value).items()}


def _labels(stage: Stage, instruction: Instruction) -> None:
    stage.labels |= {key: expand(v, stage.variables) for key, v in pairs(instruction.value).items()}


def _workdir(stage: Stage, instruction: Instruction) -> None:
    path = expand(instruction.value.strip("\"'"), stage.variables)
    folder = stage.path(path)
    folder.mkdir(parents=True, exist_ok=True)
    stage.workdir = "/" + folder.relative_to(stage.files).as_posix().removeprefix(".")


def _user(stage: Stage, instruction: Instruction) -> None:
    stage.user = expand(instruction.value, stage.variables)


def _expose(stage: Stage, instruction: Instruction) -> None:
    ports = words(expand(instruction.value, stage.variables))
    stage.ports += [port if "/" in port else f"{port}/tcp" for port in ports]


def _entrypoint(stage: Stage, instruction: Instruction) -> None:
    stage.entrypoint = _program(stage, instruction)
    stage.command = None  # as Docker does: a CMD of the base belongs to its ENTRYPOINT


def _command(stage: Stage, instruction: Instruction) -> None:
    stage.command = _program(stage, instruction)


def _program(stage: Stage, instruction: Instruction) -> list[str]:
    listed = instruction.listed
    return listed if listed is not None else [*stage.shell, instruction.value]


def _shell(stage: Stage, instruction: Instruction) -> None:
    listed = instruction.listed
    if not listed:
        raise UnreadableInput(f"line {instruction.line} can't be read", 'SHELL ["program", "argument"]')
    stage.shell = listed


def _stop_signal(stage: Stage, instruction: Instruction) -> None:
    stage.stop_signal = expand(instruction.value, stage.variables)


def _healthcheck(stage: Stage, instruction: Instruction) -> None:
    verb, _, rest = instruction.value.partition(" ")
    if verb.upper() == "NONE":
        stage.healthcheck = {"Test": ["NONE"]}
        return
    form = Instruction("CMD", rest.strip(), instruction.line)
    test = ["CMD", *form.listed] if form.listed is not None else ["CMD-SHELL", form.value]
    times = {"interval": "Interval", "timeout": "Timeout", "start-period": "StartPeriod"}
    made: dict[str, object] = {"Test": test}
    made |= {
        key: nanoseconds(instruction.flags[flag]) for flag, key in times.items() if flag in instruction.flags
    }
    if "retries" in instruction.flags:
        made["Retries"] = int(instruction.flags["retries"])
    stage.healthcheck = made


def nanoseconds(text: str) -> int:
    """``1m30s`` as Docker's configuration holds it."""
    return int(sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(text)) * 1e9)


_SETTERS: dict[str, Callable[[Stage, Instruction], None]] = {
    "ENV": _environment,
    "LABEL": _labels,
    "WORKDIR": _workdir,
    "USER": _user,
    "EXPOSE": _expose,
    "ENTRYPOINT": _entrypoint,
    "CMD": _command,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "HEALTHCHECK": _healthcheck,
}
