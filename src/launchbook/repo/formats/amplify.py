"""AWS Amplify: build specifications and the local record of an application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from launchbook.model import Value
from launchbook.repo.lined import Map, as_list, as_map, dig, line_of, lines_below
from launchbook.repo.reader import File, Found, reader

_SERVED = (".next", ".nuxt", ".output", ".svelte-kit", ".amplify-hosting")


@reader("Amplify", "amplify.yml", "amplify.yaml", hides=("aws_amplify_app",))
def amplify_build(file: File, found: Found) -> None:
    """The application that a build specification builds; where it is hosted with a server, the platform says so."""
    document = next(iter(file.yaml), None)
    if not isinstance(document, Map):
        return
    parts = as_list(document.get("applications")) or [document]
    folders = [str(dig(part, "frontend", "artifacts", "baseDirectory") or "") for part in parts]
    served = any(folder.rstrip("/").endswith(_SERVED) for folder in folders)
    commands = list(commands_below(document))
    attributes: dict[str, Value] = {
        "platform": "WEB_COMPUTE" if served else "WEB",
        "base_directories": list(folders),
        "build_commands": [command for command, _ in commands],
    }
    lines: dict[str, int | str] = {f"build_commands.{i}": line for i, (_, line) in enumerate(commands)}
    lines["platform"] = _line(document, parts)
    name = _recorded_name(file, found) or file.folder.rpartition("/")[2] or "amplify"
    found.fact(
        file,
        "aws_amplify_app",
        "amplify",
        name=name,
        line=document.line,
        attributes=attributes,
        lines=lines,
        whole=False,
    )


def _line(document: Map, parts: list[Any]) -> int:
    return max(
        (line_of(part, "frontend", "artifacts", "baseDirectory") for part in parts), default=document.line
    )


def _recorded_name(file: File, found: Found) -> str:
    """The application's name as its local record or the package next to the specification gives it."""
    for path in (".amplify/config.json", "package.json"):
        beside = found.tree.beside(file, path)
        if beside is not None and beside.size < 200_000:
            name = as_map(beside.json).get("name")
            if isinstance(name, str):
                return name
    return ""


def commands_below(node: Any) -> Iterator[tuple[str, int]]:
    """Every command with its line."""
    if isinstance(node, Map):
        for key, value in node.items():
            if key == "commands":
                pairs = [(item, line_of(node, key, i)) for i, item in enumerate(as_list(value))]
                yield from ((item, line) for item, line in pairs if isinstance(item, str))
            else:
                yield from commands_below(value)
    elif isinstance(node, list):
        for item in node:
            yield from commands_below(item)


@reader(
    "Amplify record",
    "**/.amplify/config.json",
    "**/.amplify/*config*.json",
    hides=("aws_amplify_app", "aws_amplify_branch"),
)
def amplify_record(file: File, found: Found) -> None:
    """The application's record: id, platform, region, branches and their domains."""
    document = file.json
    name = as_map(document).get("name")
    if not isinstance(document, Map) or not isinstance(name, str):
        return
    plain = {"appId": "id", "platform": "platform", "region": "region", "repository": "repository"}
    attributes: dict[str, Value] = {plain[key]: value for key, value in document.items() if key in plain}
    lines: dict[str, int | str] = {plain[key]: line_of(document, key) for key in document if key in plain}
    region = document.get("region")
    where = region if isinstance(region, str) else ""
    app = found.fact(
        file,
        "aws_amplify_app",
        "app",
        name=name,
        line=document.line,
        attributes=attributes,
        lines=lines,
        region=where,
        whole=False,
    )
    for branch, values in as_map(document.get("branches")).items():
        line = line_of(document, "branches", branch)
        inside: dict[str, Value] = {_SPELLED.get(key, key): value for key, value in as_map(values).items()}
        spelled = {_SPELLED.get(key, key): at for key, at in lines_below(values).items()}
        fact = found.fact(
            file,
            "aws_amplify_branch",
            f"branch.{branch}",
            name=branch,
            line=line,
            attributes=inside,
            lines=spelled,
            region=where,
            whole=False,
        )
        found.relation("branch-of", fact.id, app.id, file.where(line))


_SPELLED = {"enableAutoBuild": "enable_auto_build", "stage": "stage", "domain": "domain"}
