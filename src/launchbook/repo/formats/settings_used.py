"""Settings that commands use: scripts, entry points, a container's arguments, a pipeline's steps, interpolation."""

from __future__ import annotations

from collections.abc import Iterator

from launchbook.patterns import regex
from launchbook.repo.reader import File, Found, reader

#: ``$NAME``, ``${NAME}``, ``${NAME:-x}``, ``$(NAME)`` (make, Kubernetes), ``env.NAME`` (GitHub), ``%NAME%``.
_USED = regex(
    r"\$\{?\(?(?P<name>[A-Z][A-Z0-9_]{2,})(?![A-Za-z0-9_]|::)|\benv\.(?P<of>[A-Z][A-Z0-9_]{2,})\b|%(?P<win>[A-Z][A-Z0-9_]{2,})%"
)
_GIVEN = regex(r"^\s*(?:export\s+|readonly\s+|local\s+)?(?P<name>[A-Z][A-Z0-9_]{2,})\s*[:?]?=")
#: A line that hands a variable on under its own name uses it for nothing.
_PASSED = regex(
    r"^\s*(?:-\s+)?[\"']?(?P<name>[A-Z][A-Z0-9_]{2,})[\"']?\s*[:=]\s*[\"']?\$\{?(?P=name)\}?[\"']?\s*$"
)
_SNIFF = rb"\$\{?\(?[A-Z][A-Z0-9_]{2}|\benv\.[A-Z][A-Z0-9_]{2}"
_SCRIPTS = (
    "*.sh",
    "*.bash",
    "Makefile",
    "*.mk",
    "justfile",
    "entrypoint",
    "docker-entrypoint",
    "start",
    "run",
)


@reader("settings used by scripts", *_SCRIPTS, sniff=_SNIFF, hides=())
def scripts(file: File, found: Found) -> None:
    """A variable that a script uses and does not make itself."""
    own: set[str] = set()
    for number, name in _uses(file.text, own):
        if name not in own:
            _tell(file, found, name, number)


@reader(
    "settings used by commands",
    *("*.yml", "*.yaml", "*.tf", "package.json", "*task-definition*.json", "*taskdef*.json", "Procfile"),
    *("Dockerfile", "Dockerfile.*", "*.dockerfile", "Containerfile", "Jenkinsfile", "*.conf.template"),
    sniff=_SNIFF,
    hides=(),
)
def commands(file: File, found: Found) -> None:
    """A variable in a command that a container, a pipeline or a package's script runs, or that a file interpolates."""
    for number, name in _uses(file.text, set()):
        _tell(file, found, name, number)


def _uses(text: str, own: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each use; ``own`` learns the names that get a value of their own before they are used."""
    for number, written in enumerate(text.splitlines(), 1):
        if written.lstrip().startswith(("#", "//")):
            continue
        passed = _PASSED.match(written[:8000])
        for match in _USED.finditer(written[:8000]):
            name = match["name"] or match["of"] or match["win"]
            if passed is None or passed["name"] != name:
                yield number, name
        given = _GIVEN.match(written)
        if given is not None:
            own.add(given["name"])


def _tell(file: File, found: Found, name: str, number: int) -> None:
    if file.origin == "source" and found.first(f"used in {file.path}", name):
        found.setting(file, name, "used", number)
