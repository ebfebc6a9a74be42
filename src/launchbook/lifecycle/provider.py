"""Which Terraform there is, and where its providers come from: the user's own configuration, the registry, a mirror."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from launchbook.errors import MissingTool
from launchbook.lifecycle.home import Home

#: Where machines keep a filesystem mirror or a shared plugin directory.
_ROOTS = ("~/.terraform.d", "/opt", "/usr/local", "/usr/share", "/usr/lib", "/srv", "/var/lib")
_DEPTH = 4
_REGISTRIES = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
_REACH_SECONDS = 2.0


@dataclass(frozen=True)
class Tool:
    """A Terraform: ``path`` of the program, ``name`` of it (``terraform`` or ``tofu``)."""

    name: str
    path: str

    @property
    def registry(self) -> str:
        """The host that it asks for providers."""
        return _REGISTRIES[self.name]


def find_tool(path: str | None = None) -> Tool:
    """``terraform``, else ``tofu``, on PATH. Raises MissingTool."""
    for name in _REGISTRIES:
        found = shutil.which(name, path=path)
        if found:
            return Tool(name, found)
    raise MissingTool(
        "Terraform is not on PATH", "neither terraform nor tofu was found",
        hint="install one: developer.hashicorp.com/terraform/install or opentofu.org/docs/intro/install",
    )  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where providers come from: ``kind`` in words, and what Terraform's environment needs for it."""

    kind: str
    env: Mapping[str, str]


def find_source(tool: Tool, home: Home, env: Mapping[str, str], *, without_registry: bool = False) -> Source:
    """The user's own CLI configuration; else the public registry, where it answers; else a mirror on this machine.

    ``without_registry``: it was tried and gave nothing.
    """
    own = own_configuration(tool, env)
    if own is not None:
        return Source(f"your {own}", {"TF_CLI_CONFIG_FILE": str(own)})
    proxied = any(env.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"))
    if not without_registry and (proxied or answers(tool.registry)):
        return Source(tool.registry, {"TF_PLUGIN_CACHE_DIR": str(_cache(env))})
    found = find_mirror(tool, env)
    if found is None:
        return Source(tool.registry, {})
    config = home.folder / "state" / "mirror.tfrc"
    config.write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{found}" }}\n'
        f"  direct {{ exclude = {_held(found)} }}\n}}\n",
        encoding="utf-8",
    )
    return Source(f"the mirror {found}", {"TF_CLI_CONFIG_FILE": str(config)})


def own_configuration(tool: Tool, env: Mapping[str, str]) -> Path | None:
    """The user's CLI configuration file, if there is one."""
    named = env.get("TF_CLI_CONFIG_FILE")
    home = Path(env.get("HOME") or "~").expanduser()
    usual = [home / ".terraformrc"] if tool.name == "terraform" else [home / ".tofurc", home / ".terraformrc"]
    for path in [Path(named)] if named else usual:
        if path.is_file():
            return path
    return None


def find_mirror(tool: Tool, env: Mapping[str, str]) -> Path | None:
    """A folder laid out as a provider mirror with ``REGISTRY/hashicorp/aws`` in it, under the usual install roots."""
    return _mirror(tool.registry, env.get("HOME") or "~")


@cache
def _mirror(registry: str, home: str) -> Path | None:
    for root in _ROOTS:
        start = Path(root.replace("~", home, 1)).expanduser()
        for folder in _folders(start, _DEPTH):
            if (folder / registry / "hashicorp" / "aws").is_dir():
                return folder
    return None


@cache
def answers(host: str) -> bool:
    """Whether a host takes connections on 443, asked for two seconds."""
    try:
        socket.create_connection((host, 443), _REACH_SECONDS).close()
    except OSError:
        return False
    return True


def _held(mirror: Path) -> str:
    """The providers that a mirror holds, as a list in HCL: for them nothing else is asked."""
    names = [
        f'"{path.relative_to(mirror).as_posix()}"'
        for path in sorted(mirror.glob("registry.*/*/*"))
        if path.is_dir()
    ]
    return f"[{', '.join(names)}]"


def _cache(env: Mapping[str, str]) -> Path:
    """Where providers are kept between platforms: a download is 100 MB."""
    chosen = env.get("TF_PLUGIN_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME") or "~").expanduser() / ".cache")
    folder = base / "launchbook" / "providers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _folders(root: Path, depth: int) -> Iterator[Path]:
    yield root
    if depth == 0:
        return
    try:
        inside = sorted(Path(entry.path) for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    for folder in inside:
        yield from _folders(folder, depth - 1)
