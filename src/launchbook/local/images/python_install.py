"""``pip install`` in an image: projects of the image are installed into it, other packages come from this machine.

There is no network and no second copy of every dependency: third-party packages are those of the interpreter that
runs the image (``--python``, else the one that runs Launchbook), and the build says which of them it lacks. The
project itself is built with its own build backend and installed into the image's files, so that two tags hold
two versions of the code.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from launchbook import process
from launchbook.local.images.stage import Stage

_WITH_VALUE = frozenset(
    {
        "-r", "--requirement", "-c", "--constraint", "-t", "--target", "--prefix", "--root", "-i",
        "--index", "-f", "-e", "--editable", "--python", "--platform", "--no-binary", "--only-binary",
        "--implementation", "--abi", "--python-version", "--trusted-host", "--cache-dir", "--src",
        "--group", "-w", "--wheel-dir",
    }
)  # fmt: skip
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)")
_ASK = """
import importlib.metadata as m, re, sys
plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
have = {plain(d.name) for d in m.distributions() if d.name}
print("\\n".join(name for name in sys.argv[1:] if plain(name) not in have))
"""
_OFFLINE = ("--disable-pip-version-check", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
_ONLY = {"install": ("--no-compile",)}
_BUILD_SECONDS = 300.0
#: Where ``pip install`` puts things in the images of Docker Hub.
SYSTEM = "/usr/local"


def environment(stage: Stage, folder: str, python: str) -> None:
    """``python -m venv``: a folder whose ``python`` is the image's interpreter."""
    programs = stage.path(folder) / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    (stage.path(folder) / "pyvenv.cfg").write_text("include-system-site-packages = true\n", encoding="utf-8")
    for name in ("python", "python3"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
        program.chmod(0o755)


def install(stage: Stage, arguments: list[str], python: str, home: str | None) -> Iterator[str]:
    """``pip install ARGUMENTS`` in the environment at ``home`` (None: the one on PATH); yields what is missing."""
    options, operands = _split(arguments)
    projects = [*operands, *options.get("-e", []), *options.get("--editable", [])]
    local = [(name, path) for name in projects if (path := _project(stage, name))]
    wanted = [name for name in operands if name not in dict(local)]
    for name in (*options.get("-r", []), *options.get("--requirement", [])):
        wanted += _requirements(stage, name)
    prefix = home or next(iter(options.get("--prefix", [])), None) or _on_path(stage)
    target = next(iter((*options.get("-t", []), *options.get("--target", []))), None)
    for name, path in local:
        failed = _install_project(stage, path, python, prefix, target)
        if failed:
            yield f"{name} was not installed: {failed}"
    missing = _missing(python, wanted)
    if missing:
        yield f"not in {python}, which stands for the image's Python: {', '.join(missing)}"


def wheel(stage: Stage, arguments: list[str], python: str) -> Iterator[str]:
    """``pip wheel``: the wheel of each project of the image, in ``--wheel-dir``."""
    options, operands = _split(arguments)
    folder = stage.path(next(iter((*options.get("-w", []), *options.get("--wheel-dir", []))), "."))
    for name in operands:
        path = _project(stage, name)
        failed = (
            _pip(python, "wheel", "--wheel-dir", folder, path)
            if path
            else "there is no network to fetch it from"
        )
        if failed:
            yield f"no wheel of {name} was built: {failed}"


def _split(arguments: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    options: dict[str, list[str]] = {}
    operands: list[str] = []
    rest = iter(arguments)
    for word in rest:
        flag, equals, value = word.partition("=")
        if not word.startswith("-"):
            operands.append(word)
        elif equals and flag.startswith("--"):
            options.setdefault(flag, []).append(value)
        elif word in _WITH_VALUE or word.endswith(("-url", "-links")):
            options.setdefault(word, []).append(next(rest, ""))
    return options, operands


def _project(stage: Stage, name: str) -> Path | None:
    """The project folder or archive of the image that an operand names (extras taken off, a pattern filled in)."""
    plain = name.partition("[")[0]
    if not plain:
        return None
    path = stage.path(plain)
    if "*" in plain:
        path = next(iter(sorted(path.parent.glob(path.name))), path)
    is_project = path.is_dir() and any((path / f).is_file() for f in ("pyproject.toml", "setup.py"))
    return path if is_project or (path.is_file() and path.suffix in (".whl", ".gz", ".zip")) else None


def _requirements(stage: Stage, name: str) -> list[str]:
    """The names in a requirements file; those under a condition (``;``) are left to the interpreter."""
    path = stage.path(name)
    if not path.is_file():
        return []
    lines = (line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    named = (line for line in lines if line and line[0] not in "#-" and ";" not in line and "://" not in line)
    return [found[1] for line in named if (found := _NAME.match(line))]


def _on_path(stage: Stage) -> str:
    """The virtual environment that the image's PATH puts first, else the system's."""
    for entry in stage.environment.get("PATH", "").split(":"):
        if entry.endswith("/bin") and (stage.path(entry).parent / "pyvenv.cfg").is_file():
            return entry.removesuffix("/bin")
    return SYSTEM


def _install_project(stage: Stage, project: Path, python: str, prefix: str, target: str | None) -> str | None:
    """Build and install one project into the image; why it failed, or None."""
    with tempfile.TemporaryDirectory(prefix="launchbook-image-") as scratch:
        made = Path(scratch, "made")
        failed = _pip(python, "install", "--target", made, project)
        if failed is None:
            _forget_where_it_was_built(made)
            _move(made, stage, prefix, target)
        return failed


def _pip(python: str, verb: str, where: str, folder: Path, project: Path) -> str | None:
    """Let pip build one project of the image, offline; why it failed, or None."""
    with tempfile.TemporaryDirectory(prefix="launchbook-image-") as scratch:
        source = project
        if project.is_dir():  # a build writes beside its source, and the image's files are to stay as copied
            source = Path(scratch, project.name or "project")
            shutil.copytree(project, source, symlinks=True)
        argv = [python, "-m", "pip", verb, *_OFFLINE, *_ONLY.get(verb, ()), where, str(folder), str(source)]
        done = process.run(argv, timeout=_BUILD_SECONDS, cwd=Path(scratch))
        return _reason(done.stderr) if done.code else None


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    found = next((line for line in lines if line.startswith(("ModuleNotFoundError", "ERROR:"))), None)
    return found or (lines[-1] if lines else "pip gave no reason")


def _forget_where_it_was_built(made: Path) -> None:
    """The same source must give the same image: pip notes the temporary folder it installed from."""
    for note in made.glob("*.dist-info/direct_url.json"):
        note.unlink()
        record = note.parent / "RECORD"
        kept = [
            line for line in record.read_text(encoding="utf-8").splitlines() if "direct_url.json" not in line
        ]
        record.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _move(made: Path, stage: Stage, prefix: str, target: str | None) -> None:
    packages = stage.path(target) if target else stage.path(prefix) / "lib/python/site-packages"
    programs = packages / "bin" if target else stage.path(prefix) / "bin"
    packages.mkdir(parents=True, exist_ok=True)
    if (made / "bin").is_dir():
        programs.mkdir(parents=True, exist_ok=True)
        for program in sorted((made / "bin").iterdir()):
            shutil.move(program, programs / program.name)
        (made / "bin").rmdir()
    shutil.copytree(made, packages, symlinks=True, dirs_exist_ok=True)


def _missing(python: str, names: list[str]) -> list[str]:
    plain = [found[1] for name in names if (found := _NAME.match(name))]
    if not plain:
        return []
    done = process.run([python, "-c", _ASK, *plain], timeout=60)
    return done.stdout.split() if done.code == 0 else []
