"""Names of environments: how files and folders spell them."""

from __future__ import annotations

import re
from functools import lru_cache

from launchbook.patterns import regex

_ALIASES = {
    "prod": "production",
    "prd": "production",
    "live": "production",
    "main": "production",
    "stg": "staging",
    "stage": "staging",
    "preprod": "staging",
    "pre-prod": "staging",
    "dev": "development",
    "develop": "development",
    "qa": "test",
    "testing": "test",
    "uat": "uat",
    "sandbox": "sandbox",
    "sbx": "sandbox",
    "preview": "preview",
    "local": "local",
    "demo": "demo",
}
KNOWN = frozenset({*_ALIASES.values(), "production", "staging", "development", "test"})
_WORD = regex(r"[a-z]+(?:-prod)?")


def canonical(name: str) -> str:
    """``prod`` as ``production``; a name that is no known alias as it is, in lower case."""
    return _ALIASES.get(name.lower(), name.lower())


def same_environment(one: str, other: str) -> bool:
    """Whether two spellings mean one environment."""
    return canonical(one) == canonical(other)


def is_environment(name: str) -> bool:
    """Whether a word names an environment by convention."""
    return canonical(name) in KNOWN


def environment_of(path: str) -> str:
    """The environment that a file is for, by the words of its name, then of its folders; else its name's first part."""
    folders, _, name = path.rpartition("/")
    stem = name.lstrip(".").split(".")[0]
    words = [*re.split(r"[._-]", name), *reversed(re.split(r"[/._-]", folders))]
    return next(
        (canonical(word) for word in words if word and is_environment(word) and word != "main"), stem.lower()
    )


@lru_cache(maxsize=10_000)  # asked for both ends of every pair that is compared
def named_environment(path: str) -> str:
    """The environment that the words of a path name by convention, the innermost first; empty when none does.

    ``live/staging`` is about staging: the outer word only says that it runs.
    """
    folders, _, last = path.rpartition("/")
    if "." in last:  # a file: its folder is the next
        folders, _, folder = folders.rpartition("/")
        last = f"{folder}/{last}"
    # ``live/shop`` is one of many in all that runs: only the folder itself can be the one that is live.
    words = [*_words(last), *(word for word in _words(folders) if word != "live")]
    return next((canonical(word) for word in words if is_environment(word)), "")


def _words(path: str) -> list[str]:
    """The words of a path from its end."""
    return [word for word in reversed(re.split(r"[/._-]", path)) if word and word != "main"]
