"""What ``launchbook.toml`` says of a platform: its Terraform roots in order, images, tasks, services and probe.

Texts may hold ``{root.output}``: the value of a Terraform output, filled in once that root has been applied.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launchbook.errors import RunFailed, UsageError
from launchbook.lifecycle.probe import Probe, read_probe
from launchbook.lifecycle.tables import Table
from launchbook.settings import FILE

#: A text, or a list of texts, that may hold ``{root.output}``.
Template = str | tuple[str, ...]
#: Beside a root's files: where its remote state is, as Terraform's own -backend-config takes it.
BACKEND_FILE = "backend.hcl"
_PLACE = re.compile(r"\{([A-Za-z_][\w-]*)\.([A-Za-z_][\w-]*)\}")


@dataclass(frozen=True, kw_only=True)
class Root:
    """A Terraform root module. ``backend`` is the text of its backend file, empty for a local state.

    ``first`` are the addresses that are applied before images are pushed; ``local`` and ``aws`` are variables for one
    target alone, over ``variables``.
    """

    name: str
    path: Path
    backend: str = ""
    first: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)
    aws: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that the services run: the repository's name, the folder with its Dockerfile, the tag they name."""

    repository: str
    source: Path
    stable: str


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A task that runs once after apply and before each rollout, such as a migration."""

    name: str
    cluster: str
    definition: str
    subnets: Template
    security_groups: Template


@dataclass(frozen=True, kw_only=True)
class Service:
    """An ECS service."""

    name: str
    cluster: str
    log_group: str = ""


@dataclass(frozen=True, kw_only=True)
class Health:
    """The address that says that the platform is up, and the answer that means it."""

    url: str
    status: int = 200
    body: Any = None


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A platform as its file describes it. ``folder`` holds the file."""

    folder: Path
    name: str
    region: str
    tags: Mapping[str, str]
    roots: tuple[Root, ...]
    run_variable: str = ""
    run_tag: str = ""
    names: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    tasks: tuple[OneOff, ...] = ()
    services: tuple[Service, ...] = ()
    health: Health | None = None
    probe: Probe | None = None


