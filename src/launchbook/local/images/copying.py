"""COPY and ADD: files of the build context, of an earlier stage, or written in the Dockerfile itself."""

from __future__ import annotations

import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from launchbook.errors import UnreadableInput
from launchbook.local.images.dockerfile import Instruction, expand, words
from launchbook.local.images.ignore import Ignore
from launchbook.local.images.stage import Stage


def from_context(instruction: Instruction, stage: Stage, context: Path, ignore: Ignore) -> Iterator[str]:
    """Copy from the build context; yields why a source is not honoured. Raises UnreadableInput."""
    *sources, target = _operands(instruction, stage)
    root = context.resolve()
    into_folder = target.endswith("/") or len(sources) > 1
    for source in sources:
        if source.startswith("<<"):
            name = source.lstrip("<-")
            quoted = re.search(rf"<<-?['\"]{name}", instruction.value)
            text = instruction.documents[name]
            _write(stage.path(target), text if quoted else expand(text, stage.variables))
        elif "://" in source or source.startswith("git@"):
            yield f"nothing is fetched from {source.split('://')[0]}"
        else:
            found = _matches(root, source, instruction)
            for path in found:
                if instruction.name == "ADD" and path.is_file() and tarfile.is_tarfile(path):
                    _unpack(path, stage.path(target))
                else:
                    _copy(path, target, stage, into_folder or len(found) > 1, ignore.files(root, path))
    if "chmod" in instruction.flags:
        mode = int(instruction.flags["chmod"], 8)
        for path in stage.path(target).rglob("*") if stage.path(target).is_dir() else [stage.path(target)]:
            if path.is_file():
                path.chmod(mode)


def from_stage(instruction: Instruction, stage: Stage, source: Stage) -> None:
    """COPY --from an earlier stage. Raises UnreadableInput when it has no such file."""
    *names, target = _operands(instruction, stage)
    root = source.files.resolve()
    nothing_left_out = Ignore("")
    for name in names:
        found = _matches(root, name, instruction)
        for path in found:
            into_folder = target.endswith("/") or len(names) > 1 or len(found) > 1
            _copy(path, target, stage, into_folder, nothing_left_out.files(root, path))


def _operands(instruction: Instruction, stage: Stage) -> list[str]:
    listed = instruction.listed
    given = listed if listed is not None else words(instruction.value)
    operands = [word if word.startswith("<<") else expand(word, stage.variables) for word in given]
    if len(operands) < 2:
        raise UnreadableInput(
            f"line {instruction.line} can't be read", f"{instruction.name} needs a source and a target"
        )
    return operands


def _matches(root: Path, pattern: str, instruction: Instruction) -> list[Path]:
    wanted = pattern.lstrip("/")
    plain = root / wanted
    found = (
        [plain] if plain.exists() or plain.is_symlink() else sorted(root.glob(wanted)) if wanted else [root]
    )
    found = [path for path in found if path.resolve().is_relative_to(root)]
    if not found:
        raise UnreadableInput(
            f"line {instruction.line}: {instruction} can't be done", f"{pattern} is not there",
            hint="paths of COPY are relative to the directory that is built",
        )  # fmt: skip
    return found


def _copy(path: Path, target: str, stage: Stage, into_folder: bool, files: Iterator[Path]) -> None:
    """Copy one source as Docker does: the contents of a folder, a file by name or into a folder."""
    place = stage.path(target)
    if path.is_dir() and not path.is_symlink():
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            _one(file, place / file.relative_to(path))
        return
    if into_folder or place.is_dir():
        place = place / path.name
    for file in files:
        _one(file, place)


def _one(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink() or target.is_file():
        target.unlink()
    shutil.copy2(source, target, follow_symlinks=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _unpack(archive: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(target, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise UnreadableInput(f"{archive.name} can't be unpacked", str(error)) from None
