"""Python packages that are checked in beside a function's own code: told by what their installer recorded."""

from __future__ import annotations

import os
import stat

_MARKS = (".dist-info", ".egg-info")
#: What tells an installed egg from one that ``pip install -e`` or a build writes beside somebody's own package.
_INSTALLED_EGG = "installed-files.txt"
#: Bytes of a record that are read: ten thousand files.
_LONGEST = 1_000_000


def installed_names(root: str, folder: str, names: frozenset[str]) -> frozenset[str]:
    """The entries of a folder that an installer put there, its records included; empty in nearly every folder."""
    records = [name for name in names if name.endswith(_MARKS)]
    if not records:
        return frozenset()
    found = set(records)
    for record in records:
        egg = os.path.join(root, folder, record, _INSTALLED_EGG)  # noqa: PTH118
        if record.endswith(".egg-info") and not os.path.lexists(egg):
            continue
        for name in ("RECORD", "top_level.txt", _INSTALLED_EGG):
            lines = _lines(os.path.join(root, folder, record, name))  # noqa: PTH118  # names are not always valid text
            found |= {line.split(",")[0].split("/")[0] for line in lines}
            found |= {f"{line}.py" for line in lines if name == "top_level.txt"}
    return frozenset(found & names)


def _lines(path: str) -> list[str]:
    """The lines of a record; none where it is not a plain file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return []
    try:
        plain = stat.S_ISREG(os.fstat(handle).st_mode)
        text = os.read(handle, _LONGEST).decode("utf-8", "replace") if plain else ""
    except OSError:
        return []
    finally:
        os.close(handle)
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("..")]
