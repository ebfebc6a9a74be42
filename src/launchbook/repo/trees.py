"""What a tree is by its name: vendored, generated, archived, documentation or tests, or somebody's own source."""

from __future__ import annotations

import re

from launchbook.model import Origin
from launchbook.patterns import regex

VENDORED = frozenset(
    [
        "node_modules",
        "bower_components",
        "jspm_packages",
        ".pnpm-store",
        ".yarn",
        ".venv",
        "venv",
        "site-packages",
        "dist-packages",
        ".terraform",
        ".terragrunt-cache",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".gradle",
        ".m2",
        "Pods",
        "third_party",
        "third-party",
        "thirdparty",
        "vendored",
        ".bundle",
        ".eggs",
        ".turbo",
        ".parcel-cache",
        ".cache",
        ".nx",
        ".hypothesis",
    ]
)
REPOSITORY = frozenset(
    (".git", ".hg", ".svn", ".jj", ".launchbook")
)  # ours: states, plans and links to the roots
GENERATED = frozenset(
    [
        "cdk.out",
        ".aws-sam",
        "dist",
        "build",
        "out",
        ".next",
        ".nuxt",
        ".output",
        ".svelte-kit",
        ".serverless",
        ".amplify",
        ".vercel",
        ".netlify",
        ".sst",
        ".open-next",
        "storybook-static",
        "target",
        "coverage",
        "generated",
        "__generated__",
        "cdktf.out",
        ".build",
    ]
)
ARCHIVED = frozenset(
    [
        "archive",
        "archived",
        "archives",
        "_archive",
        ".archive",
        "old",
        "_old",
        "deprecated",
        "obsolete",
        "attic",
        "bak",
        "graveyard",
        "retired",
        "trash",
        "unused",
    ]
)
DOCUMENTS = frozenset(
    [
        "docs",
        "doc",
        "documentation",
        "examples",
        "example",
        "samples",
        "sample",
        "fixtures",
        "testdata",
        "__fixtures__",
    ]
)
#: What stands in these is tried out and torn down; ``test`` may as well be an environment.
TESTS = frozenset(("tests", "__tests__", "e2e", "integration-tests", "integ-tests", "cypress"))
_STAGES = frozenset(
    ("prod", "production", "dev", "development", "staging", "stage", "qa", "uat", "live", "base")
)
#: Beside a folder of tests stands what is tested.
_TESTED = frozenset(
    [
        *(
            "src",
            "lib",
            "app",
            "examples",
            "modules",
            "main.tf",
            "package.json",
            "pyproject.toml",
            "setup.py",
        ),
        *("go.mod", "pom.xml", "build.gradle", "Cargo.toml", "Gemfile", "cdk.json", "Makefile", "Chart.yaml"),
    ]
)
#: ``vendor`` is vendored when a package manager wrote it or packages lie in it; else somebody's own folder.
VENDOR_MARKS = frozenset(("modules.txt", "autoload.php", "bundle", "composer", "github.com", "golang.org"))
#: Below these, a folder is a package of code: ``src/main/java/com/example`` holds no examples.
_PACKAGES = regex(r"(?:^|/)src/(?P<for>main|test)/(?:java|kotlin|scala|groovy)/")
#: No tool reads a file of such a name as what it was.
_STALE = regex(
    r"(?:\.(?:bak|orig|disabled|deprecated)(?:\.\w+)?|\.(?:old|save|backup)|~|[-_. ]bak(?:\.\w+)?)$", re.I
)
#: ``stack-old.yaml`` is a copy of ``stack.yaml``; with no original beside it, the word is part of a name.
_COPY = regex(r"[-_. ](?:old|backup|copy|save)(?=(?:\.\w+)?$)", re.I)
BACKUPS = frozenset(("backup", "backups"))
RANK: tuple[Origin, ...] = ("source", "document", "generated", "archived")


def folder_origin(path: str, name: str, siblings: frozenset[str]) -> Origin:
    """What a folder's own name, path and neighbours make of what lies in it."""
    lower = name.lower()
    package = _PACKAGES.search(path)
    if package:
        return "document" if package["for"] == "test" else "source"
    if lower in GENERATED or lower.startswith("cdk.out"):
        return "generated"
    if lower in ARCHIVED:
        return "archived"
    tried = lower in TESTS or (lower == "test" and bool(siblings & _TESTED) and not siblings & _STAGES)
    return "document" if tried or lower in DOCUMENTS else "source"


def file_origin(name: str, folder: Origin, siblings: frozenset[str]) -> Origin:
    """The origin of a file in a folder: its folder's, unless its name says that it is a stale copy."""
    return max(folder, "archived" if _is_stale(name, siblings) else "source", key=RANK.index)


def _is_stale(name: str, siblings: frozenset[str]) -> bool:
    """Whether a file's name says that it is a copy. Terraform reads every ``.tf`` file, whatever its name says."""
    if name.endswith((".tf", ".tofu")):
        return False
    original = _COPY.sub("", name)
    return bool(_STALE.search(name)) or (original != name and original in siblings)
