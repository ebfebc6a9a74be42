"""``helm upgrade --install api ./charts/api -f prod.yaml --set replicas=3``: charts and values in commands."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchbook.patterns import regex
from launchbook.repo.reader import File, Tree

_COMMAND = regex(
    r"\bhelm\s+(?:-{1,2}[\w-]+(?:[= ]\S{1,100})?\s+){0,4}(?:upgrade|install)\s+(?P<rest>[^\n;|]{1,2000})"
)
#: Flags without a value: whatever follows another one is its value.
_ALONE = regex(
    r"--?(?:i|install|wait|atomic|force|debug|dry-run(?:=\w+)?|create-namespace|reuse-values|reset-values"
    r"|cleanup-on-fail|dependency-update|wait-for-jobs|no-hooks|skip-crds|devel|verify|g|generate-name|replace"
    r"|reset-then-reuse-values|render-subchart-notes|hide-notes|hide-secret|history-max=\d+)"
)
_LONGEST = 8000
#: Where such commands stand.
SCRIPTS = (
    *("*.sh", "*.bash", "Makefile", "*.mk", "justfile", "Taskfile.yml", "Jenkinsfile", "**/scripts/*"),
    *(
        "**/.github/workflows/*.yml",
        "**/.github/workflows/*.yaml",
        ".gitlab-ci.yml",
        "**/.circleci/config.yml",
    ),
    *("azure-pipelines.yml", "bitbucket-pipelines.yml", "buildspec*.yml", "buildspec*.yaml"),
)


@dataclass
class Installed:
    """One command: its chart as written, its files of values, and what it sets, in their order."""

    line: int
    chart: str = ""
    repository: str = ""
    files: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)


def commands(text: str) -> Iterator[Installed]:
    """Every installation in a text; a line that goes on below is one line."""
    joined = re.sub(r"\\\n[ \t]*", " ", text)
    before = 0
    for match in _COMMAND.finditer(joined):
        start = joined.rfind("\n", 0, match.start()) + 1
        if joined[start : match.start()].lstrip().startswith(("#", "//")):
            continue
        line = joined.count("\n", 0, match.start()) + 1
        before = _continued(text, line)
        try:
            words = shlex.split(match["rest"][:_LONGEST], comments=True)
        except ValueError:  # a quote that closes on another line
            words = match["rest"].split()
        yield _read(words, line + before)


def _continued(text: str, line: int) -> int:
    """How many lines of the text above a joined line only go on."""
    joined = passed = 0
    for written in text.split("\n"):
        if joined >= line - 1:
            break
        if written.endswith("\\"):
            passed += 1
        else:
            joined += 1
    return passed


def _read(words: list[str], line: int) -> Installed:
    found = Installed(line)
    names: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            names.append(word)
            continue
        flag, _, value = word.partition("=")
        if _ALONE.fullmatch(word):
            continue
        value = value or next(rest, "")
        if flag in ("-f", "--values"):
            found.files += value.split(",")
        elif flag in ("--set", "--set-string", "--set-json", "--set-file", "--set-literal"):
            found.sets.append(f"{'?' if flag in ('--set-json', '--set-file') else ''}{value}")
        elif flag == "--repo":
            found.repository = value
    found.chart = names[-1] if names else ""
    return found


def chart_folder(tree: Tree, file: File, written: str) -> str | None:
    """The folder of the chart that a command names: from the repository's root, or from the command's own file."""
    path = posixpath.normpath(written.strip("\"'")).rstrip("/")
    for base in ("", file.folder):
        folder = posixpath.normpath(posixpath.join(base, path))
        folder = "" if folder == "." else folder
        if tree.get(f"{folder}/Chart.yaml" if folder else "Chart.yaml") is not None:
            return folder
    return None


def values_file(tree: Tree, file: File, written: str) -> File | None:
    """A file of values that a command names."""
    path = posixpath.normpath(written)
    return tree.get(path) or tree.beside(file, written)