class Outputs(Mapping[str, Any]):
    """Terraform outputs by ``root.output``, and the texts they are filled into."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def fill(self, template: Any) -> Any:
        """``template`` with every ``{root.output}`` replaced, at any depth of lists and tables.

        A text that is one placeholder alone becomes the output itself, whatever its type; a list inside a list is
        spliced into it. Raises RunFailed for an output that there is not (yet).
        """
        if isinstance(template, str):
            whole = _PLACE.fullmatch(template)
            if whole:
                return self._value(whole)
            return _PLACE.sub(lambda found: str(self._value(found)), template)
        if isinstance(template, Mapping):
            return {key: self.fill(value) for key, value in template.items()}
        if isinstance(template, list | tuple):
            filled = [(one, self.fill(one)) for one in template]
            return [
                value
                for one, result in filled
                for value in (result if isinstance(result, list) and isinstance(one, str) else [result])
            ]
        return template

    def text(self, template: str) -> str:
        """``template`` filled, as text."""
        return str(self.fill(template))

    def _value(self, found: re.Match[str]) -> Any:
        name = f"{found[1]}.{found[2]}"
        if self._values.get(name) is None:
            raise RunFailed(
                f"{FILE} names {{{name}}}",
                f"{found[1]} has no such output, or was not applied yet",
                hint="launchbook apply   (launchbook status shows what there is)",
            )
        return self._values[name]


def load_platform(folder: Path) -> Platform:
    """The platform of a folder. Raises UsageError that lists every mistake of its file."""
    path = folder / FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no {FILE} in {folder}", "it describes the platform", hint="docs/reference/settings.md"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}", str(error), hint="correct the file at that place") from None
    mistakes: list[str] = []
    platform = _platform(folder.absolute(), Table(data, "", mistakes).table("platform", required=True))
    if not mistakes:
        mistakes += _wrong_places(platform)
    if mistakes:
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise UsageError(
            f"{path} has {len(mistakes)} mistake{'s' * (len(mistakes) > 1)}", f"\n{lines}",
            hint="docs/reference/settings.md lists every key",
        )  # fmt: skip
    return platform


def _platform(folder: Path, table: Table) -> Platform:
    platform = Platform(
        folder=folder,
        name=table.text("name"),
        region=table.text("region"),
        tags=table.map("tags"),
        run_variable=table.text("run_variable", ""),
        run_tag=table.text("run_tag", ""),
        names=table.texts("names"),
        roots=tuple(_root(folder, one) for one in table.tables("root", required=True)),
        images=tuple(_image(folder, one) for one in table.tables("image")),
        tasks=tuple(_task(one) for one in table.tables("task")),
        services=tuple(_service(one) for one in table.tables("service")),
        health=_health(table.table("health")) if "health" in table else None,
        probe=_probe(table) if "probe" in table else None,
    )
    table.no_others()
    return platform


def _root(folder: Path, table: Table) -> Root:
    root = Root(
        name=table.text("name"), path=_folder(folder, table, "path", "*.tf*"), backend=table.text("backend", ""),
        first=table.texts("first"), variables=table.map("variables"), local=table.map("local"), aws=table.map("aws"),
    )  # fmt: skip
    table.no_others()
    return root


def _image(folder: Path, table: Table) -> Image:
    image = Image(
        repository=table.text("repository"),
        source=_folder(folder, table, "source", "Dockerfile"),
        stable=table.text("stable", "stable"),
    )
    table.no_others()
    return image


def _task(table: Table) -> OneOff:
    task = OneOff(
        name=table.text("name"), cluster=table.text("cluster"), definition=table.text("definition"),
        subnets=table.template("subnets"), security_groups=table.template("security_groups"),
    )  # fmt: skip
    table.no_others()
    return task


def _service(table: Table) -> Service:
    service = Service(
        name=table.text("name"), cluster=table.text("cluster"), log_group=table.text("log_group", "")
    )
    table.no_others()
    return service


def _health(table: Table) -> Health:
    health = Health(url=table.text("url"), status=table.number("status", 200), body=table.any("body"))
    table.no_others()
    return health


def _probe(table: Table) -> Probe:
    names = tuple(
        str(one["name"]) for one in table.any("task") or () if isinstance(one, dict) and "name" in one
    )
    return read_probe(table.table("probe"), names)


def _folder(base: Path, table: Table, key: str, holds: str) -> Path:
    """A folder named in the file, which must hold a file that fits ``holds``."""
    written = table.text(key)
    found = base / written
    if written and not any(found.glob(holds)):
        table.mistake(key, f"{written} is no folder with a {holds}")
    return found


def _wrong_places(platform: Platform) -> Iterator[str]:
    """Names that are used twice, and placeholders of roots that there are not."""
    roots = [root.name for root in platform.roots]
    yield from (
        f"[[platform.root]] {name}: two roots have this name" for name in set(roots) if roots.count(name) > 1
    )
    for number, root in enumerate(platform.roots):
        for name in _named(root.backend) - set(roots[:number]):
            yield f"[[platform.root]] {root.name}: backend names {{{name}.…}}, which is no root before it"
    rest = (platform.images, platform.tasks, platform.services, platform.health, platform.probe)
    for name in _named(repr(rest)) - set(roots):
        yield f"[platform] {{{name}.…}} is named, and no root is called {name}"


def places(platform: Platform) -> set[tuple[str, str]]:
    """Every root and output that the file names."""
    return {(found[1], found[2]) for found in _PLACE.finditer(repr(platform))}


def backend_text(root: Root, outputs: Callable[[], Outputs]) -> str:
    """The text of a root's backend file: from an earlier root's output, else its own :data:`BACKEND_FILE`.

    ``outputs`` is asked only where it names some. Raises RunFailed where neither is there.
    """
    if not root.backend:
        return ""
    try:
        return Outputs({}).text(root.backend)  # it names no output
    except RunFailed:
        pass
    try:
        return outputs().text(root.backend)
    except RunFailed:
        own = root.path / BACKEND_FILE
        if not own.is_file():
            raise
        return own.read_text("utf-8")


def _named(text: str) -> set[str]:
    return {found[1] for found in _PLACE.finditer(text)}
