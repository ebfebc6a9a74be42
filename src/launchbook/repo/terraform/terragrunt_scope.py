"""What names and functions mean in a Terragrunt file: locals, included files, paths inside the repository."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from launchbook.model import Unread, Value
from launchbook.repo.hcl.evaluate import evaluate
from launchbook.repo.hcl.parse import parse_hcl
from launchbook.repo.hcl.scope import Budget, Scope, stepped
from launchbook.repo.hcl.syntax import Attribute, Block, Body
from launchbook.repo.lined import Unreadable
from launchbook.repo.reader import File, Tree

#: Stands for the repository's folder where Terragrunt gives a whole path.
ROOT = "/@"
#: Files that read files that read files.
DEEPEST = 12
#: Steps that reading another file takes of the budget: files that read each other end after a hundred.
_COST = 2_000


@dataclass
class Folder:
    """One file as Terragrunt reads it for a unit: its body, and the unit that everything is told from."""

    tree: Tree
    file: File
    body: Body
    unit: File
    budget: Budget = field(default_factory=Budget)
    depth: int = 0
    _going: set[str] = field(default_factory=set)

    def value(self, attribute: Attribute | None) -> Value:
        """An attribute's value; Unread where files do not decide it."""
        return Unread("it is not given") if attribute is None else evaluate(attribute.value, self.scope())

    def scope(self) -> Scope:
        """The names and functions of this file."""
        return Scope(self._resolve, self._call, self.budget)

    def locals(self) -> dict[str, Value]:
        """Every local of the file."""
        names = {name: at for block in self.body.all("locals") for name, at in block.body.attributes.items()}
        return {name: self._local(name, attribute) for name, attribute in names.items()}

    def _local(self, name: str, attribute: Attribute) -> Value:
        if name in self._going or self.depth > DEEPEST:
            return Unread(f"local.{name} refers to itself")
        self._going.add(name)
        value = self.value(attribute)
        self._going.discard(name)
        return value

    def includes(self) -> list[tuple[Block, str, Folder | None]]:
        """Each file that this one includes: the block, its label, and the file as it reads for the unit."""
        found = []
        for block in self.body.all("include"):
            path = self.value(block.body.attributes.get("path"))
            label = block.labels[0] if block.labels else ""
            found.append((block, label, self._other(path)))
        return found

    def _other(self, path: Value) -> Folder | None:
        """Another file by its path, as Terragrunt reads it for the same unit."""
        if not isinstance(path, str) or self.depth >= DEEPEST:
            return None
        self.budget.left -= _COST
        other = self.tree.get(inside(path, self.file.folder))
        if other is None or self.budget.left <= 0:
            return None
        try:
            body = parse_hcl(other.text)
        except Unreadable:
            return None
        return Folder(self.tree, other, body, self.unit, self.budget, self.depth + 1)

    def _resolve(self, names: tuple[str, ...], _: Scope) -> Value:
        first, rest = names[0], names[1:]
        if first == "local" and rest:
            blocks = (block.body.attributes for block in self.body.all("locals"))
            declared = next((held[rest[0]] for held in blocks if rest[0] in held), None)
            if declared is None:
                return Unread(f"local.{rest[0]} is not set")
            return stepped(self._local(rest[0], declared), rest[1:])
        if first == "dependency" and rest:
            return Unread(f"an output of the unit that it calls {rest[0]}", "terragrunt output")
        if first == "include" and len(rest) > 1:
            other = next(
                (one for _, label, one in self.includes() if label == rest[0] and one is not None), None
            )
            held: Value = dict(other.told()) if other is not None else Unread("the included file is not read")
            return stepped(held, rest[1:])
        return Unread(f"{'.'.join(names)} is known when Terragrunt runs")

    def told(self) -> dict[str, Value]:
        """What another file sees of this one."""
        return {"locals": self.locals(), "inputs": self.value(self.body.attributes.get("inputs"))}

    def _call(self, name: str, given: list[Value], _: Scope) -> Value:
        if any(isinstance(value, Unread) for value in given):
            return Unread(f"{name}() of what is not known here")
        first = str(given[0]) if given else ""
        if name == "find_in_parent_folders":
            return self._above(first or "terragrunt.hcl", given[1] if len(given) > 1 else None)
        if name == "get_repo_root":
            return ROOT
        if name in ("get_terragrunt_dir", "get_original_terragrunt_dir"):
            return f"{ROOT}/{self.unit.folder}"
        if name == "get_parent_terragrunt_dir":
            return f"{ROOT}/{self.file.folder}"
        if name == "path_relative_to_include":
            return posixpath.relpath(f"/{self.unit.folder}", f"/{self.file.folder}")
        if name == "read_terragrunt_config":
            other = self._other(first)
            if other is not None:
                return dict(other.told())
            return given[1] if len(given) > 1 else Unread(f"{first} is not in the repository")
        return Unread(f"{name}() is known when Terragrunt runs")

    def _above(self, name: str, otherwise: Value) -> Value:
        """The nearest file of a name in a folder above the unit's."""
        folder = self.unit.folder
        while folder:
            folder = folder.rpartition("/")[0]
            path = f"{folder}/{name}" if folder else name
            if self.tree.get(path) is not None:
                return f"{ROOT}/{path}"
        return otherwise if otherwise is not None else Unread(f"no folder above has {name}")


def inside(path: str, folder: str) -> str:
    """A path from the repository's folder, as the tree knows it; what leads out of it begins with ``..``."""
    whole = (
        path.removeprefix(f"{ROOT}/").removeprefix(ROOT)
        if path.startswith(ROOT)
        else posixpath.join(folder, path)
    )
    clean = posixpath.normpath(whole.replace("//", "/"))
    return "" if clean == "." else clean
