"""Where Terraform works on a root: a folder of ours in which the root's files stand as links.

Terraform writes beside what it reads: its data, its lock file, a local state, ``errored.tfstate``. With links, all of
that lands in the state folder of the target, and two targets of one root never meet. The folders above the root are
mirrored too, so that ``../modules`` and ``../../services`` lead where they lead in the repository.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from launchbook.lifecycle.platform import Platform, Root

#: What Terraform writes, and what belongs to a run of it by hand.
_NOT_LINKED = {
    ".terraform",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "errored.tfstate",
    ".launchbook",
}
LOCK_FILE = ".terraform.lock.hcl"


def stage(platform: Platform, root: Root, state: Path) -> Path:
    """The working folder of a root, its links brought up to date; what Terraform wrote there stays."""
    base = Path(os.path.commonpath([platform.folder, root.path.resolve()]))
    there = state / "roots" / root.name
    parts = root.path.resolve().relative_to(base).parts
    source = base
    for part in (*parts, None):
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        _link(source, there, without=part)
        if part is not None:
            there, source = there / part, source / part
    own = root.path / LOCK_FILE
    if own.is_file():  # the user's own choice of versions
        shutil.copyfile(own, there / LOCK_FILE)
    return there


def fingerprint(platform: Platform) -> str:
    """What a platform's Terraform files and settings say, in one word: other files, another word."""
    digest = hashlib.sha256()
    files = [platform.folder / "launchbook.toml"]
    for root in platform.roots:
        files += sorted(root.path.rglob("*.tf*")) + sorted(root.path.glob("*.hcl"))
    for path in files:
        if path.is_file() and ".terraform" not in path.parts and "tfstate" not in path.name:
            digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _link(source: Path, there: Path, without: str | None) -> None:
    wanted = {
        entry.name: entry
        for entry in source.iterdir()
        if entry.name not in _NOT_LINKED and entry.name not in (without, LOCK_FILE)
    }
    for entry in there.iterdir():
        if entry.is_symlink() and (entry.name not in wanted or entry.readlink() != wanted[entry.name]):
            entry.unlink()
    for name, target in wanted.items():
        link = there / name
        if not link.is_symlink() and not link.exists():
            link.symlink_to(target)
